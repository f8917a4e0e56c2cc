"""The one way in which an adoption moves: an edge of the table, once, and written down."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Refused
from volunteers.models.adoption import Adoption, AdoptionEvent, AdoptionMember, AdoptionPlaque
from volunteers.queries.adoption.adoptions import AdoptionRow
from volunteers.rules.adoption.life import OVER, Edge, Step, Who, edge_for
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.settings import today_of

MOST_REASON = 300


def subject_of(number: str) -> str:
    """How messages, the audit and the ledger speak of it."""
    return f"adoption:{number}"


def move(
    session: Session,
    row: AdoptionRow,
    step: Step,
    who: Who,
    *,
    now: datetime,
    actor: Actor | None = None,
    reason: str = "",
    **values: Any,
) -> None:
    """Take a step. Raises Conflict when somebody was first, Refused without a reason.

    ``actor`` is the staff member who acts: the audit names her. An adopter is not written down.
    """
    edge = _edge(row, step, who, reason)
    seen = update(Adoption).where(Adoption.id == row.id, Adoption.state == row.state)
    given: dict[str, Any] = {"state": edge.to, **values}
    if edge.to is not row.state:
        given["step_from"] = today_of(session, now)
    if edge.to in OVER:
        given.setdefault("ended_at", now)
    if changed_rows(session, seen.values(given)) != 1:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    if edge.to in OVER:
        close(session, row.id, now)
    staff = actor.person_id if actor is not None and who is Who.DESK else None
    write_event(session, row.id, step, who, staff, reason, now)
    if staff is not None:
        note_action(
            session, at=now, actor_id=staff, action=f"adoption:{step.value}",
            subject=subject_of(row.number), reason=reason or None,
        )  # fmt: skip


def _edge(row: AdoptionRow, step: Step, who: Who, reason: str) -> Edge:
    edge = edge_for(row.state, step)
    if edge is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    if edge.who is not who:
        raise Forbidden
    if edge.reason and not reason.strip():
        raise Refused(AdoptionRefusal.NO_REASON, field="reason")
    return edge


def write_event(
    session: Session,
    adoption_id: UUID,
    step: Step,
    who: Who,
    staff: UUID | None,
    reason: str,
    now: datetime,
) -> None:
    """Add a line to the history."""
    session.add(
        AdoptionEvent(
            adoption_id=adoption_id, step=step, who=who, actor_id=staff, at=now,
            reason=reason.strip()[:MOST_REASON] or None,
        )
    )  # fmt: skip


def close(session: Session, adoption_id: UUID, now: datetime) -> None:
    """Nobody stands in it any more, and its plaque tells what was."""
    session.execute(
        update(AdoptionMember)
        .where(AdoptionMember.adoption_id == adoption_id, AdoptionMember.left_at.is_(None))
        .values(left_at=now)
    )
    session.execute(
        update(AdoptionPlaque)
        .where(AdoptionPlaque.adoption_id == adoption_id, AdoptionPlaque.ended_at.is_(None))
        .values(ended_at=now)
    )
