"""A year of working days as somebody types or pastes it, and what can be wrong with a line."""

from datetime import date
from typing import Any, Final

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.kernel.calendars import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRefusal,
    DayProblem,
    read_days,
)
from portal.kernel.forms import LONG, Form
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register, say
from portal.kernel.worktime import DayKind

MOST_TOLD: Final = 20

register(
    {
        CalendarRefusal.CHANGED: _l(
            "Somebody else has just changed this calendar. Please look at it again; what you typed"
            " is kept below."
        ),
        DayProblem.COLUMNS: _l("a day and a kind, with a comma between them"),
        DayProblem.NO_DAY: _l("write a day like 2027-01-01"),
        DayProblem.NO_KIND: _l("the kind is holiday or makeup"),
        DayProblem.OTHER_YEAR: _l("this day is of another year"),
        DayProblem.TWICE: _l("this day stands here twice"),
        DayProblem.WORKED_ANYWAY: _l("this day is worked anyway"),
    }
)


class YearForm(Form):
    """One year: its days that differ from their weekday, and who announced them."""

    year = StringField(_l("Year"), validators=[InputRequired(_l("Fill this in."))])
    days = TextAreaField(
        _l("Days that differ"),
        validators=[
            InputRequired(_l("Fill this in.")),
            Length(max=20_000, message=LONG),
        ],
    )
    source = StringField(
        _l("Who announced it, and when"),
        validators=[
            InputRequired(_l("Fill this in.")),
            Length(max=200, message=LONG),
        ],
    )
    seen = HiddenField()
    weekdays = "12345"
    read: dict[date, DayKind]

    @property
    def number(self) -> int | None:
        """The year as a number, if it is one that can be."""
        text = self.year.data or ""
        known = text.isascii() and text.isdecimal() and len(text) == len("2027")
        return int(text) if known and FIRST_YEAR <= int(text) <= LAST_YEAR else None

    def validate_year(self, _field: Any) -> None:
        """Four digits."""
        if self.number is None:
            raise ValidationError(_("Write a year like 2027."))

    def validate_days(self, _field: Any) -> None:
        """Every line that is wrong is named; nothing is guessed, and nothing typed is lost."""
        if self.number is None:
            return
        self.read, problems = read_days(self.days.data or "", self.number, self.weekdays)
        if problems:
            told = [
                _("Line %(line)s: %(problem)s.", line=line, problem=say(problem))
                for line, problem in problems[:MOST_TOLD]
            ]
            raise ValidationError(" ".join(str(one) for one in told))
