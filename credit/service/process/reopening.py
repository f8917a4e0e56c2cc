"""After a restore: who objected since the backup is asked anew, before anything counts (L7, L8)."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.matters import matter_by_id
from credit.rules.process import MatterState
from credit.service.process.settings import settings_of
from credit.service.process.telling import Told, subject_of, tell
from portal.kernel.outbox import wipe_messages


def open_windows_again(session: Session, *, now: datetime) -> int:
    """Give every announced deduction a whole window from now, and tell the person; how many.

    What she said since the backup is lost, so nobody may take her for silent. ``lapses_at`` stays:
    the ledger lets the notice go then, and what cannot be posted before never counts.
    """
    until = now.replace(microsecond=0) + settings_of(session).window + timedelta(seconds=1)
    announced = select(Matter.id).where(
        Matter.state == MatterState.ANNOUNCED, Matter.erased_at.is_(None)
    )
    found = [matter_by_id(session, one) for one in session.scalars(announced.order_by(Matter.id))]
    rows = [row for row in found if row is not None and row.stands(now) is MatterState.ANNOUNCED]
    for row in rows:
        session.execute(update(Matter).where(Matter.id == row.id).values(object_until=until))
        # a restore that was cut off does this twice, and tells her once
        wipe_messages(session, subject_of(row.number))
        tell(session, row, Told.NOTICE, now, day=until)
    return len(rows)
