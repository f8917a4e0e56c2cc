"""A double click makes one record: the key of a form is spent in the action's own transaction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base
from portal.kernel.errors import Counted


class SpentKey(Base):
    """A form that was acted upon, and where its first result is shown."""

    __tablename__ = "spent_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(index=True)
    result_url: Mapped[str | None]


def once(session: Session, key: str, act: Callable[[Session], str], *, now: datetime) -> str:
    """Run ``act`` for the first holder of ``key``; later ones get the first result's address.

    On PostgreSQL a second insert waits for the first transaction, so that the loser of a race reads
    a finished result; on SQLite writers take turns anyway.
    """
    if not _claim(session, key, now):
        first = session.scalar(select(SpentKey.result_url).where(SpentKey.key == key))
        return first or "/"
    try:
        url = act(session)
    except Counted:
        # the try is kept, but the same form may be sent again with another code
        session.execute(delete(SpentKey).where(SpentKey.key == key))
        raise
    session.execute(update(SpentKey).where(SpentKey.key == key).values(result_url=url))
    return url


def _claim(session: Session, key: str, now: datetime) -> bool:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(SpentKey)
        .values(key=key, spent_at=now)
        .on_conflict_do_nothing()
        .returning(SpentKey.key)
    )
    return session.scalar(statement) is not None


def forget_keys(session: Session, *, before: datetime) -> None:
    """Drop keys of forms nobody can still have open."""
    session.execute(delete(SpentKey).where(SpentKey.spent_at < before))
