"""What was decided about public words and photos, objections to it, and auditors' samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from portal.reports.models import (
    AuditDraw,
    AuditSampled,
    Case,
    CaseEvent,
    ModerationAppeal,
    ModerationEntry,
)
from portal.reports.queries.case import CaseRow, columns
from portal.reports.rules.codes import Event, State
from portal.reports.rules.guarding import Act, Outcome
from portal.reports.rules.sampling import Finding, Share

PAGE = 30


@dataclass(frozen=True)
class DecisionRow:
    """One decision of the record."""

    id: UUID
    item_id: UUID
    at: datetime
    actor_id: UUID | None
    act: Act
    reason: str | None
    before: str | None
    after: str | None
    by_reporter: bool


@dataclass(frozen=True)
class ObjectionRow:
    """An objection and the answer to it, if there is one."""

    reporter_id: UUID
    case_id: UUID
    at: datetime
    words: str
    outcome: Outcome | None
    answer: str | None
    answered_at: datetime | None


def decisions_of(session: Session, case: CaseRow) -> list[DecisionRow]:
    """The whole record of a case, oldest first."""
    found = session.execute(
        select(*columns(ModerationEntry, DecisionRow))
        .where(ModerationEntry.district == case.district, ModerationEntry.case_id == case.id)
        .order_by(ModerationEntry.id)
    )
    return [DecisionRow(*row) for row in found]


def deciders_before(session: Session, case: CaseRow, moment: datetime) -> set[UUID | None]:
    """Whoever had decided anything on a case until a moment."""
    found = session.scalars(
        select(ModerationEntry.actor_id).where(
            ModerationEntry.district == case.district,
            ModerationEntry.case_id == case.id,
            ModerationEntry.at <= moment,
        )
    )
    return set(found)


def objection_of(session: Session, case: CaseRow, reporter_id: UUID) -> ObjectionRow | None:
    """The objection of one reporter of a case."""
    found = session.execute(
        select(*columns(ModerationAppeal, ObjectionRow)).where(
            ModerationAppeal.district == case.district,
            ModerationAppeal.reporter_id == reporter_id,
            ModerationAppeal.case_id == case.id,
        )
    ).first()
    return ObjectionRow(*found) if found else None


def objections_of(session: Session, case: CaseRow) -> list[ObjectionRow]:
    """Every objection on a case, oldest first."""
    found = session.execute(
        select(*columns(ModerationAppeal, ObjectionRow))
        .where(ModerationAppeal.district == case.district, ModerationAppeal.case_id == case.id)
        .order_by(ModerationAppeal.at)
    )
    return [ObjectionRow(*row) for row in found]


@dataclass(frozen=True)
class WaitingObjection:
    """A line of the desk's list."""

    number: str
    category_code: str
    at: datetime


def waiting_objections(session: Session, places: Sequence[str] | None) -> list[WaitingObjection]:
    """Objections without an answer in some places (None: everywhere), oldest first; one query."""
    statement = (
        select(Case.number, Case.category_code, ModerationAppeal.at)
        .join(
            Case,
            (Case.district == ModerationAppeal.district) & (Case.id == ModerationAppeal.case_id),
        )
        .where(ModerationAppeal.outcome.is_(None), _within(places))
        .order_by(ModerationAppeal.at)
        .limit(PAGE)
    )
    return [WaitingObjection(*row) for row in session.execute(statement)]


def _within(places: Sequence[str] | None) -> ColumnElement[bool]:
    if places is None:
        return Case.id == Case.id
    return or_(false(), *(Case.place_path.startswith(place, autoescape=True) for place in places))


@dataclass(frozen=True)
class DrawRow:
    """A sample as it was drawn."""

    id: UUID
    number: str
    auditor_id: UUID
    at: datetime
    first_day: date
    last_day: date
    place_path: str | None
    size: int
    seed: str
    seed_drawn: bool
    population: int
    fingerprint: str


@dataclass(frozen=True)
class SampledRow:
    """One case of a sample."""

    district: str
    case_id: UUID
    number: str
    position: int
    finding: Finding | None
    words: str | None
    found_at: datetime | None
    found_by: UUID | None


@dataclass(frozen=True)
class Results:
    """A sample in numbers."""

    checked: Share
    in_order: Share


def closed_between(
    session: Session, start: datetime, end: datetime, place_path: str | None
) -> dict[str, tuple[str, UUID]]:
    """Every case that was closed in a period, by its number, with its key.

    The history decides, not the present state: so the same cases are found however often a case
    was opened again since.
    """
    statement = (
        select(Case.number, Case.district, Case.id)
        .join(CaseEvent, (CaseEvent.district == Case.district) & (CaseEvent.case_id == Case.id))
        .where(
            CaseEvent.event == Event.CLOSE,
            CaseEvent.to_state == State.CLOSED,
            CaseEvent.at >= start,
            CaseEvent.at < end,
        )
        .distinct()
    )
    if place_path is not None:
        statement = statement.where(Case.place_path.startswith(place_path, autoescape=True))
    return {row.number: (row.district, row.id) for row in session.execute(statement)}


def draws(session: Session) -> list[tuple[DrawRow, Results]]:
    """The newest samples with their results: two queries."""
    found = session.execute(
        select(*columns(AuditDraw, DrawRow)).order_by(AuditDraw.at.desc()).limit(PAGE)
    )
    rows = [DrawRow(*row) for row in found]
    results = _results(session, [row.id for row in rows])
    return [(row, results[row.id]) for row in rows]


def draw_by_number(session: Session, number: str) -> DrawRow | None:
    """The sample with a number."""
    found = session.execute(
        select(*columns(AuditDraw, DrawRow)).where(AuditDraw.number == number)
    ).first()
    return DrawRow(*found) if found else None


def sampled_of(session: Session, draw: DrawRow) -> list[SampledRow]:
    """The cases of a sample in their order."""
    found = session.execute(
        select(*columns(AuditSampled, SampledRow))
        .where(AuditSampled.draw_id == draw.id)
        .order_by(AuditSampled.position)
    )
    return [SampledRow(*row) for row in found]


def results_of(session: Session, draw: DrawRow) -> Results:
    """The results of one sample."""
    return _results(session, [draw.id])[draw.id]


def _results(session: Session, ids: Sequence[UUID]) -> dict[UUID, Results]:
    rows = session.execute(
        select(AuditSampled.draw_id, AuditSampled.finding, func.count())
        .where(AuditSampled.draw_id.in_(ids))
        .group_by(AuditSampled.draw_id, AuditSampled.finding)
    ).all()
    found = {}
    for draw_id in ids:
        counts = {finding: count for one, finding, count in rows if one == draw_id}
        checked = counts.get(Finding.IN_ORDER, 0) + counts.get(Finding.NOT_IN_ORDER, 0)
        found[draw_id] = Results(
            Share(checked, sum(counts.values())), Share(counts.get(Finding.IN_ORDER, 0), checked)
        )
    return found
