"""Handing a seat to somebody else: a swap of two (换班), or somebody stands in (替班). Pure."""

from enum import StrEnum
from typing import Final

OFFERS_A_DAY: Final = 5


class HandoverKind(StrEnum):
    """Whether a seat is given for another one, or for nothing."""

    SWAP = "swap"
    SUBSTITUTE = "substitute"


class HandoverState(StrEnum):
    """Where an offer to hand over stands. That it is too late is read from the clock."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class HandoverRefusal(StrEnum):
    """Why a seat is not handed over."""

    NOT_HELD = "handover.not_held"
    OVER = "handover.over"
    OWN = "handover.own"
    ASKED = "handover.asked"
    NOT_ON_IT = "handover.not_on_it"
    SAME_SHIFT = "handover.same_shift"
    TOO_OFTEN = "handover.too_often"
    GIVER_CANNOT = "handover.giver_cannot"
