"""A nominee without a telephone answers on paper: staff of the place type it in (P6)."""

from datetime import datetime

from sqlalchemy.orm import Session

from credit.rules.honours import HonourRefusal
from credit.rules.kinds import Party
from credit.service.honours.answering import LIVING, Answer, answer_honour
from credit.service.honours.found import honour_here, may_check, subject_of
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Forbidden


def answer_on_paper(
    session: Session, actor: Actor, number: str, given: Answer, *, now: datetime
) -> None:
    """Do as the signed paper says. The nominee sees on her own pages who typed it in."""
    row = honour_here(session, actor, number, lock=True)
    if not may_check(actor, row.place_path):
        raise Forbidden
    if row.party is not Party.PERSON or row.state not in LIVING:
        raise Conflict(HonourRefusal.MOVED_ON)
    answer_honour(session, row, given, now=now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="honour:answer_paper",
        subject=subject_of(row.number), person_id=row.holder_id,
    )  # fmt: skip
