"""When something of an entry runs out, as rows that a job takes; gone once it was seen to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Due, Entry
from credit.rules.kinds import Kind
from portal.kernel.db import UtcDateTime


def forget_due(session: Session, district: str, entry_id: UUID) -> None:
    """An entry on hold was ended: nothing of it runs out any more."""
    session.execute(delete(Due).where(Due.district == district, Due.entry_id == entry_id))


def forget_past(session: Session, district: str, account_id: UUID, now: datetime) -> None:
    """What ran out of an account was seen to."""
    session.execute(
        delete(Due).where(Due.district == district, Due.account_id == account_id, Due.due_at <= now)
    )


def watch_awards(session: Session, district: str, account_id: UUID, at: datetime) -> None:
    """Points came back at a moment: awards that were thought to be spent expire then, or later."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    moment = literal(at.replace(microsecond=0), UtcDateTime())
    when = case((Entry.until > moment, Entry.until), else_=moment)
    awards = select(Entry.district, Entry.id, Entry.credit_id, when).where(
        Entry.district == district,
        Entry.credit_id == account_id,
        Entry.kind == Kind.AWARD,
        Entry.until.is_not(None),
    )
    session.execute(
        dialect.insert(Due)
        .from_select(["district", "entry_id", "account_id", "due_at"], awards)
        .on_conflict_do_nothing()
    )


def next_due(session: Session, district: str, account_id: UUID, now: datetime) -> datetime | None:
    """The earliest moment at which something of an account ran out that was not seen to yet."""
    return session.scalar(
        select(Due.due_at)
        .where(Due.district == district, Due.account_id == account_id, Due.due_at <= now)
        .order_by(Due.due_at)
        .limit(1)
    )
