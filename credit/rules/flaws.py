"""What can be wrong with a ledger, and whether one entry keeps the rules that made it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from credit.rules.kinds import STATEMENTS, TAKEN_BACK_BY, TRANSFERS, Kind
from credit.rules.leaf import Unit
from credit.rules.rulebook import GIVING, RuleClass
from credit.rules.standing import LogStop

# between notice and effect there are at least fifteen days (L7)
SHORTEST_NOTICE: Final = timedelta(days=15)
# what is slight lasts three months at most (L12)
LONGEST_LIFE: Final = timedelta(days=90)
# entries bear whole seconds, rules and checkpoints the exact moment
_SECOND: Final = timedelta(seconds=1)
# the clocks of two servers
_ASKEW: Final = timedelta(minutes=5)


class Flaw(StrEnum):
    """What is wrong, in the words of ``gongzhi ledger verify``."""

    GAP = "the number is missing, or stands twice"
    ENTRY_GONE = "its entry is gone"
    ENTRY_CHANGED = "its entry is not the one that was sealed"
    DETAILS_CHANGED = "its details are not the ones that were sealed"
    IMPOSSIBLE = "no honest ledger holds such an entry"
    EARLIER = "it does not fit the earlier entry that it speaks of"
    TOO_EARLY = "it came before its time"
    TOO_LONG = "it lasts longer than the law allows"
    RULE = "no rule that was sealed before and counted gives this"
    NO_FIRST = "a log that was begun after a loss does not say so first"
    ROOT = "the tree has another root than the checkpoint"
    SIGNATURE = "the checkpoint is not signed by the log"
    NO_CHECKPOINT = "what is sealed has no checkpoint"
    SIZE = "the log counts another number of entries"
    FRONTIER = "the kept edge of the tree is not its edge"
    TILE = "a public tile is missing or wrong"
    SERVED = "the public checkpoint is none of this log"
    STOPPED = "the ledger is stopped"
    NO_KEY = "the key of the log is missing, so no signature could be checked"
    AGAINST = "the old checkpoint is of another tree"
    AGAINST_LARGER = "the old checkpoint has more entries than the log"
    AGAINST_OTHER = "the old checkpoint is of no log of this ledger"
    NOWHERE = "an entry is neither sealed nor waiting to be"
    QUEUE = "an entry that waits is not the one that was written"
    TAKEN_TWICE = "more was taken back, or ended oftener, than there was"
    BALANCE = "the balance is not what the entries add up to"
    FLOOR = "the balance is below the floor"
    SUM = "the balances of all do not add up to what was given"
    RULE_TEXT = "the rule says something else than was sealed"
    CLOCK = "the moment at which it ends is another one, or missing"
    OVERDUE = "it should have ended by itself"


@dataclass(frozen=True)
class Problem:
    """One flaw: at which number of which log, or about what."""

    flaw: Flaw
    log: int | None = None
    seq: int | None = None
    about: str = ""
    stop: LogStop | None = None

    def __str__(self) -> str:
        where = [
            *([f"log {self.log}"] if self.log is not None and self.log > 1 else []),
            *([f"entry {self.seq}"] if self.seq is not None else []),
            *([self.about] if self.about else []),
        ]
        return f"{', '.join(where)}: {self.flaw.value}" if where else self.flaw.value


class Body(Protocol):
    """An entry as it is read."""

    @property
    def kind(self) -> Kind: ...
    @property
    def unit(self) -> Unit | None: ...
    @property
    def debit_id(self) -> UUID | None: ...
    @property
    def credit_id(self) -> UUID | None: ...
    @property
    def amount(self) -> int | None: ...
    @property
    def rule(self) -> str | None: ...
    @property
    def source_hash(self) -> bytes | None: ...
    @property
    def of_id(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def until(self) -> datetime | None: ...


@dataclass(frozen=True)
class SealedRule:
    """A version of a rule: where its statement stands, and since when it counts."""

    place: tuple[int, int]
    counts_from: datetime
    rule_class: RuleClass
    points: int
    life_days: int | None


Book = Mapping[str, SealedRule]
"""The sealed versions of a district's rules by name."""


def flaw_of_form(row: Body, issuers: Mapping[UUID, object]) -> Flaw | None:
    """Whether an entry is of a form that this ledger makes: one holder, one issuer, a known
    kind."""
    if row.unit is None:
        return None if row.kind in STATEMENTS else Flaw.IMPOSSIBLE
    nature = TRANSFERS.get(row.kind)
    if nature is None or row.unit not in nature.units:
        return Flaw.IMPOSSIBLE
    if (row.debit_id in issuers) == (row.credit_id in issuers):
        return Flaw.IMPOSSIBLE
    return None if nature.needs_earlier == (row.of_id is not None) else Flaw.EARLIER


def flaw_of_earlier(row: Body, earlier: Body | None) -> Flaw | None:
    """Whether an entry fits the one that it ends or takes back."""
    if row.of_id is None:
        return None
    if earlier is None or earlier.amount is None or row.amount is None:
        return Flaw.EARLIER
    ends = TRANSFERS[row.kind].ends
    fits = (
        earlier.kind is ends and earlier.amount == row.amount
        if ends is not None
        else row.kind in TAKEN_BACK_BY.get(earlier.kind, ()) and row.amount <= earlier.amount
    )
    same = (row.unit, row.rule, row.source_hash) == (
        earlier.unit, earlier.rule, earlier.source_hash,
    )  # fmt: skip
    return None if fits and same and _is_same_holder(row, earlier) else Flaw.EARLIER


def _is_same_holder(row: Body, earlier: Body) -> bool:
    """What ends a hold goes the same way, what takes back the other; an expiry has its issuer."""
    if TRANSFERS[row.kind].ends is not None:
        return (row.debit_id, row.credit_id) == (earlier.debit_id, earlier.credit_id)
    return row.debit_id == earlier.credit_id or row.credit_id == earlier.debit_id


def flaw_of_clock(row: Body, earlier: Body | None) -> Flaw | None:
    """Notice and effect: at least 15 days between (L7), at most 90 days long (L12)."""
    if row.kind is Kind.DEDUCTION_NOTICE:
        short = row.until is None or row.until + _SECOND < row.at + SHORTEST_NOTICE
        return Flaw.TOO_EARLY if short else None
    if earlier is None:
        return None
    if row.kind is Kind.EXPIRY:
        early = earlier.until is None or row.at < earlier.until
        return Flaw.TOO_EARLY if early else None
    if row.kind is Kind.DEDUCTION_POST:
        if row.at + _SECOND < earlier.at + SHORTEST_NOTICE:
            return Flaw.TOO_EARLY
        if row.until is None or row.until > row.at + LONGEST_LIFE + _SECOND:
            return Flaw.TOO_LONG
    return Flaw.TOO_EARLY if row.at + _ASKEW < earlier.at else None


def flaw_of_rule(row: Body, place: tuple[int, int] | None, book: Book) -> Flaw | None:
    """Whether an award names a version that was sealed before it and counted (N6).

    ``place`` is where it stands itself; None while it waits.
    """
    if row.kind is not Kind.AWARD:
        return None
    rule = book.get(row.rule or "")
    if rule is None or rule.points == 0 or rule.rule_class not in GIVING:
        return Flaw.RULE
    if rule.counts_from >= row.at + _SECOND or (place is not None and rule.place >= place):
        return Flaw.RULE
    life = None if rule.life_days is None else timedelta(days=rule.life_days)
    until = None if life is None else row.at + life
    return None if until == row.until else Flaw.CLOCK
