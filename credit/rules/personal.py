"""What the ledger keeps about people: the rows for the one table of personal fields (P1, P2)."""

from enum import StrEnum

from portal.accounts.rules import Basis, Masking, PersonalField


class Data(StrEnum):
    """What is kept, in the words of the privacy page."""

    ACCOUNT = "data.credit_account"
    DETAILS = "data.credit_details"
    CONSENT = "data.credit_consent"
    WAITING = "data.credit_waiting"


class Purpose(StrEnum):
    """What it is for."""

    LEDGER = "purpose.credit_ledger"


def _field(table: str, column: str, what: Data, masking: Masking = Masking.HIDDEN) -> PersonalField:
    return PersonalField(table, column, what, Purpose.LEDGER, Basis.CONSENT, masking=masking)


PERSONAL_FIELDS: tuple[PersonalField, ...] = (
    _field("credit_holder", "holder_id", Data.ACCOUNT),
    _field("credit_detail", "sealed_details", Data.DETAILS),
    _field("credit_detail", "salt", Data.DETAILS, Masking.SECRET),
    _field("credit_consent", "person_id", Data.CONSENT),
    _field("credit_waiting_fact", "holder_id", Data.WAITING),
    _field("credit_waiting_fact", "sealed_fact", Data.WAITING),
)
