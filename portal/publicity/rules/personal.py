"""What articles keep about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum
from typing import Final

from portal.accounts.rules import Basis, Masking, PersonalField

# a page about somebody that nobody has published by then goes whole
KEEP_OPEN_DAYS: Final = 180
# so does one that was withdrawn: so long the desk can be asked why
KEEP_WITHDRAWN_DAYS: Final = 180


class ArticleData(StrEnum):
    """What is kept, in the words of the privacy page."""

    ABOUT = "data.article_about"
    NAME = "data.article_name"


class ArticlePurpose(StrEnum):
    """What it is for."""

    ROLE_MODELS = "purpose.article_role_models"


_FOR: Final = ArticlePurpose.ROLE_MODELS
PERSONAL_FIELDS: Final = (
    PersonalField("article", "person_id", ArticleData.ABOUT, _FOR, Basis.CONSENT),
    PersonalField("article", "agreed_at", ArticleData.ABOUT, _FOR, Basis.CONSENT),
    PersonalField(
        "article", "sealed_name", ArticleData.NAME, _FOR, Basis.CONSENT, masking=Masking.HIDDEN
    ),
)
