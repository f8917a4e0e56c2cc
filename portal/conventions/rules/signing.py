"""Signing a published convention, and the separate consent that signing never implies (L2, L5)."""

from enum import StrEnum
from typing import Final

LONGEST_HOUSEHOLD: Final = 60
LONGEST_NAME: Final = 40
CONSENT_LENGTH: Final = 40


class Signer(StrEnum):
    """Who signs: a person for herself, or somebody for a household, which binds nobody else."""

    PERSON = "person"
    HOUSEHOLD = "household"
    UNIT = "unit"


class SignWay(StrEnum):
    """On the screen, or on a paper sheet that was typed in with a photo."""

    SCREEN = "screen"
    PAPER = "paper"
