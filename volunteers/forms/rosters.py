"""Forms of rosters: being asked, and choosing a week."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from portal.kernel.forms import ClockField, DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.forms.fields import named
from volunteers.forms.signing_up import CHOOSE
from volunteers.rules.roster import RosterWish, Window

_DAYS = range(7)


class AskMeForm(Form):
    """Whether, where and when somebody wants to be asked. Fields ``from_0`` to ``until_6`` are the
    hours of Monday to Sunday."""

    ask = BooleanField(_l("Ask me when people are needed"))
    place = SelectField(_l("Where would you serve?"), [InputRequired(CHOOSE)])
    away_until = DayField(_l("Not before, because I am away: last day"), [Optional()])

    def offer(self, places: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """(code, names) of the places."""
        self.place.choices = named(places)

    def windows(self) -> list[Window]:
        """The hours that were typed, also half of them; midnight as an end is that of the day."""
        found = []
        for day in _DAYS:
            start, end = self[f"from_{day}"].data, self[f"until_{day}"].data
            if start is not None or end is not None:
                found.append(Window(day, _minutes(start), _minutes(end) or 24 * 60))
        return found

    @staticmethod
    def as_typed(wish: RosterWish | None, code: str) -> dict[str, Any]:
        """What somebody said before, as the form shows it."""
        given: dict[str, Any] = {"ask": wish is not None, "place": code}
        if wish is not None:
            given["away_until"] = wish.away_until
            for one in wish.windows:
                given[f"from_{one.weekday}"] = _clock(one.start)
                given[f"until_{one.weekday}"] = _clock(one.end)
        return given


def _minutes(value: time | None) -> int:
    return -1 if value is None else value.hour * 60 + value.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


for _day in _DAYS:
    setattr(AskMeForm, f"from_{_day}", ClockField(_l("From"), [Optional()]))
    setattr(AskMeForm, f"until_{_day}", ClockField(_l("Until"), [Optional()]))


class WeekForm(Form):
    """A week, and who is asked. ``seen``: the roster that was shown."""

    week = SelectField(_l("Week"), [InputRequired(CHOOSE)], validate_choice=False)
    team = SelectField(_l("Who is asked?"), [Optional()], validate_choice=False)
    seen = HiddenField()

    def offer(
        self, weeks: Iterable[tuple[date, str]], teams: Iterable[tuple[str, Mapping[str, str]]]
    ) -> None:
        """Mondays with their words, and (number, names) of the teams that take part."""
        everybody = SelectChoice("", _l("Everybody near who wants to be asked"))
        self.week.choices = [SelectChoice(day.isoformat(), words) for day, words in weeks]
        self.team.choices = [everybody, *named(teams)]
