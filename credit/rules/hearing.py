"""What due process keeps about people: its rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, PersonalField


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    MATTER = "data.credit_matter"
    WORDS = "data.credit_matter_words"
    BASIS_CONSENT = "data.credit_basis_consent"


class Purpose(StrEnum):
    """What it is for."""

    HEARING = "purpose.credit_hearing"


def _field(table: str, column: str, what: Data, basis: Basis = Basis.DUTY) -> PersonalField:
    return PersonalField(table, column, what, Purpose.HEARING, basis)


FIELDS: Final[tuple[PersonalField, ...]] = (
    _field("credit_matter", "subject_person_id", Data.MATTER),
    _field("credit_matter", "source", Data.MATTER),
    _field("credit_matter_text", "sealed_words", Data.WORDS),
    _field("credit_matter_file", "blob_key", Data.WORDS),
    _field("credit_matter_file", "thumbnail_key", Data.WORDS),
    _field("credit_basis_consent", "person_id", Data.BASIS_CONSENT, Basis.CONSENT),
)
