"""Signing a published convention, and the separate yes that signing never implies (L2, L5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_HOUSEHOLD: Final = 60
LONGEST_NAME: Final = 40
MOST_ON_A_SHEET: Final = 60
# whoever tries doors learns which have signed
TRIES_A_DAY: Final = 5
NAMES_ON_A_PAGE: Final = 200


class Signer(StrEnum):
    """Who signs: a person for herself, or somebody for a household, which binds nobody else."""

    PERSON = "person"
    HOUSEHOLD = "household"
    UNIT = "unit"


class SignWay(StrEnum):
    """On the screen, or on a paper sheet that was typed in with a photo."""

    SCREEN = "screen"
    PAPER = "paper"


class SignRefusal(StrEnum):
    """Why a signature is not taken, or not changed."""

    SIGNED = "sign.signed"
    HOUSEHOLD_SIGNED = "sign.household_signed"
    UNIT_SIGNED = "sign.unit_signed"
    NO_DOOR = "sign.no_door"
    NO_NAME = "sign.no_name"
    NO_UNIT = "sign.no_unit"
    TOO_MANY = "sign.too_many"
    NEWER = "sign.newer"
    ENDED = "sign.ended"
    WITHDRAWN = "sign.withdrawn"
    NO_PHOTO = "sign.no_photo"
    NOT_SIGNED = "sign.not_signed"
    ALREADY_BASIS = "sign.already_basis"


class SheetProblem(StrEnum):
    """What is wrong with a line of a paper sheet, beside what may be wrong with any roll."""

    SIGNED = "sheet.signed"


@dataclass(frozen=True)
class SignWish:
    """A signature as somebody gives it. ``unit``: the code of the unit for which she speaks."""

    signer: Signer
    name: str = ""
    door: str = ""
    unit: str = ""
    named: bool = False


def why_not_sign(wish: SignWish) -> tuple[SignRefusal, str] | None:
    """What is missing, with the name of its field."""
    if wish.signer is Signer.HOUSEHOLD and not wish.door.strip():
        return SignRefusal.NO_DOOR, "door"
    if wish.signer is Signer.UNIT and not wish.unit:
        return SignRefusal.NO_UNIT, "unit"
    # nothing can be shown that was not given
    if wish.named and wish.signer is not Signer.UNIT and not wish.name.strip():
        return SignRefusal.NO_NAME, "name"
    return None
