"""What surveys keep about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField, Until
from portal.satisfaction.rules import SubjectKind

# free words have told what they can after a year, and so has an invitation
KEEP_DAYS: Final = 365
# their figure counts all that was ever said, in whole batches of ten (``opinion_in_batches``)
COUNTED_FOR_EVER: Final = frozenset({SubjectKind.SHIFT, SubjectKind.ADOPTION})


class SurveyData(StrEnum):
    """What is kept, in the words of the privacy page."""

    ANSWERS = "data.survey_answers"
    VOLUNTARY = "data.voluntary_answers"
    WORDS = "data.survey_words"
    AGREEMENT = "data.survey_agreement"
    INVITATION = "data.survey_invitation"


class SurveyPurpose(StrEnum):
    """What it is for."""

    SURVEYS = "purpose.surveys"
    OPINIONS = "purpose.opinions"


_FOR: Final = SurveyPurpose.SURVEYS
PERSONAL_FIELDS: Final = (
    PersonalField(
        "survey_sheet", "rater_key", SurveyData.ANSWERS, _FOR, Basis.SERVICE,
        masking=Masking.SECRET, until=Until.NO_END,
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
# the same columns as those of all ratings, of the kinds that are counted for ever
VOLUNTARY_FIELDS: Final = tuple(
    PersonalField(
        table, column, SurveyData.VOLUNTARY, SurveyPurpose.OPINIONS, Basis.SERVICE,
        until=Until.NO_END,
    )
    for table, column in (
        ("rating", "rater_key"), ("rating", "solved"), ("rating", "result_level"),
        ("rating", "service_level"), ("rating_reason", "reason"),
    )
)  # fmt: skip
