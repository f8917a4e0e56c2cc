"""What pledges keep about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField

# claims that were decided, and whatever is over: the limitation of an administrative matter
KEEP_CLAIM: Final = 180
KEEP_ENDED: Final = 730


class PledgeData(StrEnum):
    """What is kept, in the words of the privacy page."""

    OPERATOR = "data.pledge_operator"
    CLAIM = "data.pledge_claim"
    SIGNATURE = "data.pledge_signature"
    ANSWER = "data.pledge_answer"
    ALLIANCE = "data.pledge_alliance"


class PledgePurpose(StrEnum):
    """What it is for."""

    PLEDGE = "purpose.pledge"


def _field(
    table: str,
    column: str,
    what: PledgeData,
    *,
    basis: Basis = Basis.SERVICE,
    days: int | None = KEEP_ENDED,
    masking: Masking = Masking.HIDDEN,
) -> PersonalField:
    return PersonalField(table, column, what, PledgePurpose.PLEDGE, basis, days, masking)


_D = PledgeData
PERSONAL_FIELDS: Final[tuple[PersonalField, ...]] = (
    # the street must know whom to notify: a duty, as long as somebody runs the place
    _field("premises_operator", "sealed_name", _D.OPERATOR, basis=Basis.DUTY),
    _field("premises_operator", "sealed_phone", _D.OPERATOR, basis=Basis.DUTY),
    _field(
        "premises_operator", "phone_hash", _D.OPERATOR, basis=Basis.DUTY, masking=Masking.SECRET
    ),
    _field("premises_operator", "person_id", _D.OPERATOR),
    _field("premises_claim", "person_id", _D.CLAIM, days=KEEP_CLAIM),
    _field("premises_claim", "sealed_name", _D.CLAIM, days=KEEP_CLAIM),
    _field("premises_claim", "sealed_phone", _D.CLAIM, days=KEEP_CLAIM),
    _field("premises_claim", "phone_hash", _D.CLAIM, days=KEEP_CLAIM, masking=Masking.SECRET),
    _field("premises_claim", "sealed_words", _D.CLAIM, days=KEEP_CLAIM),
    _field("pledge", "signer_id", _D.SIGNATURE),
    _field("pledge", "sealed_signature", _D.SIGNATURE),
    _field("pledge", "salt", _D.SIGNATURE, masking=Masking.SECRET),
    _field("pledge", "paper_key", _D.SIGNATURE),
    _field("pledge", "paper_thumbnail_key", _D.SIGNATURE),
    _field("pledge_breach_answer", "person_id", _D.ANSWER),
    _field("pledge_breach_answer", "sealed_words", _D.ANSWER),
    _field("pledge_reply", "person_id", _D.ANSWER, basis=Basis.CONSENT),
    _field("pledge_reply", "sealed_words", _D.ANSWER, basis=Basis.CONSENT),
    _field("alliance_head", "person_id", _D.ALLIANCE),
    _field("alliance_sign_on", "person_id", _D.ALLIANCE),
    _field("alliance_sign_on", "sealed_signature", _D.ALLIANCE),
    _field("alliance_sign_on", "salt", _D.ALLIANCE, masking=Masking.SECRET),
    _field("alliance_candidate", "person_id", _D.ALLIANCE),
    _field("alliance_help", "person_id", _D.ALLIANCE),
    _field("alliance_help", "sealed_words", _D.ALLIANCE),
    _field("alliance_help_answer", "person_id", _D.ALLIANCE),
    _field("alliance_help_answer", "sealed_words", _D.ALLIANCE),
)
