"""Telephone numbers: one written form for storing, short service numbers included."""

import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

HOME = "CN"
# service numbers that no numbering plan of the library knows as valid
SHORT_CODES = frozenset(
    {"110", "119", "120", "122", "12110", "12301", "12315", "12319", "12328", "12329", "12333",
     "12339", "12345", "12348", "12349", "12350", "12355", "12369", "12378", "12380", "12388",
     "12393", "12389"}
)  # fmt: skip
_TEXT_ME = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def _parse(typed: str) -> phonenumbers.PhoneNumber | None:
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > 40:
        return None
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def clean_phone(typed: str) -> str | None:
    """A number as it is stored: E.164 (``+86…``) or a short service number; None: not a number."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isascii() and c.isdigit())
    if digits in SHORT_CODES:
        return digits
    number = _parse(typed)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


def clean_mobile(typed: str) -> str | None:
    """Like ``clean_phone``, but only numbers that can receive a text message."""
    number = _parse(typed)
    if number is None or phonenumbers.number_type(number) not in _TEXT_ME:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def show_phone(stored: str) -> str:
    """A stored number as people here write it."""
    if not stored.startswith("+"):
        return stored
    number = phonenumbers.parse(stored, None)
    if number.country_code == phonenumbers.country_code_for_region(HOME):
        return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
