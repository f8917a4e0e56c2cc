"""Reads of the sealed log: its size, its checkpoints, the number of an entry, what waits."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from credit.models import Checkpoint, Log, Sealed, Unsealed
from credit.rules.standing import LogState


@dataclass(frozen=True)
class CheckpointRow:
    """What was signed at one size."""

    size: int
    root: bytes
    note: str
    made_at: datetime


@dataclass(frozen=True)
class SealedRow:
    """Where an entry stands in the log."""

    log: int
    seq: int
    leaf_hash: bytes


def current_log(session: Session, *, lock: bool = False) -> LogState | None:
    """The log that is written now: the newest. ``lock`` makes other sealers wait."""
    statement = (
        select(Log.number, Log.origin, Log.size, Log.frontier).order_by(Log.number.desc()).limit(1)
    )
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else LogState(*row)


def checkpoint_at(session: Session, log: int, size: int) -> CheckpointRow | None:
    """The checkpoint of exactly one size."""
    row = session.execute(
        select(Checkpoint.size, Checkpoint.root, Checkpoint.note, Checkpoint.made_at).where(
            Checkpoint.log == log, Checkpoint.size == size
        )
    ).one_or_none()
    return None if row is None else CheckpointRow(*row)


def last_sealing(session: Session) -> datetime | None:
    """When something was sealed last."""
    return session.scalar(select(func.max(Checkpoint.made_at)))


def sealed_entry(session: Session, district: str, entry_id: UUID) -> SealedRow | None:
    """The number of an entry; None while it waits."""
    row = session.execute(
        select(Sealed.log, Sealed.seq, Sealed.leaf_hash).where(
            Sealed.district == district, Sealed.entry_id == entry_id
        )
    ).one_or_none()
    return None if row is None else SealedRow(*row)


def leaves_from(session: Session, log: int, seq: int) -> list[bytes]:
    """The leaf hashes of a log from one number on, in order."""
    return list(
        session.scalars(
            select(Sealed.leaf_hash)
            .where(Sealed.log == log, Sealed.seq >= seq)
            .order_by(Sealed.seq)
        )
    )


def waiting(session: Session, most: int) -> int:
    """How many entries wait to be sealed, counted no further than ``most``."""
    some = select(Unsealed.entry_id).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


@dataclass(frozen=True)
class LogRow:
    """One log of this installation: the newest is written, earlier ones ended with a loss."""

    number: int
    origin: str
    size: int
    started_at: datetime


def all_logs(session: Session) -> list[LogRow]:
    """Every log there was, the oldest first."""
    rows = session.execute(
        select(Log.number, Log.origin, Log.size, Log.started_at).order_by(Log.number)
    )
    return [LogRow(*row) for row in rows]


def first_sealing(session: Session) -> datetime | None:
    """When something was sealed first."""
    return session.scalar(select(func.min(Checkpoint.made_at)))


def last_checkpoints(
    session: Session, periods: Sequence[tuple[datetime, datetime]]
) -> list[CheckpointRow]:
    """The last checkpoint of each period (half-open) that has one, the newest first."""
    last = [
        select(Checkpoint.made_at)
        .where(Checkpoint.made_at >= begin, Checkpoint.made_at < end)
        .order_by(Checkpoint.made_at.desc())
        .limit(1)
        .scalar_subquery()
        for begin, end in periods
    ]
    rows = session.execute(
        select(Checkpoint.size, Checkpoint.root, Checkpoint.note, Checkpoint.made_at)
        .where(or_(*(Checkpoint.made_at == moment for moment in last)))
        .order_by(Checkpoint.made_at.desc(), Checkpoint.log.desc(), Checkpoint.size.desc())
    )
    found = dict[datetime, CheckpointRow]()
    for row in rows:
        # several batches of one sealing bear its time: the largest has all of them
        found.setdefault(row.made_at, CheckpointRow(*row))
    return list(found.values())


def first_origin(session: Session) -> str | None:
    """The name of the first log, from which those of later ones are made."""
    return session.scalar(select(Log.origin).order_by(Log.number).limit(1))


def leaf_stream(session: Session, log: int) -> Generator[bytes, None, None]:
    """The leaf hashes of a log in order, a few at a time."""
    statement = select(Sealed.leaf_hash).where(Sealed.log == log).order_by(Sealed.seq)
    with session.scalars(statement.execution_options(yield_per=10_000)) as leaves:
        yield from leaves
