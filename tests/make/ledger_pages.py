"""What the demo's resident has in her ledger, as addresses show it."""

from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.mine import lines_of, mine
from credit.rules.kinds import Kind
from credit.views.mine_words import COVER
from portal.kernel.instance import instance_of


def award_of(session: Session, person_id: UUID) -> str:
    """The newest points of somebody."""
    lines = lines_of(session, mine(session, person_id).accounts, None)
    found = next(line.entry.id for line in lines if line.entry.kind is Kind.AWARD)
    return instance_of(session).vault.cover(COVER, found)
