"""What came, was settled and is overdue in each street, and the digests that were kept."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.reports.models import Case, Category, StreetDigest, SupervisionDay
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk import area_names, is_late_now
from portal.reports.rules.codes import State
from portal.reports.rules.supervision import STREET_DIGITS

Numbers = list[tuple[str, str]]
PARTS = ("came", "settled", "overdue", "listed")
DAYS_SHOWN = 31


@dataclass(frozen=True)
class StreetRow:
    """A street of the city."""

    id: UUID
    path: str


@dataclass(frozen=True)
class DigestRow:
    """One day of one street, as it was counted at its hour."""

    day: date
    path: str
    names: Mapping[str, str]
    made_at: datetime
    came: int
    settled: int
    overdue: int | None
    listed: int | None
    numbers: Mapping[str, Sequence[str]]

    @property
    def whole(self) -> bool:
        """Whether somebody looked on that day: else nobody knows what was overdue then."""
        return self.overdue is not None


@dataclass(frozen=True)
class DigestCase:
    """One matter of a digest, as it stands now."""

    number: str
    state: State
    category: Mapping[str, str]
    place: Mapping[str, str]


def streets(session: Session) -> list[StreetRow]:
    """The streets that exist now: places with a national code of nine digits."""
    found = session.execute(
        select(Area.id, Area.path)
        .where(func.length(Area.code) == STREET_DIGITS, Area.valid_to.is_(None))
        .order_by(Area.code)
    )
    return [StreetRow(*row) for row in found]


def came_between(session: Session, start: datetime, end: datetime) -> Numbers:
    """What was reported in a stretch of time."""
    return _numbers(session, Case.found_at >= start, Case.found_at < end)


def settled_between(session: Session, start: datetime, end: datetime) -> Numbers:
    """What was closed in it and is closed still."""
    closed = Case.state == State.CLOSED
    return _numbers(session, Case.closed_at >= start, Case.closed_at < end, closed)


def overdue_now(session: Session, now: datetime) -> Numbers:
    """What is overdue at this moment."""
    return _numbers(session, is_late_now(now))


def _numbers(session: Session, *conditions: ColumnElement[bool]) -> Numbers:
    statement = select(Case.number, Case.place_path).where(*conditions, a_whole()).order_by(Case.id)
    return [(row.number, row.place_path) for row in session.execute(statement)]


def last_day(session: Session) -> date | None:
    """The last day that was looked back at."""
    return session.scalar(select(func.max(SupervisionDay.day)))


def looked_back_before(session: Session, now: datetime) -> datetime | None:
    """When somebody looked back last, before this run (which may catch up on several days)."""
    statement = select(SupervisionDay.ran_at).where(SupervisionDay.ran_at < now)
    return session.scalar(statement.order_by(SupervisionDay.day.desc()).limit(1))


def _in(scopes: Collection[str] | None) -> list[ColumnElement[bool]]:
    if scopes is None:
        return []
    inside = (StreetDigest.place_path.startswith(path, autoescape=True) for path in scopes)
    return [or_(false(), *inside)]


def digest_days(session: Session, scopes: Collection[str] | None) -> list[date]:
    """The days with a digest that somebody may read, the newest first."""
    statement = select(StreetDigest.day).where(*_in(scopes)).distinct()
    return list(session.scalars(statement.order_by(StreetDigest.day.desc()).limit(DAYS_SHOWN)))


def digests_of(session: Session, day: date, scopes: Collection[str] | None) -> list[DigestRow]:
    """A day's digests of the streets somebody may read, in the order of their codes."""
    statement = (
        select(
            StreetDigest.day, StreetDigest.place_path, StreetDigest.made_at, StreetDigest.came,
            StreetDigest.settled, StreetDigest.overdue, StreetDigest.listed, StreetDigest.numbers,
            Area.name_zh_hans, Area.name_zh_hant, Area.name_en,
        )
        .join(Area, Area.id == StreetDigest.area_id)
        .where(StreetDigest.day == day, *_in(scopes))
        .order_by(StreetDigest.place_path)
    )  # fmt: skip
    return [_digest(row) for row in session.execute(statement)]


def _digest(row: Any) -> DigestRow:
    return DigestRow(
        day=row.day,
        path=row.place_path,
        names=area_names(row),
        made_at=row.made_at,
        came=row.came,
        settled=row.settled,
        overdue=row.overdue,
        listed=row.listed,
        numbers=json.loads(row.numbers),
    )


def digest_cases(session: Session, digests: Sequence[DigestRow]) -> dict[str, DigestCase]:
    """The matters behind some digests, by number, in one query."""
    wanted = {number for row in digests for part in row.numbers.values() for number in part}
    statement = (
        select(
            Case.number, Case.state, Category.name_zh_Hans, Category.name_zh_Hant,
            Category.name_en.label("kind_en"), Area.name_zh_hans, Area.name_zh_hant, Area.name_en,
        )
        .join(Category, Category.code == Case.category_code, isouter=True)
        .join(Area, Area.id == Case.area_id, isouter=True)
        .where(Case.number.in_(wanted))
    )  # fmt: skip
    return {row.number: _case(row) for row in session.execute(statement)}


def _case(row: Any) -> DigestCase:
    kind = {"zh_Hans": row.name_zh_Hans, "zh_Hant": row.name_zh_Hant, "en": row.kind_en}
    return DigestCase(row.number, row.state, tidy_names(kind), area_names(row))
