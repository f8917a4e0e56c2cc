"""Reads of listed supervision: the public board, the desk's list, and what is counted of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.accounts.rules import Actor, Permission
from portal.kernel.db import once
from portal.organisations.queries import OrganisationRow, organisations_by_ids
from portal.reports.models import Case, SupervisionListing
from portal.reports.queries.case import CaseRow
from portal.reports.queries.desk import is_late_now
from portal.reports.queries.desk.reach import reach
from portal.reports.queries.hung import hangs
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.codes import State
from portal.reports.rules.publicity import STRICTEST, TimePrecision, public_codes
from portal.reports.rules.supervision import (
    SHOWN_DELISTED,
    Ending,
    condition_for,
    street_path,
)

PAGE = 20
_LAST = aliased(SupervisionListing)
_ENDED = case((SupervisionListing.delisted_at.is_(None), 0), else_=1)


@dataclass(frozen=True)
class ListingRow:
    """One listing with what the page of its case or a list says of it."""

    id: UUID
    number: str
    district: str
    case_id: UUID
    case_number: str
    category_code: str
    state: State
    case_path: str
    unit_id: UUID | None
    listed_at: datetime
    listed_by: UUID | None
    reason: str | None
    supervisor_path: str
    deadline_days: int
    deadline_at: datetime | None
    condition: str | None
    escalated_at: datetime | None
    delisted_at: datetime | None
    ending: Ending | None
    finding: str | None
    late: bool
    kind: KindRow | None

    @property
    def open(self) -> bool:
        return self.delisted_at is None

    @property
    def supervisor(self) -> str:
        """The code of the place whose supervision it is."""
        return _codes(self.supervisor_path)[-1]

    @property
    def default_condition(self) -> Mapping[str, str]:
        """What the list of conditions says of the kind, in each language."""
        return condition_for(self.category_code, self.kind.group if self.kind else None).words

    @property
    def protected(self) -> bool:
        """Whether law P5 keeps everything but kind, place and steps inside."""
        return (self.kind.publicity if self.kind else STRICTEST).protected

    @property
    def public_condition(self) -> str | None:
        """The typed condition, where the public may read what staff typed."""
        return None if self.protected else self.condition

    @property
    def timed(self) -> bool:
        """Whether the public may know the day: of a delicate matter it hears the month only."""
        publicity = self.kind.publicity if self.kind else STRICTEST
        return publicity.time is not TimePrecision.MONTH

    @property
    def codes(self) -> tuple[str, ...]:
        """The places that the public may connect it with."""
        publicity = self.kind.publicity if self.kind else STRICTEST
        return tuple(c for c in public_codes(self.case_path, publicity) if c.isdecimal())


@dataclass(frozen=True)
class Board:
    """A page of listings, the open ones first, and the number that the next page begins after."""

    rows: list[ListingRow]
    units: Mapping[UUID, OrganisationRow]
    next_after: str | None

    @property
    def codes(self) -> set[str]:
        """The codes of all places that the page names."""
        found = {row.supervisor for row in self.rows}
        return found | {code for row in self.rows for code in row.codes}


def _codes(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _columns(now: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        *(SupervisionListing.__table__.c[name] for name in _OWN),
        Case.number.label("case_number"),
        Case.category_code,
        Case.state,
        Case.place_path.label("case_path"),
        Case.unit_id,
        case((is_late_now(now), 1), else_=0).label("late"),
    ).join_from(SupervisionListing, Case, _same())


_OWN = (
    "id", "number", "district", "case_id", "listed_at", "listed_by", "reason", "supervisor_path",
    "deadline_days", "deadline_at", "condition", "escalated_at", "delisted_at", "ending",
    "finding",
)  # fmt: skip


def _same() -> ColumnElement[bool]:
    return and_(Case.district == SupervisionListing.district, Case.id == SupervisionListing.case_id)


def _row(row: Any, known: Mapping[str, KindRow]) -> ListingRow:
    values = {**row._mapping, "late": bool(row.late), "kind": known.get(row.category_code)}
    return ListingRow(**values)


def public_board(
    session: Session, now: datetime, *, after: str | None = None, size: int = PAGE
) -> Board:
    """What is listed, then what was delisted lately; only cases the public may know of."""
    return _page(session, now, [Case.listed.expression], after, size)


def desk_board(
    session: Session, actor: Actor, now: datetime, *, after: str | None = None, size: int = PAGE
) -> Board:
    """The same of the cases that somebody may read."""
    return _page(session, now, [reach(actor, Permission.REPORT_READ)], after, size)


def _page(
    session: Session,
    now: datetime,
    conditions: Sequence[ColumnElement[bool]],
    after: str | None,
    size: int,
) -> Board:
    lately = SupervisionListing.delisted_at >= now - SHOWN_DELISTED
    shown = or_(SupervisionListing.delisted_at.is_(None), lately)
    statement = _columns(now).where(shown, *conditions)
    if after is not None:
        statement = statement.where(_beyond(after))
    statement = statement.order_by(_ENDED, SupervisionListing.id.desc()).limit(size + 1)
    found = session.execute(statement).all()
    known = kinds(session)
    rows = [_row(row, known) for row in found[:size]]
    units = organisations_by_ids(session, {row.unit_id for row in rows if row.unit_id})
    return Board(rows, units, rows[-1].number if len(found) > size else None)


def _beyond(number: str) -> ColumnElement[bool]:
    """What stands after a listing: within its part of the list, or in the part that follows."""
    last_ended = case((_LAST.delisted_at.is_(None), 0), else_=1)
    same = _LAST.number == number
    place = select(last_ended).where(same).scalar_subquery()
    key = select(_LAST.id).where(same).scalar_subquery()
    older = and_(place == _ENDED, SupervisionListing.id < key)
    return or_(place < _ENDED, older)


def listing_of(session: Session, case_row: CaseRow, now: datetime) -> ListingRow | None:
    """The last listing of a case, open or ended."""
    found = listings_of(session, case_row, now)
    return found[-1] if found else None


def listings_of(session: Session, case_row: CaseRow, now: datetime) -> list[ListingRow]:
    """Every time that a case was on the list, the oldest first."""
    if not hangs(session, case_row.id, SupervisionListing):
        return []
    key = (ListingRow, case_row.id)
    return once(session, key, lambda: _listings(session, case_row, now))


def _listings(session: Session, case_row: CaseRow, now: datetime) -> list[ListingRow]:
    statement = _columns(now).where(
        SupervisionListing.district == case_row.district,
        SupervisionListing.case_id == case_row.id,
    )
    found = session.execute(statement.order_by(SupervisionListing.id)).all()
    known = kinds(session) if found else {}
    return [_row(row, known) for row in found]


def listing_by_number(session: Session, number: str, now: datetime) -> ListingRow | None:
    """One listing by its number."""
    found = session.execute(_columns(now).where(SupervisionListing.number == number)).one_or_none()
    return _row(found, kinds(session)) if found else None


@dataclass(frozen=True)
class OverdueRow:
    """A case that is overdue and not listed."""

    district: str
    id: UUID
    place_path: str
    unit_id: UUID | None
    category_code: str


def overdue_unlisted(session: Session, now: datetime) -> list[OverdueRow]:
    """What is overdue at this moment and under no supervision yet."""
    listed = select(SupervisionListing.district, SupervisionListing.case_id).where(
        SupervisionListing.delisted_at.is_(None)
    )
    statement = (
        select(Case.district, Case.id, Case.place_path, Case.unit_id, Case.category_code)
        .where(is_late_now(now), tuple_(Case.district, Case.id).not_in(listed))
        .order_by(Case.id)
    )
    return [OverdueRow(*row) for row in session.execute(statement)]


def overdue_listings(session: Session, now: datetime) -> list[tuple[UUID, datetime]]:
    """Listings whose own deadline is over while the work is still undone: (id, deadline).

    Work that waits for its check and work whose clock stands still are no failure of the unit.
    """
    statement = (
        select(SupervisionListing.id, SupervisionListing.deadline_at)
        .join_from(SupervisionListing, Case, _same())
        .where(
            SupervisionListing.delisted_at.is_(None),
            SupervisionListing.escalated_at.is_(None),
            SupervisionListing.deadline_at < now,
            Case.state != State.HANDLED,
            is_late_now(now),
        )
    )
    return [(row.id, row.deadline_at) for row in session.execute(statement)]


@dataclass(frozen=True)
class SupervisionCount:
    """What counts in the score of one unit: listed, still open, ended in time, passed up."""

    unit_id: UUID | None
    listed: int
    open: int
    in_time: int
    escalated: int


def supervision_counts(
    session: Session, scopes: Collection[str] | None, first: date, last: date
) -> list[SupervisionCount]:
    """For each unit what was listed between two days (both counted), in one query."""
    row = SupervisionListing
    timely = and_(row.ending == Ending.MET, row.delisted_at <= row.deadline_at)
    statement = (
        select(
            row.unit_id,
            func.count(),
            func.count(case((row.delisted_at.is_(None), 1))),
            func.count(case((timely, 1))),
            func.count(row.escalated_at),
        )
        .where(row.listed_on >= first, row.listed_on <= last)
        .group_by(row.unit_id)
        .order_by(func.count().desc(), row.unit_id)
    )
    if scopes is not None:
        inside = [row.place_path.startswith(path, autoescape=True) for path in scopes]
        statement = statement.where(or_(*inside)) if inside else statement.where(row.id.is_(None))
    return [SupervisionCount(*found) for found in session.execute(statement)]


def listed_between(session: Session, after: datetime, until: datetime) -> list[tuple[str, str]]:
    """What was listed after one moment and until another: (number of the case, its place)."""
    statement = (
        select(Case.number, Case.place_path)
        .join_from(SupervisionListing, Case, _same())
        .where(SupervisionListing.listed_at > after, SupervisionListing.listed_at <= until)
        .order_by(Case.id)
    )
    return [(row.number, row.place_path) for row in session.execute(statement)]


def office_of(place_path: str) -> str:
    """Whose supervision it is at first: that of the street, or of the place itself without one."""
    return street_path(place_path) or place_path
