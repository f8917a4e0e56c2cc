"""When an outcome may be rated, and which answers send a matter back. Pure."""

from datetime import datetime
from enum import StrEnum

from portal.accounts.rules import Basis, PersonalField, Until
from portal.reports.rules.codes import State
from portal.reports.rules.transitions import OPEN, SENT_BACK
from portal.satisfaction.rules import Answers, Settings
from portal.satisfaction.rules.release import ANSWERS_DAYS


class RatingRefusal(StrEnum):
    """Why a matter cannot be rated now."""

    NOT_CLOSED = "rating.not_closed"
    SENT_BACK = "rating.sent_back"
    NOTHING_DONE = "rating.nothing_done"
    LATE = "rating.late"
    NOT_LIVE = "rating.not_live"
    JOINED_LATER = "rating.joined_later"


class Data(StrEnum):
    """What ratings keep, in the words of the privacy page."""

    ANSWERS = "data.rating_answers"
    WORDS = "data.rating_words"
    SHOWN = "data.rating_shown"


class Purpose(StrEnum):
    """What it is for."""

    FIGURES = "purpose.rating_figures"
    UNIT = "purpose.rating_unit"


# words have told what they can after a year; the answers end after the release that counted them
WORDS_DAYS = 365
PERSONAL_FIELDS = (
    *(
        PersonalField(
            table, column, Data.ANSWERS, Purpose.FIGURES, Basis.SERVICE, ANSWERS_DAYS,
            until=Until.RELEASED,
        )
        for table, column in (
            ("rating", "rater_key"), ("rating", "unit_key"), ("rating", "solved"),
            ("rating", "result_level"), ("rating", "service_level"), ("rating_reason", "reason"),
        )
    ),
    PersonalField(
        "rating_words", "sealed_text", Data.WORDS, Purpose.FIGURES, Basis.SERVICE, WORDS_DAYS
    ),
    PersonalField("rating_shown", "agreed_at", Data.SHOWN, Purpose.UNIT, Basis.CONSENT, WORDS_DAYS),
)  # fmt: skip


def why_not_rate(
    state: State, closed_at: datetime | None, now: datetime, settings: Settings, *, live: bool
) -> RatingRefusal | None:
    """Why a matter cannot be rated, or None. ``live``: rating is switched on in its place."""
    if state in SENT_BACK:
        return RatingRefusal.SENT_BACK
    if state in OPEN:
        return RatingRefusal.NOT_CLOSED
    if state is not State.CLOSED or closed_at is None:
        return RatingRefusal.NOTHING_DONE
    if not live:
        return RatingRefusal.NOT_LIVE
    return RatingRefusal.LATE if now >= settings.window_ends(closed_at) else None


def is_unhappy(answers: Answers, settings: Settings) -> bool:
    """Whether answers send the matter back: not solved, or the result is not satisfying."""
    return not answers.solved or not settings.satisfied(answers.result)


def last_rated_cycle(state: State, cycle: int) -> int:
    """The cycle whose rating is of interest: the closed one, or the one before this work."""
    return cycle if state is State.CLOSED else max(cycle - 1, 1)
