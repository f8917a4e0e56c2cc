"""Signing a published convention, and the separate yes that signing never implies (L2, L5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_HOUSEHOLD: Final = 60
LONGEST_NAME: Final = 40
MOST_ON_A_SHEET: Final = 60
# whoever tries doors learns which have signed
TRIES_A_DAY: Final = 5
# so many doors a day are named as signed to one who types sheets; a whole building has fewer
SIGNED_LINES_A_DAY: Final = 40
LONGEST_WHY: Final = 300
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


class ContestAct(StrEnum):
    """What is done about a signature on the screen that is contested."""

    HIDE = "hide"
    WITHDRAW = "withdraw"
    ALLOW = "allow"


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
    ENDS = "sign.ends"
    WITHDRAWN = "sign.withdrawn"
    NO_PHOTO = "sign.no_photo"
    NOT_SIGNED = "sign.not_signed"
    ALREADY_BASIS = "sign.already_basis"
    ONE_OF_THEM = "sign.one_of_them"
    NO_REASON = "sign.no_reason"
    NOT_FOUND = "sign.not_found"
    NOT_NAMED = "sign.not_named"
    CONTESTED = "sign.contested"
    NAME_HIDDEN = "sign.name_hidden"
    NOT_SETTLED = "sign.not_settled"
    OWN = "sign.own"


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


@dataclass(frozen=True)
class ContestWish:
    """Which signature on the screen is contested, by one of three, and what is done about it.

    ``line``: the number of a signature whose name is shown; ``unit``: its code or name;
    ``settled``: that of one that was ended or whose name was hidden, which may be given again.
    """

    act: ContestAct
    reason: str
    door: str = ""
    unit: str = ""
    line: str = ""
    settled: str = ""


def why_not_contest(wish: ContestWish) -> tuple[SignRefusal, str] | None:
    """What is missing, with the name of its field."""
    if wish.act is ContestAct.ALLOW:
        if not wish.settled:
            return SignRefusal.NOT_SETTLED, "settled"
    elif sum(bool(said.strip()) for said in (wish.door, wish.unit, wish.line)) != 1:
        return SignRefusal.ONE_OF_THEM, "door"
    if not wish.reason.strip():
        return SignRefusal.NO_REASON, "reason"
    return None


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
