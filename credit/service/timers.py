"""When something of an entry runs out, as rows that a job takes; gone once it was seen to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Due, Entry
from credit.rules.kinds import Kind


def forget_due(session: Session, district: str, entry_id: UUID) -> None:
    """An entry on hold was ended: nothing of it runs out any more."""
    session.execute(delete(Due).where(Due.district == district, Due.entry_id == entry_id))


def forget_past(session: Session, district: str, account_id: UUID, now: datetime) -> None:
    """What ran out of an account was seen to."""
    session.execute(
        delete(Due).where(Due.district == district, Due.account_id == account_id, Due.due_at <= now)
    )


def watch_awards(session: Session, district: str, account_id: UUID) -> None:
    """Points came back: awards that were thought to be spent may expire after all."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    awards = select(Entry.district, Entry.id, Entry.credit_id, Entry.until).where(
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


def anything_due(session: Session, district: str, account_id: UUID, now: datetime) -> bool:
    """Whether something of an account has run out and was not seen to yet."""
    due = exists().where(Due.district == district, Due.account_id == account_id, Due.due_at <= now)
    return bool(session.scalar(select(due)))
