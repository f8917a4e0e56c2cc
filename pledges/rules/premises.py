"""Premises, who answers for them, and what is claimed about them: codes and lengths."""

from enum import StrEnum
from typing import Final

LONGEST_TITLE: Final = 80
LONGEST_ROAD: Final = 80
LONGEST_DOOR: Final = 60
LONGEST_KEY: Final = 200
LONGEST_DUTY: Final = 300
LONGEST_REASON: Final = 300
TRADE_LENGTH: Final = 40
MOST_HEADS: Final = 100_000


class PremisesKind(StrEnum):
    """What stands at a door (R017, R032, R087)."""

    SHOP = "shop"
    MARKET = "market"
    NIGHT_MARKET = "night_market"
    SCENIC_SPOT = "scenic_spot"
    UNIT = "unit"
    PARKING = "parking"


class PremisesState(StrEnum):
    """``EMPTY``: nobody runs it now, the door is still there."""

    OPEN = "open"
    EMPTY = "empty"
    GONE = "gone"


class OperatorEnd(StrEnum):
    """Why an operator answers no more."""

    TENANT_CHANGE = "tenant_change"
    CLOSED = "closed"
    PREMISES_GONE = "premises_gone"
    MISTAKE = "mistake"


class PremisesStep(StrEnum):
    """What is written into the history of a door."""

    REGISTER = "register"
    CHANGE = "change"
    OPERATOR_COMES = "operator_comes"
    OPERATOR_LEAVES = "operator_leaves"
    SPEAKER_CHANGES = "speaker_changes"
    PHONE_CHANGES = "phone_changes"
    PLAQUE_BOUND = "plaque_bound"
    PLAQUE_ENDS = "plaque_ends"
    CLAIM_DECIDED = "claim_decided"
    GONE = "gone"


class ClaimKind(StrEnum):
    """What somebody says about premises: that she speaks for them, that she took them over, that
    the phone of the register is not hers."""

    SPEAKS = "speaks"
    TOOK_OVER = "took_over"
    OTHER_PHONE = "other_phone"


class ClaimState(StrEnum):
    """A claim waits until the desk or an inspector has decided it."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
