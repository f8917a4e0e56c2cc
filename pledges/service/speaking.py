"""Whose account speaks for a place, told to the ledger too: what is announced there reaches her."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.service import let_speak, stop_speaking
from pledges.models import PremisesEvent, PremisesOperator
from pledges.rules.premises import PremisesStep


def _bond(operator: PremisesOperator) -> str:
    return f"operator:{operator.number}"


def let_account_speak(
    session: Session,
    operator: PremisesOperator,
    person_id: UUID,
    *,
    now: datetime,
    actor_id: UUID | None = None,
) -> None:
    """From now on an account speaks for whoever runs a place. ``actor_id``: of the staff."""
    operator.person_id, operator.speaks_since = person_id, now
    session.add(
        PremisesEvent(
            district=operator.district, premises_id=operator.premises_id,
            step=PremisesStep.SPEAKER_CHANGES, actor_id=actor_id, at=now,
        )
    )  # fmt: skip
    tell_bond(session, operator, now=now)


def tell_bond(session: Session, operator: PremisesOperator, *, now: datetime) -> None:
    """The ledger knows organisations alone: who speaks for one is told as it stands now."""
    if operator.organisation_id is None or operator.person_id is None:
        stop_speaking(session, _bond(operator), now=now)
        return
    let_speak(
        session, organisation_id=operator.organisation_id, person_id=operator.person_id,
        source=_bond(operator), now=now,
    )  # fmt: skip


def end_speaking(session: Session, operator: PremisesOperator, *, now: datetime) -> None:
    """Whoever ran a place is gone: nobody speaks for it by that bond any more."""
    stop_speaking(session, _bond(operator), now=now)
