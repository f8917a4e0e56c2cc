"""Forms of the day of a shift: coming and going, the roll, a list, words on a no-show."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kernel.clock import city_day
from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.reports.rules.intake import read_point
from volunteers.queries.on_the_day import RollRow
from volunteers.rules.on_the_day import LONGEST_WORD, Mark
from volunteers.rules.shifts import LONGEST_REASON, Span
from volunteers.service.roll_call import Times

_TOO_LONG = _l("Please write no more than %(max)d characters.")
_MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")


def _up_to(length: int) -> Length:
    return Length(max=length, message=_TOO_LONG)


class PlainForm(Form):
    """Nothing to fill in: a button that is meant."""


class ComeForm(Form):
    """One click: I am here, or I leave."""

    mark = HiddenField()

    @property
    def said(self) -> Mark:
        return Mark.LEFT if self.mark.data == Mark.LEFT.value else Mark.ARRIVED


class CardForm(ComeForm):
    """The same by the card at the meeting place, with the device's position if she gives it."""

    point = HiddenField()

    def take_place(self) -> tuple[float, float] | None:
        """Where the device says it is; the form does not bring it back with a refusal."""
        typed, self.point.data = self.point.data, ""
        return read_point(typed) if typed else None


class HungForm(Form):
    """What an organiser does with the card that she saw hanging; empty: none did."""

    seen = HiddenField()
    # the name of the second button
    end = StringField()

    @property
    def saw(self) -> UUID | None:
        try:
            return UUID(self.seen.data or "")
        except ValueError:
            return None


class PlaceForm(PhotoForm):
    """The same by the letters of the card, or by a photo that knows where it was taken; nothing of
    either is kept."""

    mark = HiddenField()
    code = StringField(_l("Letters on the card at the meeting place"), [_up_to(40)])
    photos = PhotosField(_l("Choose a photo"), most=1)

    @property
    def said(self) -> Mark:
        return Mark.LEFT if self.mark.data == Mark.LEFT.value else Mark.ARRIVED


class RollForm(Form):
    """Who is there; and whether the rest did not come."""

    here = SelectMultipleField(
        _l("Who is here?"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    rest = BooleanField(_l("Mark the rest as not come"))

    def offer(self, rows: Sequence[tuple[RollRow, str]]) -> None:
        """Those who are not here yet, with what each comes as."""
        self.here.choices = [
            SelectChoice(row.number, f"{row.name} · {role}") for row, role in rows if not row.here
        ]

    @property
    def ticked(self) -> list[str]:
        return list(self.here.data or ())


class ReasonForm(Form):
    """A reason that stays with what is done."""

    reason = StringField(_l("Why?"), [_up_to(LONGEST_REASON)])


class TimesForm(ReasonForm):
    """Times for each person of the roll; see ``times_form``."""

    numbers: Sequence[str] = ()

    def times(self, span: Span, zone: ZoneInfo) -> dict[str, Times]:
        """What was typed, on the day of the shift; after midnight of a shift over midnight, on the
        next. What is no time is None, and stands beside its field (``validate``)."""
        return {
            number: Times(
                clock_time(self[f"arrived_{number}"].data, span, zone),
                clock_time(self[f"left_{number}"].data, span, zone),
            )
            for number in self.numbers
        }

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for number in self.numbers:
            for field in (self[f"arrived_{number}"], self[f"left_{number}"]):
                if field.data and _read(field.data) is None:
                    field.errors = [_l("Write a time like 08:30.")]
                    valid = False
        return valid


def times_form(numbers: Sequence[str]) -> TimesForm:
    """A form with two times for each sign-up."""
    fields: dict[str, Any] = {"numbers": tuple(numbers)}
    for number in numbers:
        fields[f"arrived_{number}"] = StringField(_l("Came at"), [Optional()])
        fields[f"left_{number}"] = StringField(_l("Left at"), [Optional()])
    made: type[TimesForm] = type("RollTimesForm", (TimesForm,), fields)
    return made()


def _read(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed.strip()[:5].zfill(5))
    except ValueError:
        return None


def clock_time(typed: str | None, span: Span, zone: ZoneInfo) -> datetime | None:
    """A time of the wall clock as the moment that lies nearest to the shift."""
    read = _read(typed or "")
    if read is None:
        return None
    first = city_day(span.starts_at, zone)
    middle = span.starts_at + (span.ends_at - span.starts_at) / 2
    days = (first + timedelta(days=more) for more in (-1, 0, 1))
    moments = [datetime.combine(day, read, zone) for day in days]
    return min(moments, key=lambda moment: abs(moment - middle))


class WordForm(Form):
    """Her word on a no-show."""

    words = TextAreaField(_l("What happened?"), [_up_to(LONGEST_WORD)])


class AnswerForm(Form):
    """The organiser's answer to it."""

    accepted = RadioField(
        _l("Do you accept this?"),
        choices=[
            SelectChoice("yes", _l("Yes, the absence is excused")),
            SelectChoice("no", _l("No, it stays written as not come")),
        ],
        validate_choice=False,
    )
    answer = StringField(_l("Why? She reads this."), [_up_to(LONGEST_REASON)])

    @property
    def said(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.accepted.data or "")


class CallOffForm(ReasonForm):
    """A day of a place, seen before it is called off."""

    area = HiddenField()
    day = HiddenField()
    seen = HiddenField()


class DayForm(Form):
    """Which day of which place; asked by GET."""

    area = SelectField(_l("Place"), validate_choice=False)
    day = DayField(_l("Day"), [Optional()])

    def offer(self, places: Sequence[tuple[str, str]]) -> None:
        self.area.choices = [SelectChoice(code, name) for code, name in places]


class AgainForm(Form):
    """When a shift that was called off takes place instead."""

    starts_at = StringField(_l("When does it start?"))

    def moment(self, zone: ZoneInfo) -> datetime | None:
        return typed_moment(self.starts_at.data or "", zone)


def typed_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A day and a time on the city's clock."""
    for shape in _MOMENTS:
        try:
            return datetime.strptime(text.strip()[:16], shape).replace(tzinfo=zone)
        except ValueError:
            continue
    return None
