"""Clause sets and their versions: codes and lengths."""

from enum import StrEnum
from typing import Final

CODE_LENGTH: Final = 40
LONGEST_NAME: Final = 80
LONGEST_SOURCE: Final = 200
LONGEST_CLAUSE: Final = 400


class Letter(StrEnum):
    """What kind of letter is signed. Of each kind a place has one in force (R017, R183)."""

    FRONTAGE = "frontage"
    PARKING = "parking"
    TARGET = "target"


class Axis(StrEnum):
    """洁 绿 序 亮: what a clause belongs to, and what an inspection scores."""

    CLEAN = "clean"
    GREEN = "green"
    ORDER = "order"
    LIGHT = "light"
