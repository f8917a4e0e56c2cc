"""Inspections: who inspects, what is found, codes and lengths."""

from enum import StrEnum
from typing import Final

LONGEST_WORDS: Final = 300
LONGEST_NOTE: Final = 200
LONGEST_REASON: Final = 200
BEST_SCORE: Final = 100
DRAFT_KEY_LENGTH: Final = 64


class Body(StrEnum):
    """As what somebody comes: an inspector or a visitor (R034, R176, R278, R295)."""

    STREET = "street"
    COMMUNITY = "community"
    LIAISON = "liaison"
    ALLIANCE = "alliance"
    COMPANY = "company"
    SOCIAL_ORG = "social_org"


class InspectionState(StrEnum):
    """An inspection is never edited: it stands, or is void with a reason."""

    STANDS = "stands"
    VOID = "void"


class Finding(StrEnum):
    """What was found of a clause."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"
    NOT_SEEN = "not_seen"


class PhotoSide(StrEnum):
    """Before or after something was put right."""

    BEFORE = "before"
    AFTER = "after"
