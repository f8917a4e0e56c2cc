"""What questions keep about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField

# after it was answered, refused or taken back: as long as what came of it may be contested
KEEP_QUESTION: Final = 730


class QuestionData(StrEnum):
    """What is kept, in the words of the privacy page."""

    ASKED = "data.question"


class QuestionPurpose(StrEnum):
    """What it is for."""

    ANSWER = "purpose.question"


COLUMNS: Final = (
    "person_id", "sealed_title", "sealed_words", "title", "words", "folded", "sealed_appeal",
    "hidden_words", "reheard_words",
)  # fmt: skip
PERSONAL_FIELDS: Final[tuple[PersonalField, ...]] = tuple(
    PersonalField(
        "question", column, QuestionData.ASKED, QuestionPurpose.ANSWER, Basis.SERVICE,
        KEEP_QUESTION, Masking.OPEN if column in {"title", "words", "folded"} else Masking.HIDDEN,
    )
    for column in COLUMNS
)  # fmt: skip
