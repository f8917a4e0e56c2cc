"""Proving who one is: how long, how often, and why not."""

from datetime import datetime, timedelta
from enum import StrEnum

CODE_MINUTES = 10
CODE_TRIES = 5
PIN_TRIES = 5
LINK_HOURS = 72
SESSION_DAYS = 30
SECOND_FACTOR_HOURS = 12
TOTP_SECONDS = 30
MIN_PASSWORD = 10
MAX_PASSWORD = 200


class Way(StrEnum):
    """How somebody signed in."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - the name of a way, no secret
    CARD = "card"
    LINK = "link"


class Refusal(StrEnum):
    """Why something about an account is not done."""

    BAD_PHONE = "accounts.bad_phone"
    TRY_IN_MINUTES = "accounts.try_in_minutes"
    TRY_IN_HOURS = "accounts.try_in_hours"
    WRONG_CODE = "accounts.wrong_code"
    CODE_OVER = "accounts.code_over"
    WRONG_PASSWORD = "accounts.wrong_password"  # noqa: S105 - a code for a sentence, no secret
    WEAK_PASSWORD = "accounts.weak_password"  # noqa: S105 - a code, too
    WRONG_PIN = "accounts.wrong_pin"
    CARD_LOCKED = "accounts.card_locked"
    LINK_OVER = "accounts.link_over"
    NOT_HERE = "accounts.not_here"
    PHONE_TAKEN = "accounts.phone_taken"
    WRONG_FACTOR = "accounts.wrong_factor"
    FACTOR_USED = "accounts.factor_used"
    NO_FACTOR = "accounts.no_factor"
    FACTOR_SET = "accounts.factor_set"
    TWO_OFFICES = "accounts.two_offices"
    OWN_ROLE = "accounts.own_role"
    ROLE_HELD = "accounts.role_held"
    ROLE_ENDED = "accounts.role_ended"
    ROLE_NEEDS_AREA = "accounts.role_needs_area"
    ROLE_NEEDS_ORGANISATION = "accounts.role_needs_organisation"
    ROLE_NEEDS_CITY = "accounts.role_needs_city"
    NOT_YOUR_PLACE = "accounts.not_your_place"
    UNKNOWN_PERSON = "accounts.unknown_person"
    UNKNOWN_AREA = "accounts.unknown_area"
    UNKNOWN_ORGANISATION = "accounts.unknown_organisation"
    UNKNOWN_ROLE = "accounts.unknown_role"
    SHORT_TIME = "accounts.short_time"
    STAFF_STAYS = "accounts.staff_stays"
    GUARDIAN_NEEDED = "accounts.guardian_needed"


def weak_password(password: str) -> bool:
    """Length is what counts (NIST SP 800-63B); one repeated character is no password."""
    return not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or len(set(password)) < 5


def second_factor_holds(given_at: datetime | None, now: datetime) -> bool:
    """Whether the second factor of a session still counts."""
    return given_at is not None and now < given_at + timedelta(hours=SECOND_FACTOR_HOURS)
