"""What reports keep about people: the rows for the one table of personal fields (P1, P2)."""

from datetime import timedelta
from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField
from portal.reports.rules.intake import DRAFT_DAYS

# after this the name and phone have no purpose any more; the rating window is long over
IDENTITY_DAYS = 365
# N1: a reporter stays protected for 180 days and a rating window after her name is gone
PSEUDONYM_DAYS = 200
LINK_DAYS = 90
IDENTITY = timedelta(days=IDENTITY_DAYS)
PSEUDONYM = timedelta(days=PSEUDONYM_DAYS)


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    NAME = "data.report_name"
    PHONE = "data.report_phone"
    ACCOUNT = "data.report_account"
    PSEUDONYM = "data.report_pseudonym"
    ACCESS = "data.report_access"
    WORDS = "data.report_words"
    PHOTO = "data.report_photo"
    POINT = "data.report_point"
    DRAFT = "data.report_draft"
    URGE = "data.report_urge"


class Purpose(StrEnum):
    """What it is for."""

    HANDLE = "purpose.report_handle"
    ANSWER = "purpose.report_answer"
    PROTECT = "purpose.report_protect"
    FIND = "purpose.report_find"
    DRAFT = "purpose.report_draft"


def _field(
    table: str,
    column: str,
    what: Data,
    purpose: Purpose,
    days: int | None = None,
    masking: Masking = Masking.HIDDEN,
) -> PersonalField:
    return PersonalField(table, column, what, purpose, Basis.SERVICE, days, masking)


_SECRET = Masking.SECRET
PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("case_reporter", "sealed_name", Data.NAME, Purpose.ANSWER, IDENTITY_DAYS, Masking.NAME),
    _field(
        "case_reporter", "sealed_phone", Data.PHONE, Purpose.ANSWER, IDENTITY_DAYS, Masking.PHONE
    ),
    _field("case_reporter", "phone_hash", Data.PHONE, Purpose.FIND, IDENTITY_DAYS, _SECRET),
    _field("case_reporter", "person_id", Data.ACCOUNT, Purpose.FIND),
    _field("case_reporter", "pseudonym", Data.PSEUDONYM, Purpose.PROTECT, PSEUDONYM_DAYS, _SECRET),
    _field("case_reporter", "lookup_hash", Data.ACCESS, Purpose.FIND, None, _SECRET),
    _field("case_reporter", "token_hash", Data.ACCESS, Purpose.FIND, None, _SECRET),
    _field("case_link", "token_hash", Data.ACCESS, Purpose.FIND, LINK_DAYS, _SECRET),
    _field("case_text", "text", Data.WORDS, Purpose.HANDLE),
    _field("case_photo", "blob_key", Data.PHOTO, Purpose.HANDLE),
    _field("cases", "lon", Data.POINT, Purpose.HANDLE),
    _field("cases", "lat", Data.POINT, Purpose.HANDLE),
    _field("case_urge", "day", Data.URGE, Purpose.HANDLE),
    _field("draft", "person_id", Data.DRAFT, Purpose.DRAFT, DRAFT_DAYS, Masking.HIDDEN),
    _field("draft", "sealed_answers", Data.DRAFT, Purpose.DRAFT, DRAFT_DAYS),
)
