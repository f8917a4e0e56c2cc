"""What reports keep about people: the rows for the one table of personal fields (P1, P2)."""

from datetime import timedelta
from enum import StrEnum

from portal.accounts.rules import Basis, Masking, Months, PersonalField
from portal.reports.rules.intake import DRAFT_DAYS
from portal.reports.rules.passes import KEEP, LONGEST_HOURS
from portal.reports.rules.retention import SETTING, USUAL_MONTHS

# after this nothing has a purpose that leads from an ended matter to its reporter
IDENTITY = Months(SETTING, USUAL_MONTHS)
# N1: a reporter stays protected for 180 days and a rating window after her name is gone
PSEUDONYM_DAYS = 200
LINK_DAYS = 90
# a helper: at most a week by link, and then as long as her work may be asked about
PASS_DAYS = LONGEST_HOURS // 24 + KEEP.days
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
    OBJECTION = "data.report_objection"
    DECISION = "data.report_decision"
    ANSWER = "data.report_answer"
    VOICE = "data.report_voice"
    CONSENT = "data.report_consent"
    PAPER = "data.report_paper"
    HELPER = "data.report_helper"
    HELPER_WORDS = "data.report_helper_words"
    LINK = "data.report_link"


class Purpose(StrEnum):
    """What it is for."""

    HANDLE = "purpose.report_handle"
    ANSWER = "purpose.report_answer"
    PROTECT = "purpose.report_protect"
    FIND = "purpose.report_find"
    DRAFT = "purpose.report_draft"
    DECIDE = "purpose.report_decide"
    PROVE = "purpose.report_prove"
    HELP = "purpose.report_help"


def _field(
    table: str,
    column: str,
    what: Data,
    purpose: Purpose,
    time: int | Months | None = None,
    masking: Masking = Masking.HIDDEN,
) -> PersonalField:
    days, months = (None, time) if isinstance(time, Months) else (time, None)
    return PersonalField(table, column, what, purpose, Basis.SERVICE, days, masking, months)


_SECRET = Masking.SECRET
PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("case_reporter", "sealed_name", Data.NAME, Purpose.ANSWER, IDENTITY, Masking.NAME),
    _field("case_reporter", "sealed_phone", Data.PHONE, Purpose.ANSWER, IDENTITY, Masking.PHONE),
    _field("case_reporter", "phone_hash", Data.PHONE, Purpose.FIND, IDENTITY, _SECRET),
    _field("case_reporter", "person_id", Data.ACCOUNT, Purpose.FIND, IDENTITY),
    _field("case_reporter", "pseudonym", Data.PSEUDONYM, Purpose.PROTECT, PSEUDONYM_DAYS, _SECRET),
    _field("case_reporter", "lookup_hash", Data.ACCESS, Purpose.FIND, IDENTITY, _SECRET),
    _field("case_reporter", "token_hash", Data.ACCESS, Purpose.FIND, IDENTITY, _SECRET),
    _field("case_link", "token_hash", Data.ACCESS, Purpose.FIND, LINK_DAYS, _SECRET),
    _field("case_text", "text", Data.WORDS, Purpose.HANDLE, IDENTITY),
    _field("case_photo", "blob_key", Data.PHOTO, Purpose.HANDLE, IDENTITY),
    _field("cases", "lon", Data.POINT, Purpose.HANDLE, IDENTITY),
    _field("cases", "lat", Data.POINT, Purpose.HANDLE, IDENTITY),
    _field("case_urge", "day", Data.URGE, Purpose.HANDLE, IDENTITY),
    _field("case_answer", "value", Data.ANSWER, Purpose.HANDLE, IDENTITY),
    _field("case_answer", "sealed_value", Data.ANSWER, Purpose.HANDLE, IDENTITY),
    _field("moderation_appeal", "words", Data.OBJECTION, Purpose.DECIDE, IDENTITY),
    _field("moderation_appeal", "answer", Data.OBJECTION, Purpose.DECIDE, IDENTITY),
    _field("moderation_entry", "before", Data.DECISION, Purpose.DECIDE, IDENTITY),
    _field("moderation_entry", "after", Data.DECISION, Purpose.DECIDE, IDENTITY),
    _field("moderation_entry", "reason", Data.DECISION, Purpose.DECIDE, IDENTITY),
    _field("case_reporter", "joined_key", Data.ACCESS, Purpose.FIND, IDENTITY, _SECRET),
    _field("case_proxy", "relation", Data.CONSENT, Purpose.PROVE, IDENTITY),
    _field("case_proxy", "consent_way", Data.CONSENT, Purpose.PROVE, IDENTITY),
    _field("case_proxy", "consent_words", Data.CONSENT, Purpose.PROVE, IDENTITY),
    _field("case_proxy", "paper_key", Data.PAPER, Purpose.PROVE, IDENTITY),
    _field("case_still_there", "at", Data.VOICE, Purpose.HANDLE, IDENTITY),
    _field("case_pass", "sealed_name", Data.HELPER, Purpose.HELP, PASS_DAYS),
    _field("case_pass", "sealed_phone", Data.HELPER, Purpose.HELP, PASS_DAYS),
    _field("case_pass", "token_hash", Data.LINK, Purpose.HELP, PASS_DAYS, _SECRET),
    _field("case_pass", "words", Data.HELPER_WORDS, Purpose.HELP, PASS_DAYS),
    _field("case_pass", "consent", Data.CONSENT, Purpose.PROVE, PASS_DAYS),
    _field("case_pass_entry", "words", Data.HELPER_WORDS, Purpose.HELP, PASS_DAYS),
    _field("case_pass_photo", "blob_key", Data.HELPER_WORDS, Purpose.HELP, PASS_DAYS),
    _field("draft", "person_id", Data.DRAFT, Purpose.DRAFT, DRAFT_DAYS, Masking.HIDDEN),
    _field("draft", "sealed_answers", Data.DRAFT, Purpose.DRAFT, DRAFT_DAYS),
)
