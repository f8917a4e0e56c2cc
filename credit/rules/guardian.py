"""Who may say yes for a child, and how long a request waits (L1). Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.accounts.rules import AgeBand

ANSWER_WITHIN: Final = timedelta(days=7)
# an account of unknown age may say of itself that it is grown up; a child's never
MAY_BE_GUARDIAN: Final = frozenset({AgeBand.ADULT, AgeBand.UNKNOWN})


class Ended(StrEnum):
    """How a guardian's yes, or the wait for it, came to its end."""

    CHILD = "child"
    GUARDIAN = "guardian"
    AGE = "age"
    EXPIRED = "expired"


class GuardianRefusal(StrEnum):
    """Why a guardian is not asked, or does not count."""

    NOT_NEEDED = "guardian.not_needed"
    BAD_PHONE = "guardian.bad_phone"
    OWN_PHONE = "guardian.own_phone"
    TOO_OFTEN = "guardian.too_often"
    ASKED = "guardian.asked"
    OVER = "guardian.over"
    OTHER_PHONE = "guardian.other_phone"
    NOT_ADULT = "guardian.not_adult"
    NOT_STATED = "guardian.not_stated"
    CHANGED = "guardian.changed"


def why_not_guardian(
    *,
    child_id: UUID,
    guardian_id: UUID,
    guardian_age: AgeBand | None,
    same_phone: bool,
    states: bool,
) -> GuardianRefusal | None:
    """Why somebody's yes does not count for a child, or None.

    The link went to one phone; only the account that has proved this phone may use it.
    """
    if not same_phone or child_id == guardian_id:
        return GuardianRefusal.OTHER_PHONE
    if guardian_age not in MAY_BE_GUARDIAN:
        return GuardianRefusal.NOT_ADULT
    return None if states else GuardianRefusal.NOT_STATED


def is_over(expires_at: datetime, now: datetime) -> bool:
    """Whether nobody can answer a request any more: from that very moment on."""
    return now >= expires_at
