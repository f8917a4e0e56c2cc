"""Who speaks for a shop before the ledger: lengths, and its row in the table of personal fields."""

from enum import StrEnum
from typing import Final

from credit.rules.guard import Route
from portal.accounts.rules import Basis, PersonalField

SOURCE_LENGTH: Final = 80
_STRICTEST: Final = (Route.NEVER, Route.OUTSIDE, Route.ORDINARY)


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    SPEAKER = "data.credit_speaker"


class Purpose(StrEnum):
    """What it is for."""

    SPEAKING = "purpose.credit_speaking"


FIELDS: Final = (
    PersonalField("credit_speaker", "person_id", Data.SPEAKER, Purpose.SPEAKING, Basis.DUTY),
)


def strictest(routes: list[Route]) -> Route:
    """Of what the guard says about each who speaks for a shop, that which protects most (N1)."""
    return min(routes, key=_STRICTEST.index)
