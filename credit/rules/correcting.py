"""Why an entry is not corrected by hand. Pure."""

from enum import StrEnum
from typing import Final

from credit.rules.kinds import Kind

# a deduction falls only by its due process, which keeps count of what is left of it (L9)
BY_HAND: Final = frozenset({Kind.AWARD, Kind.REDEEM_POST})
LONGEST_REASON: Final = 500


class CorrectionRefusal(StrEnum):
    """Why an administrator takes nothing back."""

    NO_REASON = "correction.no_reason"
    OTHER_KIND = "correction.other_kind"
    DEDUCTION = "correction.deduction"
    TOO_MUCH = "correction.too_much"
    NO_HOLDER = "correction.no_holder"
    OWN = "correction.own"


def why_not_by_hand(kind: Kind) -> CorrectionRefusal | None:
    """Whether an entry of this kind is corrected at all, and here."""
    if kind in BY_HAND:
        return None
    if kind is Kind.DEDUCTION_POST:
        return CorrectionRefusal.DEDUCTION
    return CorrectionRefusal.OTHER_KIND
