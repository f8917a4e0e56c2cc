"""What the ledger keeps about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum

from credit.rules.asking import KEEP_ANSWERED
from credit.rules.guard import LEAST_DAYS
from credit.rules.honours import KEEP_WORDS
from portal.accounts.rules import Basis, Masking, PersonalField


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    ACCOUNT = "data.credit_account"
    DETAILS = "data.credit_details"
    CONSENT = "data.credit_consent"
    WAITING = "data.credit_waiting"
    MARK = "data.credit_mark"
    GUARDIAN = "data.credit_guardian"
    HONOUR = "data.credit_honour"
    PUBLIC_NAME = "data.credit_public_name"
    NOMINATION = "data.credit_nomination"
    REDEMPTIONS = "data.credit_redemptions"
    ASKED = "data.credit_asked"


class Purpose(StrEnum):
    """What it is for."""

    LEDGER = "purpose.credit_ledger"
    GUARD = "purpose.credit_guard"
    GUARDIAN = "purpose.credit_guardian"
    HONOURS = "purpose.credit_honours"


def _field(table: str, column: str, what: Data, masking: Masking = Masking.HIDDEN) -> PersonalField:
    return PersonalField(table, column, what, Purpose.LEDGER, Basis.CONSENT, masking=masking)


def _guardian(column: str, masking: Masking = Masking.HIDDEN) -> PersonalField:
    return PersonalField(
        "credit_guardian", column, Data.GUARDIAN, Purpose.GUARDIAN, Basis.DUTY, masking=masking
    )


PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("credit_holder", "holder_id", Data.ACCOUNT),
    _field("credit_detail", "sealed_details", Data.DETAILS),
    _field("credit_consent", "person_id", Data.CONSENT),
    _field("credit_waiting_fact", "holder_id", Data.WAITING),
    _field("credit_waiting_fact", "sealed_fact", Data.WAITING),
    # N1: it outlives the identity by 180 days and the rating window
    PersonalField(
        "credit_protected_mark",
        "who",
        Data.MARK,
        Purpose.GUARD,
        Basis.DUTY,
        LEAST_DAYS,
        Masking.SECRET,
    ),
    _guardian("child_id"),
    _guardian("guardian_id"),
    _guardian("phone_hash", Masking.SECRET),
    _guardian("token_hash", Masking.SECRET),
    _field("credit_redemption", "account_id", Data.REDEMPTIONS),
)


def _honour(
    column: str, what: Data, basis: Basis, masking: Masking = Masking.HIDDEN
) -> PersonalField:
    return PersonalField("credit_honour", column, what, Purpose.HONOURS, basis, masking=masking)


def _voice(column: str) -> PersonalField:
    return PersonalField(
        "credit_honour_voice", column, Data.NOMINATION, Purpose.HONOURS, Basis.SERVICE,
        retention_days=KEEP_WORDS.days,
    )  # fmt: skip


HONOUR_FIELDS: tuple[PersonalField, ...] = (
    _honour("holder_id", Data.HONOUR, Basis.SERVICE),
    _honour("sealed_citation", Data.HONOUR, Basis.SERVICE),
    _honour("link_hash", Data.HONOUR, Basis.SERVICE, Masking.SECRET),
    _honour("sealed_name", Data.PUBLIC_NAME, Basis.CONSENT),
    _voice("nominator_id"),
    _voice("sealed_whom"),
    _voice("sealed_words"),
)


def _asked(column: str, masking: Masking = Masking.HIDDEN) -> PersonalField:
    return PersonalField(
        "credit_correction_request", column, Data.ASKED, Purpose.LEDGER, Basis.SERVICE,
        retention_days=KEEP_ANSWERED.days, masking=masking,
    )  # fmt: skip


ASKING_FIELDS: tuple[PersonalField, ...] = (
    _asked("person_id", Masking.SECRET),
    _asked("number"),
    _asked("entry_id", Masking.SECRET),
    _asked("topic", Masking.SECRET),
    _asked("sealed_words"),
    _asked("asked_at"),
    _asked("sealed_answer"),
    _asked("answered_at"),
)
