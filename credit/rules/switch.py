"""The switch of deductions: what a city must bring before it may have them (L2, L11). Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credit.rules.canonical import Json

MOST_BASIS: Final = 2000
MOST_NAME: Final = 80
MOST_POST: Final = 120
MOST_REASON: Final = 500
MOST_DOCUMENT: Final = 10_000_000
_PDF: Final = b"%PDF-"


class SwitchRefusal(StrEnum):
    """Why the switch is not moved."""

    NO_BASIS = "switch.no_basis"
    NO_RESPONSIBLE = "switch.no_responsible"
    NO_DOCUMENT = "switch.no_document"
    NO_REASON = "switch.no_reason"
    LONG = "switch.long"
    OPEN = "switch.open"
    SAME_PERSON = "switch.same_person"
    CHANGED = "switch.changed"


@dataclass(frozen=True)
class SwitchWish:
    """What is brought to switch deductions on. ``document`` is a PDF, kept as it is (PIPL 55)."""

    basis: str
    responsible: str
    post: str
    document: bytes
    document_public: bool = True


def flaw_of(wish: SwitchWish) -> tuple[SwitchRefusal, str] | None:
    """What is missing, with the name of its field."""
    for words, most, field, missing in (
        (wish.basis, MOST_BASIS, "basis", SwitchRefusal.NO_BASIS),
        (wish.responsible, MOST_NAME, "responsible", SwitchRefusal.NO_RESPONSIBLE),
        (wish.post, MOST_POST, "post", SwitchRefusal.NO_RESPONSIBLE),
    ):
        if not words.strip():
            return missing, field
        if len(words.strip()) > most:
            return SwitchRefusal.LONG, field
    if not wish.document.startswith(_PDF) or len(wish.document) > MOST_DOCUMENT:
        return SwitchRefusal.NO_DOCUMENT, "document"
    return None


def on_content(
    *, district: str, number: str, wish_basis: str, responsible: str, post: str, digest: bytes,
    at: str,
) -> dict[str, Json]:  # fmt: skip
    """What the statement seals when deductions are switched on."""
    return {
        "at": at,
        "basis": wish_basis,
        "district": district,
        "document_sha256": digest.hex(),
        "number": number,
        "post": post,
        "responsible": responsible,
        "switch": "on",
    }


def off_content(*, district: str, number: str, reason: str, at: str) -> dict[str, Json]:
    """What the statement seals when they are switched off."""
    return {
        "at": at,
        "district": district,
        "number": number,
        "reason": reason,
        "switch": "off",
    }
