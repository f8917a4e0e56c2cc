"""Reads of what witnesses signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from credit.models import Cosignature, Log

WitnessId = tuple[str, bytes]


@dataclass(frozen=True)
class SeenRow:
    """The largest checkpoint that a witness signed, and when it did."""

    witness: str
    key_id: bytes
    size: int
    seen_at: datetime


def cosignature_lines(
    session: Session, origin: str, size: int, witnesses: Sequence[WitnessId]
) -> list[str]:
    """The lines that these witnesses signed one checkpoint with, in the order of their names."""
    statement = (
        select(Cosignature.line)
        .join(Log, Log.number == Cosignature.log)
        .where(
            Log.origin == origin,
            Cosignature.size == size,
            tuple_(Cosignature.witness, Cosignature.key_id).in_(witnesses),
        )
        .order_by(Cosignature.witness, Cosignature.key_id)
    )
    return list(session.scalars(statement)) if witnesses else []


def last_seen(session: Session, log: int) -> dict[WitnessId, SeenRow]:
    """How far each witness has come in a log."""
    last = (
        select(
            Cosignature.log,
            Cosignature.witness,
            Cosignature.key_id,
            func.max(Cosignature.size).label("size"),
        )
        .where(Cosignature.log == log)
        .group_by(Cosignature.log, Cosignature.witness, Cosignature.key_id)
        .subquery()
    )
    rows = session.execute(
        select(Cosignature.witness, Cosignature.key_id, Cosignature.size, Cosignature.seen_at).join(
            last,
            (Cosignature.log == last.c.log)
            & (Cosignature.size == last.c.size)
            & (Cosignature.witness == last.c.witness)
            & (Cosignature.key_id == last.c.key_id),
        )
    )
    return {(row.witness, row.key_id): SeenRow(*row) for row in rows}
