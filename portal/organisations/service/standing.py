"""How a service company stands. Others decide it; here is what can never race."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict
from portal.organisations.models import Organisation
from portal.organisations.rules import (
    WITHOUT_NEW_WORK,
    CompanyStanding,
    OrganisationRefusal,
)


def set_standing(
    session: Session,
    unit_id: UUID,
    before: CompanyStanding | None,
    after: CompanyStanding,
    *,
    since: date,
) -> None:
    """Let a company stand otherwise from a day on. Raises Conflict when it does so already."""
    stands = Organisation.standing
    statement = update(Organisation).where(
        Organisation.id == unit_id,
        stands.is_(None) if before is None else stands == before,
    )
    if changed_rows(session, statement.values(standing=after, standing_since=since)) != 1:
        raise Conflict(OrganisationRefusal.STOOD_OTHERWISE)


def hold_for_work(session: Session, unit_id: UUID) -> None:
    """Before a unit is given something: it stands as it does until this transaction ends.

    Whoever decides its exit at the same moment comes before it, and then nothing is given; or
    behind it, and finds the matter among what is open. Raises Conflict.
    """
    row = select(Organisation.standing).where(Organisation.id == unit_id)
    if session.scalar(row.with_for_update(read=True)) in WITHOUT_NEW_WORK:
        raise Conflict(OrganisationRefusal.WITHOUT_NEW_WORK, field="unit")
