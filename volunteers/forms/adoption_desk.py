"""Forms of adoption at the desk: the look at the place, steps, checks, the register."""

from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.kernel.forms import DayField, FileIn, Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.sheets import Encoding
from volunteers.forms.adoption import LONG, NO, YES, seen_version
from volunteers.queries.adoption.care import ModelRow
from volunteers.queries.adoption.plots import PlotRow
from volunteers.rules.adoption.lists import (
    LANGUAGES,
    axes,
    thing_kinds,
)
from volunteers.rules.adoption.register import LARGEST_FILE
from volunteers.service.adoption.agreements import text_field
from volunteers.service.adoption.signing import MOST_NAME, ForTheCity

MORE_THAN_THE_FILE = 200_000


class CheckForm(Form):
    """What the look at the place found."""

    fits = RadioField(
        _l("Does the place fit?"),
        [InputRequired(message=_l("Say whether the place fits."))],
        choices=[SelectChoice(YES, _l("It fits")), SelectChoice(NO, _l("It does not fit"))],
    )
    reason = TextAreaField(
        _l("What was found, and why?"),
        [
            InputRequired(message=_l("Please write why. The adopter reads it.")),
            Length(max=300, message=LONG),
        ],
    )


class CitySignForm(Form):
    """The city signs."""

    name = StringField(
        _l("Type your name to sign for the city"),
        [
            InputRequired(message=_l("Type your name to sign.")),
            Length(max=MOST_NAME, message=LONG),
        ],
    )
    grant_name = BooleanField(_l("The plot may bear the name that the adopter wishes"))

    def given(self) -> ForTheCity:
        return ForTheCity(self.name.data or "", bool(self.grant_name.data))


class StepForm(Form):
    """A step of the desk: why, and for one of them until when."""

    reason = TextAreaField(
        _l("Why? The adopter reads it."), [Optional(), Length(max=300, message=LONG)]
    )
    rectify_by = DayField(_l("To be put right until"), [Optional()])

    def needs(self, *, reason: bool) -> None:
        """A label says that something may be left out only where it may."""
        self.reason.flags.optional = not reason
        self.rectify_by.flags.optional = False


class InspectForm(Form):
    """Points for each axis; ``offer`` makes the fields, for the axes are data."""

    words = TextAreaField(_l("What was seen"), [Optional(), Length(max=300, message=LONG)])

    @classmethod
    def made(cls) -> "InspectForm":
        """A form with a row of points for each axis."""
        fields: dict[str, Any] = {
            axis.code: RadioField(
                in_words(axis.names),
                [InputRequired(message=_l("Give one to five points."))],
                choices=[SelectChoice(str(point), str(point)) for point in range(1, 6)],
            )
            for axis in axes().values()
        }
        made: InspectForm = type("InspectForm", (cls,), fields)()
        return made

    def scores(self) -> dict[str, int]:
        return {axis: int(self[axis].data) for axis in axes()}


class DryForm(Form):
    """A dry week in a place."""

    place = StringField(
        _l("Street or community (name or code)"),
        [InputRequired(message=_l("Write the place.")), Length(max=80, message=LONG)],
    )
    day = DayField(_l("A day of the dry week"), [InputRequired(message=_l("Write the day."))])


class PlotForm(Form):
    """One thing of the register; read like a line of a table, so that both are the same."""

    register_number = StringField(_l("Register number"), [Length(max=40, message=LONG)])
    kind = SelectField(_l("Kind"), validate_choice=False)
    name = StringField(_l("What it is called"), [Length(max=80, message=LONG)])
    lon = StringField(_l("Longitude (WGS-84)"), [Length(max=24, message=LONG)])
    lat = StringField(_l("Latitude (WGS-84)"), [Length(max=24, message=LONG)])
    square_metres = StringField(
        _l("Area in square metres"), [Optional(), Length(max=12, message=LONG)]
    )
    owner = StringField(_l("Owner"), [Length(max=120, message=LONG)])
    listed_from = StringField(_l("Listed from"), [Optional(), Length(max=10, message=LONG)])
    adoptable = BooleanField(_l("Can be adopted"))
    heritage = BooleanField(_l("Old and notable tree"))
    new_green = BooleanField(_l("New public green"))
    version = HiddenField(default="0")

    def offer(self) -> None:
        """The kinds that there are."""
        self.kind.choices = [
            SelectChoice(kind.code, in_words(kind.names)) for kind in thing_kinds().values()
        ]

    def cells(self) -> dict[str, str]:
        """What was typed, as cells of a line."""
        texts = ("register_number", "kind", "name", "lon", "lat", "square_metres", "owner",
                 "listed_from")  # fmt: skip
        flags = ("adoptable", "heritage", "new_green")
        return {
            **{name: self[name].data or "" for name in texts},
            **{name: YES if self[name].data else NO for name in flags},
        }

    def seen(self) -> int:
        return seen_version(self.version)


def as_typed(row: PlotRow) -> dict[str, Any]:
    """The fields of a thing that is to be changed."""
    return {
        "register_number": row.register_number,
        "kind": row.kind,
        "name": row.title,
        "lon": str(row.lon),
        "lat": str(row.lat),
        "square_metres": str(row.square_metres or ""),
        "owner": row.owner,
        "listed_from": row.listed_from.isoformat(),
        "adoptable": row.adoptable,
        "heritage": row.heritage,
        "new_green": row.new_green,
        "version": str(row.version),
    }


class PlotPhotosForm(PhotoForm):
    """Photos of a thing."""

    photos = PhotosField(_l("Add photos"), most=3, required=_l("Please choose at least one photo."))


class ImportForm(Form):
    """A table of the register, and how it is to be read."""

    file = FileIn(_l("Choose a file"))
    encoding = RadioField(
        _l("How a CSV file is written"),
        choices=[
            SelectChoice(Encoding.UTF8.value, _l("UTF-8")),
            SelectChoice(Encoding.GB18030.value, _l("GB18030, as Chinese Excel saves CSV")),
        ],
        default=Encoding.UTF8.value,
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        request.max_content_length = LARGEST_FILE + MORE_THAN_THE_FILE
        super().__init__(*args, **kwargs)

    def content(self) -> bytes:
        """What came with the form, and no more than one byte too much of it."""
        if not getattr(self.file.data, "filename", None):
            return b""
        data: bytes = self.file.data.stream.read(LARGEST_FILE + 1)
        return data

    def chosen_encoding(self) -> Encoding:
        chosen = self.encoding.data
        return Encoding(chosen) if chosen in set(Encoding) else Encoding.UTF8


class ModelForm(Form):
    """A new version of the model agreement."""

    text_zh_hans = TextAreaField(_l("Text in simplified Chinese"), [Length(max=8000, message=LONG)])
    text_zh_hant = TextAreaField(
        _l("Text in traditional Chinese"), [Length(max=8000, message=LONG)]
    )
    text_en = TextAreaField(_l("Text in English"), [Length(max=8000, message=LONG)])
    source = StringField(
        _l("On what it is based"),
        [
            InputRequired(message=_l("Write on what the text is based.")),
            Length(max=200, message=LONG),
        ],
    )
    version = HiddenField(default="0")

    def texts(self) -> dict[str, str]:
        return {language: self[text_field(language)].data or "" for language in LANGUAGES}

    def seen(self) -> int:
        return seen_version(self.version)


def model_as_typed(row: ModelRow | None) -> dict[str, str]:
    """The fields of the version from which the next one is made."""
    if row is None:
        return {"version": "0"}
    texts = {text_field(language): text for language, text in row.texts.items()}
    return {**texts, "source": row.source, "version": str(row.version)}
