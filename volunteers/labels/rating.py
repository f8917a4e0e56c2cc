"""Words for ratings of shifts and for what organisers say to one volunteer."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import Level
from volunteers.rules.personal import Data
from volunteers.rules.rating import FeedbackKind, FeedbackRefusal, RatingRefusal

Record = Mapping[str, Any]

FEEDBACK_KINDS: Mapping[FeedbackKind, Words] = {
    FeedbackKind.THANKS: _l("Thanks"),
    FeedbackKind.ADVICE: _l("Advice"),
}
register(
    {
        **FEEDBACK_KINDS,
        RatingRefusal.NOT_SERVED: _l(
            "Only those who served on this shift rate it, once the organiser has confirmed it."
        ),
        FeedbackRefusal.NOT_SERVED: _l("Choose somebody whose service on this shift is confirmed."),
        FeedbackRefusal.ONESELF: _l("Nobody writes to herself here."),
        FeedbackRefusal.WRITTEN: _l("You have written to this volunteer already."),
        FeedbackRefusal.NO_WORDS: _l("Please write something, in up to 500 characters."),
        Data.FEEDBACK: _l("What organisers wrote to you after a shift"),
    }
)
messages.register(
    {
        "volunteers.feedback": _l(
            "An organiser wrote to you after a shift. Only you can read it: "
            "%(origin)s/volunteers/feedback"
        ),
    }
)


def _rating(record: Record) -> Iterator[Any]:
    yield str(LEVELS[Level(record["result_level"])])
    yield str(LEVELS[Level(record["service_level"])])
    yield record["created_at"]


def _feedback(record: Record) -> Iterator[Any]:
    yield str(FEEDBACK_KINDS[FeedbackKind(record["kind"])])
    yield from (record["words"], record["written_at"])


register_reader("shift_rating", _l("How you rated shifts"), _rating)
register_reader("volunteer_feedback", _l("What organisers wrote to you"), _feedback)
