"""Links that open one case to somebody without an account: a helper of the unit, a body outside.

Pure. A link is good as long as it has not run out, was not taken back, and the case still lies with
whom it was made for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.reports.rules.codes import Review, State
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import AT_THE_UNIT

HOURS: Final = (2, 8, 24, 48, 72, 168)
USUAL_HOURS, LONGEST_HOURS = 48, 168
OUTSIDE_DAYS, ANSWER_DAYS = 30, 10
# what one link may bring: enough for a day's work, too little to fill a disk
MOST_USES = 12
MOST_WORDS = 2000
# who helped and what she sent is forgotten so long after the link has run out
KEEP: Final = timedelta(days=90)


class PassKind(StrEnum):
    """Whom a link is for."""

    HELPER = "helper"
    OUTSIDE = "outside"


class EntryKind(StrEnum):
    """What came by a link."""

    ON_THE_WAY = "on_the_way"
    DONE = "done"
    ANSWERED = "answered"
    DECLINED = "declined"


class EntryState(StrEnum):
    """What became of it: only noted, waiting for somebody, taken over, or set aside."""

    NOTED = "noted"
    WAITING = "waiting"
    TAKEN = "taken"
    SET_ASIDE = "set_aside"


class DeclineReason(StrEnum):
    """Why a body outside does not take a matter."""

    NOT_OURS = "decline.not_ours"
    OTHER_BODY = "decline.other_body"
    NOT_ENOUGH = "decline.not_enough"
    DONE_BEFORE = "decline.done_before"


class PassRefusal(StrEnum):
    """Why a link is not made, does not open, or takes nothing more."""

    UNKNOWN = "pass.unknown"
    OVER = "pass.over"
    REVOKED = "pass.revoked"
    MOVED_ON = "pass.moved_on"
    ANSWERED = "pass.answered"
    USED_UP = "pass.used_up"
    ON_THE_WAY = "pass.on_the_way"
    RECEIVED = "pass.received"
    NOTHING_SENT = "pass.nothing_sent"
    PHOTO_MISSING = "pass.photo_missing"
    REASON_MISSING = "pass.reason_missing"
    BAD_HOURS = "pass.bad_hours"
    BAD_PHONE = "pass.bad_phone"
    BAD_MAIL = "pass.bad_mail"
    NO_CONSENT = "pass.no_consent"
    NOT_YOURS = "pass.not_yours"
    INWARD = "pass.inward"
    NOT_HANDED_OVER = "pass.not_handed_over"
    DECIDED = "pass.decided"


@dataclass(frozen=True)
class Standing:
    """Where a case stands now, as far as a link asks: with whom, or by which hand-over outside."""

    state: State
    unit_id: UUID | None
    outside_id: UUID | None = None


def lies_with(kind: PassKind, made_for: UUID | None, case: Standing) -> bool:
    """Whether a case is still with the unit, or the body, that a link was made for."""
    if kind is PassKind.OUTSIDE:
        return case.state is State.HANDED_OVER and case.outside_id == made_for
    if case.unit_id != made_for:
        return False
    return case.state in (AT_THE_UNIT if made_for else AT_THE_UNIT | {State.ACCEPTED, State.FILED})


def why_closed(
    *, revoked_at: datetime | None, expires_at: datetime, now: datetime, still_there: bool
) -> PassRefusal | None:
    """Why a link opens nothing any more, or None."""
    if revoked_at is not None:
        return PassRefusal.REVOKED
    if now >= expires_at:
        return PassRefusal.OVER
    return None if still_there else PassRefusal.MOVED_ON


def shows_words(kind: PassKind, *, protected: bool) -> bool:
    """Law P5: what a reporter wrote of a person or a shop goes to an authority, to no helper."""
    return kind is PassKind.OUTSIDE or not protected


def shows_photo(kind: PassKind, review: Review, reason: str | None, *, protected: bool) -> bool:
    """Whether a reporter's photo is shown by a link: never one that was kept inside for itself.

    A body outside sees what was checked. Photos of a person or a shop are never checked for the
    public (P5), and the authority that handles the matter needs them.
    """
    if protected:
        about = review is Review.PENDING or reason == Reason.ABOUT_A_PERSON_OR_SHOP.value
        return kind is PassKind.OUTSIDE and about
    if kind is PassKind.OUTSIDE:
        return review is Review.APPROVED
    return review is not Review.WITHHELD
