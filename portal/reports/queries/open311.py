"""Matters as programs may read them: the public page of each, a whole list in a few queries."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from portal.kernel.ids import hash_token
from portal.kernel.instance import instance_of
from portal.reports.models import ApiFiling, Case, CaseReporter, CaseSearch, Category
from portal.reports.queries.case import CaseRow, columns
from portal.reports.queries.categories import category_on
from portal.reports.queries.kinds import questions_of
from portal.reports.queries.page import CasePage
from portal.reports.queries.pages import case_pages
from portal.reports.queries.public import KIND_COLUMNS, kind_row
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import Precision, Target
from portal.reports.rules.kinds import OWN_DOORS, Asked
from portal.reports.rules.open311 import (
    METRES_A_DEGREE,
    Asked311,
    Attribute,
    Circle,
    Datatype,
    found_between,
    states_of_status,
)
from portal.reports.rules.publicity import STRICTEST, Publicity, TimePrecision

# how the standard calls the ways in which we ask; a time or yes and no are asked on our pages only
_DATATYPES = {
    Asked.CHOICE: Datatype.ONE,
    Asked.NUMBER: Datatype.NUMBER,
    Asked.TEXT: Datatype.STRING,
    Asked.PLATE: Datatype.STRING,
}


def service_on(session: Session, code: str, on: date) -> CategoryRow | None:
    """A kind that programs can report; what has a door of its own is for people (R259)."""
    return None if code in OWN_DOORS else category_on(session, code, on)


def attributes_of(category_code: str) -> tuple[Attribute, ...]:
    """The further questions of a kind of problem: the one place where Open311 learns of them."""
    asked = [q for q in questions_of(category_code) if q.asked in _DATATYPES]
    return tuple(
        Attribute(
            code=question.key,
            datatype=_DATATYPES[question.asked],
            required=question.required,
            description=question.names,
            order=order,
            values={choice.code: choice.names for choice in question.choices},
        )
        for order, question in enumerate(asked, start=1)
    )


def changed_on(session: Session, now: datetime) -> datetime:
    """When what can be reported last changed: the changeset of the discovery."""
    zone = instance_of(session).city.zone
    today = now.astimezone(zone).date()
    begun = select(func.max(Category.valid_from)).where(Category.valid_from <= today)
    ended = select(func.max(Category.valid_to)).where(Category.valid_to <= today)
    days = [day for day in (session.scalar(begun), session.scalar(ended)) if day is not None]
    day = max(days, default=today)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def listed_requests(session: Session, asked: Asked311) -> list[CasePage]:
    """The public matters that a program asked for, newest first, with their kinds: one query, and
    three for what hangs on them.
    """
    statement = (
        select(*KIND_COLUMNS, *columns(Case, CaseRow))
        .join(Category, Category.code == Case.category_code, isouter=True)
        .where(Case.listed)
    )
    if asked.numbers is not None:
        statement = statement.where(Case.number.in_(asked.numbers))
    else:
        statement = statement.where(*_conditions(session, asked))
        if asked.circle:
            same = and_(CaseSearch.district == Case.district, CaseSearch.case_id == Case.id)
            statement = statement.join(CaseSearch, same).where(*_inside(asked.circle))
    newest = statement.order_by(Case.found_at.desc(), Case.id.desc())
    page = newest.offset((asked.page - 1) * asked.size).limit(asked.size)
    rows = session.execute(page).all()
    width = len(KIND_COLUMNS)
    known = {row[0]: kind_row(row[:width]) for row in rows if row[0] is not None}
    return case_pages(session, [CaseRow(*row[width:]) for row in rows], known)


def _conditions(session: Session, asked: Asked311) -> list[ColumnElement[bool]]:
    found = [_reported_between(asked, session)]
    if asked.codes:
        found.append(Case.category_code.in_(asked.codes))
    if asked.open is not None:
        found.append(Case.state.in_(states_of_status(is_open=asked.open)))
    return found


def _reported_between(asked: Asked311, session: Session) -> ColumnElement[bool]:
    """Each kind by its own public time; a kind that nobody knows is told by month."""
    zone = instance_of(session).city.zone
    parts: list[ColumnElement[bool]] = []
    bounds = []
    for precision in TimePrecision:
        first, last = found_between(asked.start, asked.end, precision, zone)
        bounds += [first, last]
        of_these = or_(false(), *_kinds_told_by(precision))
        parts.append(and_(of_these, Case.found_at >= first, Case.found_at < last))
    # the widest of them for the index
    return and_(Case.found_at >= min(bounds), Case.found_at < max(bounds), or_(*parts))


def _kinds_told_by(precision: TimePrecision) -> Iterator[ColumnElement[bool]]:
    """What a kind is when its time is told so."""
    if STRICTEST.time is precision:
        yield Category.code.is_(None)
    for target in Target:
        for place in Precision:
            if Publicity(target, place).time is precision:
                yield and_(Category.target == target, Category.place_precision == place)


def _inside(circle: Circle) -> list[ColumnElement[bool]]:
    """By the public point: the real one must not be found by moving a circle."""
    # a degree of longitude is shorter in the north; flat is good enough for 50 km
    narrow = METRES_A_DEGREE * math.cos(math.radians(circle.lat))
    high, wide = circle.metres / METRES_A_DEGREE, circle.metres / narrow
    east = (CaseSearch.lon - circle.lon) * narrow
    north = (CaseSearch.lat - circle.lat) * METRES_A_DEGREE
    return [
        CaseSearch.lon.between(circle.lon - wide, circle.lon + wide),
        CaseSearch.lat.between(circle.lat - high, circle.lat + high),
        east * east + north * north <= circle.metres**2,
    ]


def request_page(session: Session, number: str, key_id: UUID | None) -> CasePage | None:
    """One matter as the public may know it; a key's own one also before it is public."""
    row = session.execute(select(*columns(Case, CaseRow)).where(Case.number == number)).first()
    if row is None:
        return None
    case = CaseRow(*row)
    if not case.listed and not _filed_with(session, number, key_id):
        return None
    return case_pages(session, [case])[0]


def _filed_with(session: Session, number: str, key_id: UUID | None) -> bool:
    if key_id is None:
        return False
    found = select(ApiFiling.mark).where(ApiFiling.number == number, ApiFiling.key_id == key_id)
    return session.scalar(found.limit(1)) is not None


def number_of_token(session: Session, token: str) -> str | None:
    """The number of the matter whose receipt bears this token."""
    same = and_(CaseReporter.district == Case.district, CaseReporter.case_id == Case.id)
    found = select(Case.number).join(CaseReporter, same)
    return session.scalar(found.where(CaseReporter.token_hash == hash_token(token)))
