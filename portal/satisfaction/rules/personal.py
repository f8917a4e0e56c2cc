"""What surveys keep about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField

# free words have told what they can after a year, and so has an invitation
KEEP_DAYS: Final = 365


class SurveyData(StrEnum):
    """What is kept, in the words of the privacy page."""

    ANSWERS = "data.survey_answers"
    WORDS = "data.survey_words"
    AGREEMENT = "data.survey_agreement"
    INVITATION = "data.survey_invitation"


class SurveyPurpose(StrEnum):
    """What it is for."""

    SURVEYS = "purpose.surveys"


_FOR: Final = SurveyPurpose.SURVEYS
PERSONAL_FIELDS: Final = (
    PersonalField(
        "survey_sheet", "rater_key", SurveyData.ANSWERS, _FOR, Basis.SERVICE,
        masking=Masking.SECRET,
    ),
    PersonalField(
        "survey_words", "sealed_text", SurveyData.WORDS, _FOR, Basis.SERVICE, KEEP_DAYS
    ),
    PersonalField(
        "survey_agreement", "person_id", SurveyData.AGREEMENT, _FOR, Basis.CONSENT
    ),
    PersonalField(
        "survey_invitation", "person_id", SurveyData.INVITATION, _FOR, Basis.CONSENT, KEEP_DAYS
    ),
)  # fmt: skip
