"""Plaques: codes and lengths. The code itself is a public number of ``portal.kernel.ids``."""

from enum import StrEnum
from typing import Final

CODE_LENGTH: Final = 16
LONGEST_REASON: Final = 200


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
