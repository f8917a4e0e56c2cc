"""Forms of off-peak parking: an offer, its letter, a step."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pledges.forms.inspections import LONG, NEEDED
from pledges.forms.signing import SignForm
from pledges.labels.parking import DAYS, FEES, USERS
from pledges.queries.parking import OfferRow
from pledges.rules.parking import (
    HOLIDAY,
    LONGEST_REASON,
    LONGEST_WORDS,
    ParkingFee,
    ParkingRefusal,
    ParkingUser,
    Span,
    read_spans,
    written,
)
from pledges.service.parking import OfferWish
from portal.kernel.errors import Refused
from portal.kernel.forms import DayField, DegreeField, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l

LONGEST_HOURS = 60
_FREE = [Optional(), Length(max=LONGEST_WORDS, message=LONG)]
_HOURS = [Optional(), Length(max=LONGEST_HOURS, message=LONG)]


def _version(typed: str | None) -> int:
    """The version that a form was made from; 0 for nonsense."""
    found = typed or ""
    return int(found) if found.isascii() and found.isdigit() and len(found) < 7 else 0


class OfferForm(Form):
    """What a unit offers."""

    spaces = WholeNumberField(_l("How many spaces"), [InputRequired(message=NEEDED)])
    open_to = RadioField(
        _l("Who may park"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(code.value, words) for code, words in USERS.items()],
    )
    fee = RadioField(
        _l("What it costs"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(code.value, words) for code, words in FEES.items()],
    )
    fee_note = StringField(_l("How much it costs"), _FREE)
    day_0 = StringField(DAYS[0], _HOURS)
    day_1 = StringField(DAYS[1], _HOURS)
    day_2 = StringField(DAYS[2], _HOURS)
    day_3 = StringField(DAYS[3], _HOURS)
    day_4 = StringField(DAYS[4], _HOURS)
    day_5 = StringField(DAYS[5], _HOURS)
    day_6 = StringField(DAYS[6], _HOURS)
    day_7 = StringField(DAYS[7], _HOURS)
    starts_on = DayField(_l("First day"), [InputRequired(message=NEEDED)])
    ends_on = DayField(_l("Last day"), [Optional()])
    entrance = StringField(_l("Where one drives in"), _FREE)
    phone = StringField(
        _l("Telephone of the unit"), [InputRequired(message=NEEDED), Length(max=40, message=LONG)]
    )
    lon = DegreeField(_l("Longitude (WGS-84)"), [Optional()], places=None)
    lat = DegreeField(_l("Latitude (WGS-84)"), [Optional()], places=None)
    version = HiddenField()

    def days(self) -> list[Any]:
        """The fields of the hours, Monday first, public holidays last."""
        return [self[f"day_{at}"] for at in range(HOLIDAY + 1)]

    def seen(self) -> int:
        return _version(self.version.data)

    def wish(self) -> OfferWish:
        """What was typed. Raises Refused for hours that cannot be read."""
        lon, lat = self.lon.data, self.lat.data
        if (lon is None) != (lat is None):
            raise Refused(ParkingRefusal.POINT, field="lon")
        hours = list[Span]()
        for at, field in enumerate(self.days()):
            spans = read_spans(at, field.data or "")
            if spans is None:
                raise Refused(ParkingRefusal.HOURS, field=field.name)
            hours += spans
        return OfferWish(
            spaces=self.spaces.data, open_to=ParkingUser(self.open_to.data),
            fee=ParkingFee(self.fee.data), fee_note=self.fee_note.data or "",
            entrance=self.entrance.data or "", phone=self.phone.data or "",
            point=(float(lon), float(lat)) if lon is not None and lat is not None else None,
            starts_on=self.starts_on.data, ends_on=self.ends_on.data, hours=hours,
        )  # fmt: skip


def as_typed(row: OfferRow, hours: Iterable[Span]) -> dict[str, Any]:
    """An offer as its form shows it."""
    spans = list(hours)
    days = {
        f"day_{at}": written(one for one in spans if one.weekday == at)
        for at in range(HOLIDAY + 1)
    }  # fmt: skip
    return {
        "spaces": row.spaces, "open_to": row.open_to.value, "fee": row.fee.value,
        "fee_note": row.fee_note, "entrance": row.entrance, "phone": row.phone, "lon": row.lon,
        "lat": row.lat, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "version": str(row.version), **days,
    }  # fmt: skip


class OfferSignForm(SignForm):
    """The letter of an offer. No duty area is noticed with it; ``offer``: the version of the offer
    that was read."""

    received = None
    offer = HiddenField()

    def seen(self) -> int:
        return _version(self.offer.data)


class AdmitForm(Form):
    """A button that is meant for what was read."""

    version = HiddenField()

    def seen(self) -> int:
        return _version(self.version.data)


class StepForm(Form):
    """A step with its reason, which the other side reads."""

    reason = TextAreaField(
        _l("Why?"), [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)]
    )
