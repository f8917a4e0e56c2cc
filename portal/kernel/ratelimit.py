"""How often something may be tried: one small table that all workers share, asked on writes only.

A window opens at the first try and lasts its seconds; a full window refuses until it ends. Keys
(phones, addresses) are kept as keyed hashes and forgotten when their windows are over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base, changed_rows
from portal.kernel.instance import instance_of

EVERYBODY = "*"


class RateWindow(Base):
    """How many tries one key has made in the open window of one bucket."""

    __tablename__ = "rate_window"

    bucket: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    used: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds. The key EVERYBODY makes it a breaker for the whole city."""

    bucket: str
    limit: int
    seconds: int


def allow(
    session: Session, *, bucket: str, key: str, limit: int, seconds: int, now: datetime
) -> bool:
    """Count one try; False when the window is full (then nothing is counted)."""
    return take(session, [(Limit(bucket, limit, seconds), key)], now=now) is None


def take(session: Session, tries: Iterable[tuple[Limit, str]], *, now: datetime) -> datetime | None:
    """Count one try against each limit. When one is full: the moment at which to try again."""
    for limit, key in tries:
        key_hash = instance_of(session).vault.keyed_hash(f"rate/{limit.bucket}", key)
        if not _count(session, limit, key_hash, now):
            return session.scalar(
                select(RateWindow.ends_at).where(
                    RateWindow.bucket == limit.bucket, RateWindow.key_hash == key_hash
                )
            )
    return None


def _count(session: Session, limit: Limit, key_hash: str, now: datetime) -> bool:
    """One conditional upsert, so that racing workers cannot overrun the limit together."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    ends_at = now + timedelta(seconds=limit.seconds)
    over = RateWindow.ends_at <= now
    statement = dialect.insert(RateWindow).values(
        bucket=limit.bucket, key_hash=key_hash, started_at=now, ends_at=ends_at, used=1
    )
    statement = statement.on_conflict_do_update(
        index_elements=[RateWindow.bucket, RateWindow.key_hash],
        set_={
            "used": case((over, 1), else_=RateWindow.used + 1),
            "started_at": case((over, now), else_=RateWindow.started_at),
            "ends_at": case((over, ends_at), else_=RateWindow.ends_at),
        },
        where=or_(over, RateWindow.used < limit.limit),
    )
    return changed_rows(session, statement) == 1


def release(session: Session, *, bucket: str, key: str) -> None:
    """Forget the tries of a key, e.g. after the right password."""
    key_hash = instance_of(session).vault.keyed_hash(f"rate/{bucket}", key)
    session.execute(
        delete(RateWindow).where(RateWindow.bucket == bucket, RateWindow.key_hash == key_hash)
    )


def forget_windows(session: Session, *, now: datetime) -> None:
    """Drop windows that are over: they say nothing any more, and their keys are personal."""
    session.execute(delete(RateWindow).where(RateWindow.ends_at <= now))
