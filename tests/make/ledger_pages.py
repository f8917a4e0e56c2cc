"""What the demo's resident has in her ledger, as addresses show it."""

from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.mine import lines_of, mine
from credit.rules.kinds import Kind
from credit.service.asking import ask_correction
from credit.views.mine_words import COVER
from portal.kernel.clock import now
from portal.kernel.instance import instance_of


def award_of(session: Session, person_id: UUID) -> str:
    """The newest points of somebody."""
    return instance_of(session).vault.cover(COVER, _award(session, person_id))


def _award(session: Session, person_id: UUID) -> UUID:
    lines = lines_of(session, mine(session, person_id).accounts, None)
    return next(line.entry.id for line in lines if line.entry.kind is Kind.AWARD)


def asked_about(session: Session, person_id: UUID) -> str:
    """The number of a request to have those points corrected."""
    award, words = _award(session, person_id), "这个班次我没有参加"
    return ask_correction(session, person_id, award, words, now=now())
