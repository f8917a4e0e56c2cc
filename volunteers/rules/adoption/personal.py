"""What adoption keeps about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField

# what never became an agreement
KEEP_REFUSED: Final = 180
# words of what is over
KEEP_ENDED: Final = 730


class AdoptionData(StrEnum):
    """What is kept, in the words of the privacy page."""

    APPLICATION = "data.adoption_application"
    MEMBER = "data.adoption_member"
    PUBLIC_NAME = "data.adoption_public_name"
    CARE = "data.adoption_care"
    AGREEMENT = "data.adoption_agreement"


class AdoptionPurpose(StrEnum):
    """What it is for."""

    ADOPTION = "purpose.adoption"


def _field(
    table: str,
    column: str,
    what: AdoptionData,
    *,
    basis: Basis = Basis.SERVICE,
    days: int | None = KEEP_ENDED,
    masking: Masking = Masking.HIDDEN,
) -> PersonalField:
    return PersonalField(table, column, what, AdoptionPurpose.ADOPTION, basis, days, masking)


PERSONAL_FIELDS: Final[tuple[PersonalField, ...]] = (
    _field("adoption", "applicant_id", AdoptionData.APPLICATION),
    _field("adoption", "sealed_group", AdoptionData.APPLICATION),
    _field("adoption", "sealed_words", AdoptionData.APPLICATION),
    _field("adoption", "sealed_plot_name", AdoptionData.PUBLIC_NAME, basis=Basis.CONSENT),
    _field("adoption_agreement", "signer_id", AdoptionData.AGREEMENT),
    _field("adoption_agreement", "sealed_text", AdoptionData.AGREEMENT, masking=Masking.SECRET),
    _field("adoption_member", "person_id", AdoptionData.MEMBER),
    _field("adoption_member", "sealed_signature", AdoptionData.MEMBER),
    _field("adoption_member", "sealed_public_name", AdoptionData.PUBLIC_NAME, basis=Basis.CONSENT),
    _field("adoption_care", "person_id", AdoptionData.CARE),
    _field("adoption_care", "sealed_words", AdoptionData.CARE),
    _field("adoption_photo", "blob_key", AdoptionData.CARE),
    _field("adoption_photo", "thumbnail_key", AdoptionData.CARE),
)
