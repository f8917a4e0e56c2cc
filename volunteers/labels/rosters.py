"""Words of rosters: why a seat stays empty, refusals, messages, what is kept."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.accounts.labels import register_actions, register_reader
from portal.kernel import messages
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.personal import Data
from volunteers.rules.roster import Gap, RosterRefusal
from volunteers.service.messages import Told

WEEKDAYS: Final[tuple[Words, ...]] = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip
GAPS: Final[Mapping[Gap, Words]] = {
    Gap.NOBODY: _l("nobody else wants to be asked"),
    Gap.ELSEWHERE: _l("those who want to be asked serve elsewhere"),
    Gap.TIMES: _l("nobody else is free at this time"),
    Gap.ASKED: _l("everybody else has been asked for this shift or is on it"),
    Gap.CLOSED: _l("seats are not given at the moment"),
    Gap.WAVE: _l("one seat for each person at first"),
    Gap.AGE: _l("those who are left are too young, or have not stated their age"),
    Gap.QUALIFICATION: _l("those who are left lack the qualification"),
    Gap.LEADS: _l("nobody left has the experience to lead"),
    Gap.NEWCOMER: _l("somebody experienced has to say yes first; then propose again"),
    Gap.BUSY: _l("those who are left are on another shift, or need rest or time for the way"),
    Gap.HOURS: _l("those who are left would serve too many hours"),
}
_R: Final = RosterRefusal
register(
    {
        _R.NO_WINDOW: _l("Fill in both times of a day, or none."),
        _R.WINDOW_ENDS: _l("The time until when lies after the one from when."),
        _R.NO_PLACE: _l("Please choose one of the places."),
        _R.NO_WEEK: _l("Please choose one of the weeks of the list."),
        _R.NO_TEAM: _l("Choose among the teams of the list."),
        _R.NOTHING: _l("In this week there is no free seat for which somebody could be asked."),
        _R.CHANGED: _l(
            "Seats have been taken or proposed meanwhile. Look at the roster again; nothing was "
            "proposed."
        ),
        _R.ACCEPTED: _l(
            "Somebody has said yes already. Take people off one by one, with a reason."
        ),
        _R.UNDONE: _l("These proposals were taken back before."),
        Data.ASK_ME: _l("Where and when you want to be asked for shifts"),
    }
)
messages.register(
    {
        Told.ROSTER_PROPOSED.value: _l(
            "Shifts are proposed to you. Please answer until %(moment)s; you are free to say no: "
            "%(origin)s/volunteers/mine/proposals"
        ),
        Told.ROSTER_UNDONE.value: _l(
            "Shifts that were proposed to you are no longer needed; you need not answer. Your "
            "shifts: %(origin)s/volunteers/mine"
        ),
    }
)
register_actions(
    {
        "shift:propose_week": _l("Proposed a roster"),
        "shift:undo_proposals": _l("Took back proposals of a roster"),
    }
)


def _ask_me(record: Mapping[str, Any]) -> Iterator[Any]:
    yield in_words(record["place"])
    for day, start, end in record["windows"]:
        yield f"{WEEKDAYS[day]} {_clock(start)}–{_clock(end)}"
    yield record["away_until"]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


register_reader("volunteer_ask_me", _l("Where and when you want to be asked for shifts"), _ask_me)
