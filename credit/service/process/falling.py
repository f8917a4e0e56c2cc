"""A matter whose ground is gone: what was found turned out not to have been so."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.rules.process import LIVE
from portal.kernel.db import changed_rows


def let_fall(session: Session, number: str, *, now: datetime) -> bool:
    """What it rested on no longer holds: it counts for nothing from this moment, on every page, and
    the job writes that into the ledger within minutes (L10). Whether it was still running.

    For packages above, in the transaction that withdraws their finding; it cannot be refused.
    """
    running = update(Matter).where(
        Matter.number == number, Matter.state.in_(LIVE), Matter.basis_ended_at.is_(None)
    )
    values = running.values(basis_ended_at=now)
    return changed_rows(session, values.execution_options(synchronize_session=False)) == 1
