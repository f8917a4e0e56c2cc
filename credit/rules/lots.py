"""What is left of each award: points are spent first-in first-out, whatever order they expire in.

Nothing is kept beside the entries. A hold that was let go leaves no trace, so what is left does
not depend on when the job ran: a replay of the same entries gives the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.kernel.ids import id_at


@dataclass(frozen=True)
class Lot:
    """An award (or a deduction), in the order of its coming, and what was taken back of it."""

    id: UUID
    amount: int
    taken_back: int
    until: datetime | None
    # how often some of it expired: names the next expiry
    expiries: int = 0

    @property
    def net(self) -> int:
        return self.amount - self.taken_back


def left_of(lots: Sequence[Lot], available: int) -> dict[UUID, int]:
    """How much of each lot is left when this much is available in all: the oldest goes first."""
    spent = sum(lot.net for lot in lots) - available
    left: dict[UUID, int] = {}
    for lot in lots:
        used = min(max(spent, 0), max(lot.net, 0))
        spent -= used
        left[lot.id] = max(lot.net, 0) - used
    return left


def over(lots: Sequence[Lot], available: int, now: datetime) -> list[tuple[Lot, int]]:
    """Which lots have run out with something left, in their order."""
    left = left_of(lots, available)
    return [
        (lot, left[lot.id])
        for lot in lots
        if lot.until is not None and lot.until <= now and left[lot.id] > 0
    ]


def computed_id(what: str, district: str, about: UUID, nth: int, at: datetime) -> UUID:
    """The id of an entry that nobody asked for: the same for the same thing, and sorted by time.

    Of one moment what ends stands before what expires because of it.
    """
    digest = hashlib.sha256(f"gongzhi/credit/{what}/{district}/{about}/{nth}".encode()).digest()
    return id_at(at, (what == "expiry") << 61 | int.from_bytes(digest[:8]) >> 3)


def usable(lots: Sequence[Lot], available: int, now: datetime) -> int:
    """What can be spent now: what has run out counts no more, whether a job has seen it or not."""
    return available - sum(amount for _, amount in over(lots, available, now))


def next_to_expire(
    lots: Sequence[Lot], available: int, now: datetime
) -> tuple[int, datetime] | None:
    """How much runs out next, and when; None when nothing ever does."""
    left = left_of(lots, available)
    ahead = [
        (lot.until, left[lot.id])
        for lot in lots
        if lot.until is not None and lot.until > now and left[lot.id] > 0
    ]
    if not ahead:
        return None
    first = min(until for until, _ in ahead)
    return sum(amount for until, amount in ahead if until == first), first


def still_counting(deductions: Sequence[Lot], now: datetime) -> int:
    """What deductions take off now, as a positive number: those whose time is over take nothing."""
    return sum(lot.net for lot in deductions if lot.until is None or lot.until > now)
