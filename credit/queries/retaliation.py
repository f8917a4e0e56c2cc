"""Reads of what the guard answered: alarms for auditors, months for everybody."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from credit.models import GuardOutcome, ProbingAlarm, RetaliationMonth
from credit.queries.routes import open_route
from credit.rules.guard import OUTCOME, PROBED_WITHIN, Probing, Route
from credit.rules.retaliation import GuardCounts, PublishedMonth

PAGE = 50


@dataclass(frozen=True)
class AlarmRow:
    """An alarm as auditors read it."""

    id: UUID
    about: Probing
    about_id: UUID
    times: int
    at: datetime


def guarded_since(session: Session, about: Probing, ids: Collection[UUID], at: datetime) -> int:
    """How often the guard stepped in for a proposer, or for a unit and those it followed, in the
    30 days up to a moment."""
    column = GuardOutcome.proposer_id if about is Probing.PROPOSER else GuardOutcome.unit_id
    found = _routes(
        session,
        column.in_(ids),
        GuardOutcome.at > at - PROBED_WITHIN,
        GuardOutcome.at <= at,
    )
    return sum(route is not Route.ORDINARY for route in found)


def _routes(session: Session, *which: ColumnElement[bool]) -> list[Route | None]:
    """The answers of some outcomes, opened; None for what somebody wrote over."""
    rows = session.execute(select(GuardOutcome.id, GuardOutcome.sealed_route).where(*which)).all()
    return [open_route(session, row.sealed_route, OUTCOME, row.id) for row in rows]


def standing_alarm(session: Session, ids: Collection[UUID], at: datetime) -> UUID | None:
    """An alarm about somebody that is not over yet: what follows belongs to it."""
    found = select(ProbingAlarm.id).where(
        ProbingAlarm.about_id.in_(ids), ProbingAlarm.at > at - PROBED_WITHIN
    )
    return session.scalar(found.order_by(ProbingAlarm.at.desc()).limit(1))


def alarms_for(
    session: Session,
    reader_id: UUID,
    units: Collection[UUID],
    *,
    before: UUID | None = None,
    limit: int = PAGE,
) -> Sequence[AlarmRow]:
    """Alarms, the newest first, but none about the reader or a unit of hers, whatever office she
    holds."""
    statement = (
        select(
            ProbingAlarm.id, ProbingAlarm.about, ProbingAlarm.about_id, ProbingAlarm.times,
            ProbingAlarm.at,
        )
        .where(
            ProbingAlarm.proposer_id != reader_id,
            ProbingAlarm.about_id != reader_id,
            or_(ProbingAlarm.unit_id.is_(None), ProbingAlarm.unit_id.not_in(units)),
            ProbingAlarm.about_id.not_in(units),
        )
        .order_by(ProbingAlarm.id.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        statement = statement.where(ProbingAlarm.id < before)
    return [AlarmRow(*row) for row in session.execute(statement)]


def first_outcome(session: Session) -> datetime | None:
    """When the guard was first asked, of what is still counted."""
    return session.scalar(select(func.min(GuardOutcome.at)))


def count_outcomes(session: Session, start: datetime, end: datetime) -> GuardCounts:
    """What the guard answered between two moments, the end not counted."""
    found = Counter(_routes(session, GuardOutcome.at >= start, GuardOutcome.at < end))
    return GuardCounts(
        proposals=found.total(), never=found[Route.NEVER], outside=found[Route.OUTSIDE]
    )


def count_alarms(session: Session, start: datetime, end: datetime) -> int:
    """How many alarms were raised between two moments."""
    raised = select(func.count()).where(ProbingAlarm.at >= start, ProbingAlarm.at < end)
    return session.scalar(raised) or 0


def published_months(session: Session) -> list[PublishedMonth]:
    """Every month that was published, the oldest first."""
    rows = session.execute(
        select(
            RetaliationMonth.month, RetaliationMonth.proposals, RetaliationMonth.proposals_from,
            RetaliationMonth.never, RetaliationMonth.outside, RetaliationMonth.guarded_from,
            RetaliationMonth.alarms, RetaliationMonth.alarms_from,
        ).order_by(RetaliationMonth.month)
    )  # fmt: skip
    return [PublishedMonth(*row) for row in rows]
