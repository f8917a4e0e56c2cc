"""The kinds of entries, and what each of them does to the account of its holder. Pure.

An entry is a *transfer* between a holder (a person or a shop) and an issuer, or a *statement*,
which has a hash and no amount. No kind is between two holders: nobody can hand points on (N4).
Points are never below 0; conduct is at most 0 and buys nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credit.rules.leaf import Unit

MOST_AMOUNT: Final = 1_000_000
# nobody falls deeper, whatever is proposed: deductions are slight (L12)
DEEPEST_CONDUCT: Final = -100


class Party(StrEnum):
    """Who can hold an account."""

    PERSON = "person"
    SHOP = "shop"


class Issuer(StrEnum):
    """The other side of every transfer. It keeps no balance: all would wait for its row."""

    GIVEN = "given"
    SPENT = "spent"
    EXPIRED = "expired"
    CONDUCT = "conduct"


class Kind(StrEnum):
    """What an entry is. The values stand in sealed leaves and never change."""

    AWARD = "award"
    REDEEM_HOLD = "redeem_hold"
    REDEEM_POST = "redeem_post"
    REDEEM_VOID = "redeem_void"
    DEDUCTION_NOTICE = "deduction_notice"
    DEDUCTION_POST = "deduction_post"
    DEDUCTION_VOID = "deduction_void"
    DEDUCTION_EXPIRE = "deduction_expire"
    REPAIR = "repair"
    EXPIRY = "expiry"
    CORRECTION = "correction"
    RULE_PUBLISHED = "rule_published"
    APPEAL_OPENED = "appeal_opened"
    APPEAL_DECIDED = "appeal_decided"
    CONSENT = "consent"
    ERASURE = "erasure"
    SWITCH = "switch"
    PLEDGE_SIGNED = "pledge_signed"
    RELEASE = "release"
    HONOUR = "honour"
    LOG_RESUMED = "log_resumed"
    AGREEMENT_SIGNED = "agreement_signed"
    COMPANY_STANDING = "company_standing"
    CLAUSES_PUBLISHED = "clauses_published"
    COVENANT_PUBLISHED = "covenant_published"
    COVENANT_SIGNED = "covenant_signed"
    CONVENTION_PUBLISHED = "convention_published"


class Phase(StrEnum):
    """What a transfer does: it moves at once, holds, moves what was held, or lets it go."""

    MOVE = "move"
    HOLD = "hold"
    POST = "post"
    LET_GO = "let_go"


@dataclass(frozen=True)
class Nature:
    """One row of the table of transfers. ``units`` it may be in; ``ends`` the kind it resolves."""

    phase: Phase
    units: frozenset[Unit]
    ends: Kind | None = None
    # names an entry that it takes back, in part or in whole
    takes_back: bool = False

    @property
    def needs_earlier(self) -> bool:
        """Whether it speaks of an earlier entry."""
        return self.takes_back or self.ends is not None


_POINTS, _CONDUCT = frozenset({Unit.POINTS}), frozenset({Unit.CONDUCT})
TRANSFERS: Final[Mapping[Kind, Nature]] = {
    Kind.AWARD: Nature(Phase.MOVE, _POINTS),
    Kind.REDEEM_HOLD: Nature(Phase.HOLD, _POINTS),
    Kind.REDEEM_POST: Nature(Phase.POST, _POINTS, Kind.REDEEM_HOLD),
    Kind.REDEEM_VOID: Nature(Phase.LET_GO, _POINTS, Kind.REDEEM_HOLD),
    Kind.DEDUCTION_NOTICE: Nature(Phase.HOLD, _CONDUCT),
    Kind.DEDUCTION_POST: Nature(Phase.POST, _CONDUCT, Kind.DEDUCTION_NOTICE),
    Kind.DEDUCTION_VOID: Nature(Phase.LET_GO, _CONDUCT, Kind.DEDUCTION_NOTICE),
    Kind.DEDUCTION_EXPIRE: Nature(Phase.LET_GO, _CONDUCT, Kind.DEDUCTION_NOTICE),
    Kind.REPAIR: Nature(Phase.MOVE, _CONDUCT, takes_back=True),
    Kind.EXPIRY: Nature(Phase.MOVE, _POINTS | _CONDUCT, takes_back=True),
    Kind.CORRECTION: Nature(Phase.MOVE, _POINTS | _CONDUCT, takes_back=True),
}
STATEMENTS: Final = frozenset(Kind) - frozenset(TRANSFERS)
# what a later entry may take back, and by which kinds
TAKEN_BACK_BY: Final[Mapping[Kind, frozenset[Kind]]] = {
    Kind.AWARD: frozenset({Kind.EXPIRY, Kind.CORRECTION}),
    Kind.REDEEM_POST: frozenset({Kind.CORRECTION}),
    Kind.DEDUCTION_POST: frozenset({Kind.REPAIR, Kind.EXPIRY, Kind.CORRECTION}),
}
# of an entry on hold only one of these can ever be there
RESOLVING: Final = tuple(kind for kind in TRANSFERS if TRANSFERS[kind].ends)
FLOORS: Final[Mapping[Unit, int]] = {Unit.POINTS: 0, Unit.CONDUCT: DEEPEST_CONDUCT}


@dataclass(frozen=True)
class Effect:
    """What a transfer adds to the holder's balance and to what is held of it."""

    balance: int
    held: int


def effect_of(kind: Kind, amount: int, *, to_holder: bool) -> Effect:
    """The effect of a transfer on its holder. A hold moves nothing yet, but it counts."""
    phase = TRANSFERS[kind].phase
    moved = amount if to_holder else -amount
    if phase is Phase.HOLD:
        return Effect(0, amount)
    if phase is Phase.LET_GO:
        return Effect(0, -amount)
    return Effect(moved, -amount if phase is Phase.POST else 0)


def after(effect: Effect, *, balance: int, held: int, unit: Unit) -> tuple[int, int] | None:
    """Balance and held afterwards, or None when the floor (or conduct's ceiling) forbids it."""
    balance, held = balance + effect.balance, held + effect.held
    if held < 0 or balance - held < FLOORS[unit]:
        return None
    if unit is Unit.CONDUCT and balance > 0:
        return None
    return balance, held


class ConsentRefusal(StrEnum):
    """Why a yes is not taken."""

    GUARDIAN = "consent.guardian"


class LedgerRefusal(StrEnum):
    """Why an entry is not posted. Recorded under the entry's id, so that the answer stays."""

    NOT_ENOUGH = "ledger.not_enough"
    NO_ACCOUNT = "ledger.no_account"
    UNKNOWN_ENTRY = "ledger.unknown_entry"
    RESOLVED = "ledger.resolved"
    TAKEN_BACK = "ledger.taken_back"
    OTHER_BODY = "ledger.other_body"
    BAD_AMOUNT = "ledger.bad_amount"
    NOT_ADULT = "ledger.not_adult"
    TOO_EARLY = "ledger.too_early"
    # never recorded: when the ledger goes on, the same wish may be posted
    HALTED = "ledger.halted"
