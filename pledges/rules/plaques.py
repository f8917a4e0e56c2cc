"""Plaques: codes and lengths. The code itself is a public number of ``portal.kernel.ids``."""

from enum import StrEnum
from typing import Final

CODE_LENGTH: Final = 16
LONGEST_REASON: Final = 200
# issued at once; more are several batches, so that one press never stops the desk
MOST_AT_ONCE: Final = 2_000
# on one sheet of A4, three beside each other; and on one page to print
ON_A_SHEET: Final = 12
ON_A_PAGE: Final = 120


class PlaqueState(StrEnum):
    """``REPLACED``: another hangs in its place; ``WITHDRAWN``: none does."""

    ISSUED = "issued"
    BOUND = "bound"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class BindingEnd(StrEnum):
    """Why a plaque is bound to a door and operator no more."""

    TENANT_CHANGE = "tenant_change"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    MISTAKE = "mistake"
    PREMISES_GONE = "premises_gone"


class PlaqueRefusal(StrEnum):
    """Why nothing is done with a plaque. What is no matter of plaques alone is ``refusals``'."""

    NO_PLACE = "plaque.no_place"
    HOW_MANY = "plaque.how_many"
    NOT_A_CODE = "plaque.not_a_code"
    NOT_OURS = "plaque.not_ours"
    NO_PREMISES = "plaque.no_premises"
    OTHER_DISTRICT = "plaque.other_district"
    HANGS = "plaque.hangs"
    HANGS_NOWHERE = "plaque.hangs_nowhere"
    ENDED = "plaque.ended"
    DOOR_HAS_ONE = "plaque.door_has_one"
    SAME_PLAQUE = "plaque.same_plaque"


def why_not_hang(state: PlaqueState) -> PlaqueRefusal | None:
    """Only a plaque that was issued and hangs nowhere can be bound."""
    if state is PlaqueState.ISSUED:
        return None
    return PlaqueRefusal.HANGS if state is PlaqueState.BOUND else PlaqueRefusal.ENDED
