"""What may be said about a place, and what a decision does. Pure."""

from enum import StrEnum
from typing import Final

from pledges.rules.premises import ClaimKind

LONGEST_WORDS: Final = 400
LONGEST_NAME: Final = 40


class ClaimRefusal(StrEnum):
    """Why a claim is not taken, or not decided."""

    WAITS = "claim.waits"
    NO_PHONE = "claim.no_phone"
    NO_NAME = "claim.no_name"
    SPEAKS_ALREADY = "claim.speaks_already"
    SAME_PHONE = "claim.same_phone"
    DECIDED = "claim.decided"
    NO_OPERATOR = "claim.no_operator"
    TENANT_FIRST = "claim.tenant_first"
    OWN = "claim.own"


class ClaimDecision(StrEnum):
    """What the desk says to a claim."""

    ACCEPT = "accept"
    REFUSE = "refuse"


# what the register takes over from a confirmed claim: whose account speaks for the place, and
# which phone is asked; what it does not have at all it takes over from any
SETS_SPEAKER: Final = frozenset({ClaimKind.SPEAKS, ClaimKind.TOOK_OVER})
SETS_PHONE: Final = frozenset({ClaimKind.OTHER_PHONE, ClaimKind.TOOK_OVER})


def why_not_accept(kind: ClaimKind, *, runs: bool, same_operator: bool) -> ClaimRefusal | None:
    """A takeover is entered as a change of tenant first, for it ends what the old one pledged;
    what was said about somebody who left holds for nobody else."""
    if not runs:
        return ClaimRefusal.NO_OPERATOR
    if kind is ClaimKind.TOOK_OVER:
        return ClaimRefusal.TENANT_FIRST if same_operator else None
    return None if same_operator else ClaimRefusal.DECIDED
