"""Forms about shifts: one, many, a template, a series."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import request
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from portal.kernel.forms import ClockField, DayField, FileIn, Form, TicksField, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.forms.fields import (
    NEEDED,
    DaysField,
    SeenForm,
    choices,
    named,
    up_to,
)
from volunteers.labels.activities import DUTY_KINDS
from volunteers.rules.activities import LONGEST_PLACE, LONGEST_TITLE, qualifications, shift_roles
from volunteers.rules.batches import DaysWish
from volunteers.rules.planning import PlanWish, PostWish, TimesWish
from volunteers.rules.recurrence import LONGEST_RULE
from volunteers.rules.series import SeriesWish
from volunteers.rules.shifts import LONGEST_REASON

LARGEST_FILE: Final = 2_000_000
MOST_PLACES: Final = 20_000
_WEEKDAYS: Final = (
    ("1", _l("Monday")), ("2", _l("Tuesday")), ("3", _l("Wednesday")), ("4", _l("Thursday")),
    ("5", _l("Friday")), ("6", _l("Saturday")), ("7", _l("Sunday")),
)  # fmt: skip


class PlanForm(SeenForm):
    """Times, duty, place and seats: what every form of shifts begins with."""

    start = ClockField(_l("Begins at"), [InputRequired(NEEDED)])
    end = ClockField(_l("Ends at"), [InputRequired(NEEDED)])
    next_day = BooleanField(_l("It ends on the next day"))
    duty = RadioField(_l("What is done on it?"), validate_choice=False)
    area = SelectField(_l("In which place"), validate_choice=False)
    meeting_place = StringField(_l("Where people meet"), [Optional(), up_to(LONGEST_PLACE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty.choices = choices(DUTY_KINDS)
        learnt = [SelectChoice("", _l("nothing special"))]
        learnt += named((one.code, one.names) for one in qualifications().values())
        for role in shift_roles().values():
            said = {"role": in_words(role.names)}
            self[f"seats_{role.code}"].label.text = _l("%(role)s: room for", **said)
            self[f"least_{role.code}"].label.text = _l("%(role)s: at least", **said)
            self[f"needs_{role.code}"].label.text = _l("%(role)s: has learnt", **said)
            self[f"needs_{role.code}"].choices = learnt

    def offer_places(self, places: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """(code, names) of the places that the organiser looks after."""
        self.area.choices = named(places)

    @property
    def seats(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of each role."""
        return [
            (self[f"seats_{code}"], self[f"least_{code}"], self[f"needs_{code}"])
            for code in shift_roles()
        ]

    def plan(self) -> PlanWish:
        """What was typed, as the service takes it."""
        times = TimesWish(self.start.data, self.end.data, bool(self.next_day.data))
        return PlanWish(
            times, self.duty.data or "", self.area.data or "", self.meeting_place.data or "",
            [post for code in shift_roles() for post in self._post(code)],
        )  # fmt: skip

    def _post(self, code: str) -> Iterable[PostWish]:
        seats, least = self[f"seats_{code}"].data or 0, self[f"least_{code}"].data or 0
        if seats or least:
            yield PostWish(code, seats, least, self[f"needs_{code}"].data or None)


# one set of fields for each role of the list
for _code in shift_roles():
    setattr(PlanForm, f"seats_{_code}", WholeNumberField("", [Optional()]))
    setattr(PlanForm, f"least_{_code}", WholeNumberField("", [Optional()]))
    setattr(PlanForm, f"needs_{_code}", SelectField("", validate_choice=False))


def plan_as_typed(wish: PlanWish) -> dict[str, Any]:
    """A plan as its form shows it."""
    posts = {
        f"{what}_{post.role}": value
        for post in wish.posts
        for what, value in (
            ("seats", post.seats), ("least", post.least), ("needs", post.qualification or ""),
        )
    }  # fmt: skip
    return {
        "start": wish.times.start, "end": wish.times.end, "next_day": wish.times.next_day,
        "duty": wish.duty, "area": wish.area, "meeting_place": wish.meeting_place, **posts,
    }  # fmt: skip


class ShiftForm(PlanForm):
    """One shift."""

    day = DayField(_l("Day"), [InputRequired(NEEDED)])


class TemplateForm(PlanForm):
    """A plan under a name."""

    name = StringField(_l("Name of the template"), [InputRequired(NEEDED), up_to(LONGEST_TITLE)])


class ManyForm(PlanForm):
    """Shifts on several days, at several places. ``sure``: the preview was seen."""

    first = DayField(_l("First day"), [InputRequired(NEEDED)])
    last = DayField(_l("Last day"), [InputRequired(NEEDED)])
    weekdays = TicksField(_l("On which days of the week"), validate_choice=False)
    skip_holidays = BooleanField(_l("Not on public holidays"))
    places = TextAreaField(_l("Places, one a line"), [Optional(), up_to(MOST_PLACES)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays.choices = [SelectChoice(code, words) for code, words in _WEEKDAYS]
        if not self.is_submitted():
            self.weekdays.data = [code for code, _words in _WEEKDAYS]

    def days(self) -> DaysWish:
        """The days that were chosen."""
        known = {code for code, _words in _WEEKDAYS}
        ticked = frozenset(int(code) for code in self.weekdays.data or () if code in known)
        return DaysWish(self.first.data, self.last.data, ticked, bool(self.skip_holidays.data))

    def where(self) -> Sequence[str]:
        """The places, one a line."""
        return [line.strip() for line in (self.places.data or "").splitlines() if line.strip()]


class SeriesForm(PlanForm):
    """A plan that recurs."""

    first = DayField(_l("First day"), [InputRequired(NEEDED)])
    often = RadioField(
        _l("How often?"),
        choices=[
            SelectChoice("WEEKLY", _l("On some days of the week")),
            SelectChoice("DAILY", _l("Every day")),
            SelectChoice("MONTHLY", _l("Once a month, on the same day of the month")),
            SelectChoice("RULE", _l("By a rule from a calendar (RRULE)")),
        ],
        default="WEEKLY",
        validate_choice=False,
    )
    every = WholeNumberField(_l("Every how many days, weeks or months"), [Optional()], default=1)
    weekdays = TicksField(_l("On which days of the week"), validate_choice=False)
    last = DayField(_l("Last day"), [Optional()])
    rule = TextAreaField(_l("Rule"), [Optional(), up_to(LONGEST_RULE * 2)])
    exceptions = DaysField(_l("Not on these days"), [Optional(), up_to(4000)])
    skip_holidays = BooleanField(_l("Not on public holidays"))
    reason = StringField(_l("Why?"), [Optional(), up_to(LONGEST_REASON)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays.choices = [SelectChoice(code, words) for code, words in _WEEKDAYS]
        self.weekdays.flags.optional = True

    def series(self) -> SeriesWish:
        """What was typed, as the service takes it."""
        return SeriesWish(
            self._rule(), self.first.data, self.exceptions.days, bool(self.skip_holidays.data)
        )

    def _rule(self) -> str:
        if self.often.data == "RULE":
            return self.rule.data or ""
        if self.often.data not in {"WEEKLY", "DAILY", "MONTHLY"}:
            return ""
        parts = [f"FREQ={self.often.data}"]
        every = self.every.data
        if every is not None and every != 1:
            parts.append(f"INTERVAL={every}")
        days = [code for code in self.weekdays.data or () if code in _RFC]
        if self.often.data == "WEEKLY" and days:
            parts.append("BYDAY=" + ",".join(_RFC[code] for code in days))
        last: date | None = self.last.data
        if last is not None:
            parts.append(f"UNTIL={last:%Y%m%d}")
        return ";".join(parts)


_RFC: Final = dict(zip("1234567", ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))


class FileForm(Form):
    """A file of shifts."""

    file = FileIn(_l("Choose a file"))
    gb18030 = BooleanField(_l("The CSV file is written in GB18030, as Chinese Excel saves it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        request.max_content_length = LARGEST_FILE + 200_000
        super().__init__(*args, **kwargs)

    @property
    def content(self) -> bytes:
        """What came with the form, and no more than one byte too much of it."""
        named_so = getattr(self.file.data, "filename", None)
        data: bytes = self.file.data.stream.read(LARGEST_FILE + 1) if named_so else b""
        return data
