"""The shape of what keepers of places and organisations type."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal.areas.rules import CODE_LENGTH, NAME_LENGTH, Feature, PermittedKind, Tag, clock_minutes
from portal.kernel.forms import LONG, DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import say
from portal.organisations import rules as organisation_rules
from portal.organisations.rules import OrganisationKind, Trade
from portal.site.places.words import day_names

_NEEDED = _l("Fill this in.")


def _short(length: int) -> list[Any]:
    return [Optional(), Length(max=length, message=LONG)]


def _needed(length: int) -> list[Any]:
    return [InputRequired(_NEEDED), Length(max=length, message=LONG)]


def _choices(codes: Iterable[Any], *, empty: Any = None) -> list[SelectChoice]:
    first = [SelectChoice("", empty)] if empty is not None else []
    return [*first, *(SelectChoice(code.value, say(code)) for code in codes)]


class NamesForm(Form):
    """A name in the languages we know."""

    name_zh_hans = StringField(_l("Name in simplified Chinese"), _needed(NAME_LENGTH))
    name_zh_hant = StringField(_l("Name in traditional Chinese"), _short(NAME_LENGTH))
    name_en = StringField(_l("Name in English"), _short(NAME_LENGTH))

    def names(self) -> dict[str, str | None]:
        """The names by language, as services take them."""
        return {
            "zh_Hans": self.name_zh_hans.data,
            "zh_Hant": self.name_zh_hant.data,
            "en": self.name_en.data,
        }


class PlaceNamesForm(NamesForm):
    """A place may have a Dai name too."""

    name_khb = StringField(_l("Name in Dai script"), _short(NAME_LENGTH))

    def names(self) -> dict[str, str | None]:
        return {**super().names(), "khb": self.name_khb.data}


class EditPlaceForm(PlaceNamesForm):
    """Names, tags, dates and successor of a place."""

    tags = SelectMultipleField(_l("Tags"), option_widget=CheckboxInput(), validators=[Optional()])
    valid_from = DayField(_l("First day"), [InputRequired(_NEEDED)])
    valid_to = DayField(_l("Day from which it is no longer valid"), [Optional()])
    successor_code = StringField(_l("Code of the place that follows it"), _short(CODE_LENGTH))
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tags.choices = _choices(Tag)


class OutlineForm(Form):
    """An outline, pasted or typed."""

    outline = TextAreaField(_l("Outline"), [InputRequired(_NEEDED)])


class AddPlaceForm(PlaceNamesForm):
    """A new place, say a grid, with its outline."""

    level = SelectField(_l("Level"))
    code = StringField(_l("Code"), _needed(CODE_LENGTH))
    valid_from = DayField(_l("First day"), [InputRequired(_NEEDED)])
    valid_to = DayField(_l("Day from which it is no longer valid"), [Optional()])
    outline = TextAreaField(_l("Outline"), [Optional()])


class CardForm(Form):
    """A grid card."""

    objects = TextAreaField(_l("What is looked after"), _needed(1000))
    standards = TextAreaField(_l("To which standard"), _needed(1000))
    responsible = StringField(_l("Who is responsible"), _needed(120))
    duty_phone = StringField(_l("Duty telephone"), _needed(40))

    def validate_duty_phone(self, field: StringField) -> None:
        if not organisation_rules.is_phone(field.data):
            raise ValidationError(str(_l("This is not a telephone number.")))


class MinutesField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A time of the day as minutes after midnight."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip()[:10] if valuelist else ""

    @property
    def minutes(self) -> int | None:
        return clock_minutes(self.data or "")


class PermittedForm(NamesForm):
    """A place where stalls are permitted."""

    kind = SelectField(_l("Kind"))
    opens = MinutesField(_l("From"), [InputRequired(_NEEDED)])
    closes = MinutesField(_l("Until"), [InputRequired(_NEEDED)])
    weekdays = SelectMultipleField(
        _l("Days"), option_widget=CheckboxInput(), validators=[InputRequired(_NEEDED)]
    )
    lon = StringField(_l("Longitude"), _short(20))
    lat = StringField(_l("Latitude"), _short(20))
    valid_from = DayField(_l("First day"), [InputRequired(_NEEDED)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _choices(PermittedKind)
        self.weekdays.choices = [SelectChoice(number, name) for number, name in day_names()]

    def validate_opens(self, field: MinutesField) -> None:
        if field.minutes is None:
            raise ValidationError(str(_l("Write a time like 06:30.")))

    def validate_closes(self, field: MinutesField) -> None:
        self.validate_opens(field)

    def validate_lon(self, _field: StringField) -> None:
        self.point()

    def validate_lat(self, _field: StringField) -> None:
        if not self.lon.data:
            self.point()

    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, both or none. Raises ValidationError."""
        typed = [field.data for field in (self.lon, self.lat) if field.data]
        try:
            numbers = [float(text) for text in typed]
        except ValueError as error:
            raise ValidationError(str(_l("Write numbers like 119.96 and 36.78."))) from error
        if len(numbers) == 1:
            raise ValidationError(str(_l("Write both longitude and latitude, or neither.")))
        return (numbers[0], numbers[1]) if numbers else None


class DayForm(Form):
    """A single day."""

    on = DayField(_l("Day from which it is no longer valid"), [InputRequired(_NEEDED)])


class SwitchForm(Form):
    """A feature, from when, until when."""

    feature = SelectField(_l("What"))
    since = DayField(_l("Live from"), [InputRequired(_NEEDED)])
    until = DayField(_l("Day from which it is no longer live"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.feature.choices = _choices(Feature)


class OrganisationForm(NamesForm):
    """An organisation's names, kind, place and telephone."""

    kind = SelectField(_l("Kind"))
    trade = SelectField(_l("Field of work"))
    area_code = StringField(_l("Code of the place it serves"), _short(CODE_LENGTH))
    phone = StringField(_l("Telephone"), _short(40))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _choices(OrganisationKind)
        self.trade.choices = _choices(Trade, empty=_l("No field in particular"))

    def chosen(self) -> dict[str, Any]:
        """Kind, field of work, place and telephone, as services take them."""
        return {
            "names": self.names(),
            "kind": OrganisationKind(self.kind.data),
            "trade": Trade(self.trade.data) if self.trade.data else None,
            "area_code": self.area_code.data or None,
            "phone": self.phone.data or None,
        }


class NewOrganisationForm(OrganisationForm):
    """A new organisation."""

    code = StringField(_l("Code"), _needed(organisation_rules.CODE_LENGTH))
    parent_code = StringField(
        _l("Code of the organisation above it"), _short(organisation_rules.CODE_LENGTH)
    )
    valid_from = DayField(_l("First day"), [InputRequired(_NEEDED)])


class EndOrganisationForm(DayForm):
    """The end of an organisation."""

    successor_code = StringField(
        _l("Code of the organisation that follows it"), _short(organisation_rules.CODE_LENGTH)
    )
