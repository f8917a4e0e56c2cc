"""Forms of certified time: a row for each person, an end to a record, a certificate."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel.forms import ClockField, DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.queries.hours import ToConfirm
from volunteers.rules.hours import LONGEST_REASON
from volunteers.rules.shifts import Span
from volunteers.service.certificates import LONGEST_NAME
from volunteers.service.hours import Stayed

_REASON = _l("Please give a reason, in up to 200 characters.")


class ConfirmForm(Form):
    """The base of the form of one shift; ``confirm_form`` adds three fields for each person."""

    def stays(self, people: Iterable[ToConfirm], plan: Span, zone: ZoneInfo) -> Iterator[Stayed]:
        """Those who are ticked, with their times of day as moments (over midnight too)."""
        for person in people:
            there, came, left = (self[name].data for name in names_of(person))
            if there and came is not None and left is not None:
                start = _moment(came, plan, zone)
                yield Stayed(person.number, start, _after(start, left, zone))


def names_of(person: ToConfirm) -> tuple[str, str, str]:
    """The names of a person's three fields."""
    code = person.number.replace("-", "").lower()
    return f"there_{code}", f"came_{code}", f"left_{code}"


def _moment(clock: time, plan: Span, zone: ZoneInfo) -> datetime:
    """The moment of that time of day which lies nearest to the shift's beginning."""
    day = plan.starts_at.astimezone(zone).date()
    around = [datetime.combine(day + timedelta(days=by), clock, zone) for by in (-1, 0, 1)]
    return min(around, key=lambda moment: abs(moment - plan.starts_at))


def _after(start: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """The first moment of a time of day after somebody came."""
    day = start.astimezone(zone).date()
    same = datetime.combine(day, clock, zone)
    return same if same > start else datetime.combine(day + timedelta(days=1), clock, zone)


@dataclass(frozen=True)
class Attended:
    """From when until when somebody was there; ``whole``: both moments are written down."""

    span: Span
    whole: bool


def confirm_form(
    people: Iterable[ToConfirm], times: Mapping[str, Attended], plan: Span, zone: ZoneInfo
) -> ConfirmForm:
    """A form for a shift: who was there, filled with when they came and went, or with the plan.

    ``times``: what check-in and check-out say, by the sign-up's number.
    """
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for person in people:
        there, came, left = names_of(person)
        known = times.get(person.number)
        span = known.span if known else plan
        fields |= {
            there: BooleanField(_l("Was there")),
            came: ClockField(_l("Came"), [Optional()]),
            left: ClockField(_l("Left"), [Optional()]),
        }
        data |= {
            there: known is not None and known.whole,
            came: span.starts_at.astimezone(zone).time(),
            left: span.ends_at.astimezone(zone).time(),
        }
    form: ConfirmForm = type("ShiftForm", (ConfirmForm,), fields)(data=data)
    return form


class ReasonForm(Form):
    """Why something is struck out or taken back."""

    reason = StringField(
        _l("Reason"),
        [
            InputRequired(_REASON),
            Length(max=LONGEST_REASON, message=_REASON),
        ],
    )


class CertificateForm(Form):
    """What a certificate is to cover, and the name on it."""

    name = StringField(
        _l("Your name as it stands on your papers"),
        [InputRequired(_l("Fill this in.")), Length(max=LONGEST_NAME)],
    )
    first = DayField(_l("From"), [InputRequired(_l("Enter the first day."))])
    last = DayField(_l("Up to"), [InputRequired(_l("Enter the last day."))])


class CloudForm(Form):
    """Who I am in the volunteer cloud; empty ends it."""

    cloud_id = StringField(_l("Number in the Volunteer Cloud"), [Optional(), Length(max=60)])


class PlainForm(Form):
    """A button and nothing to type."""
