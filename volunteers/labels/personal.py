"""How one's own records of voluntary service are read."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.labels.activities import SIGN_UP_STATES
from volunteers.rules.activities import tags
from volunteers.rules.signing_up import SignUpState

Record = Mapping[str, Any]


def _volunteer(record: Record) -> Iterator[Any]:
    yield from (record["registered_at"], record["named_at"])
    yield from (in_words(tags()[code].names) for code in record["interests"] if code in tags())
    yield from (str(words) for wish, words in _REMINDED.items() if record[wish])


def _team(record: Record) -> Iterator[Any]:
    yield from (in_words(record["names"]), record["joined_at"], record["left_at"])
    if record["muted_at"]:
        yield str(_MUTED)


def _message(record: Record) -> Iterator[Any]:
    yield from (in_words(record["names"]), record["sent_at"], record["words"], record["read_at"])


def _sign_up(record: Record) -> Iterator[Any]:
    yield from (in_words(record["names"]), record["starts_at"], record["ends_at"])
    yield str(SIGN_UP_STATES[SignUpState(record["state"])])


def _calendar(record: Record) -> Iterator[Any]:
    yield record["made_at"]


def _qualification(record: Record) -> Iterator[Any]:
    yield from (
        in_words(record["names"]),
        record["valid_from"],
        record["valid_to"],
        record["reason"],
    )


def _guardian(record: Record) -> Iterator[Any]:
    yield str(_SIDES[record["role"]])
    yield from (record["agreed_at"], record["ended_at"])


_REMINDED = {
    "day_before": _l("reminded the day before a shift"),
    "hours_before": _l("reminded two hours before a shift"),
}
_MUTED = _l("no messages of this team")
_SIDES = {"child": _l("For you"), "guardian": _l("By you, for a child")}
register_reader("volunteer_calendar", _l("The link to your calendar"), _calendar)


def _sheet(record: Record) -> Iterator[Any]:
    yield from (record["place"], record["axis"], record["score"], record["remark"])
    yield record["given_at"]


register_reader("volunteer", _l("That you are a volunteer"), _volunteer)
register_reader("volunteer_team_member", _l("Your volunteer teams"), _team)
register_reader("volunteer_sign_up", _l("Your shifts"), _sign_up)
register_reader("volunteer_announcement_receiver", _l("What organisers wrote to you"), _message)
register_reader("volunteer_tour_score", _l("Your sheets of inspection groups"), _sheet)
register_reader("volunteer_qualification", _l("Your qualifications"), _qualification)
register_reader("volunteer_guardian", _l("A guardian’s yes to voluntary service"), _guardian)
