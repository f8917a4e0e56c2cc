"""Forms of the exposure column at the desk."""

from typing import Final

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.kernel.forms import LONG, NEEDED, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.publicity.labels.exposure import BASES
from portal.publicity.queries.exposures import ExposureRow
from portal.publicity.rules.exposure import (
    LEAST_DAYS,
    LONGEST_ACT,
    LONGEST_PLACE,
    LONGEST_REASON,
    MOST_DAYS,
    USUAL_DAYS,
    Basis,
)
from portal.publicity.service.exposures import ExposureWish
from portal.reports.forms.guard import CoverForm

NOTHING: Final = _l(
    "I have looked: there is nothing to cover on this photo, no face, no number plate, no name, no "
    "telephone number and no house number"
)
LOOKED: Final = _l(
    "I have looked at the whole photo: no face, no number plate, no name, no telephone number and "
    "no house number can be seen on it any more"
)


class WordsForm(PhotoForm):
    """What is shown: an act and a place, for some days. ``seen``: the mark of what stood there."""

    seen = HiddenField(default="")
    act = StringField(
        _l("What was done against the rules"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_ACT, message=LONG)],
    )
    located = StringField(
        _l("Where: a road or an estate"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_PLACE, message=LONG)],
    )
    days = WholeNumberField(
        _l("For how many days"),
        [
            InputRequired(message=NEEDED),
            NumberRange(LEAST_DAYS, MOST_DAYS, message=_l("Between %(min)s and %(max)s days.")),
        ],
        default=USUAL_DAYS,
    )
    about_person = BooleanField(_l("A natural person did it, or could be recognised by it"))
    photo = PhotosField(_l("Photo of the place"), most=1)

    def start_from(self, row: ExposureRow) -> None:
        """Show what stands there, unless something was typed."""
        if not self.is_submitted():
            self.act.data, self.located.data, self.days.data = row.act, row.located, row.days
            self.about_person.data, self.seen.data = row.about_person, row.mark

    def wish(self, basis: Basis, number: str) -> ExposureWish:
        """What is wanted."""
        return ExposureWish(
            basis, number, self.act.data or "", self.located.data or "",
            self.days.data or USUAL_DAYS, bool(self.about_person.data), self.photo.data,
        )  # fmt: skip


class NewForm(WordsForm):
    """The same with what it rests on."""

    basis = RadioField(
        _l("What it rests on"),
        [InputRequired(message=_l("Choose what it rests on."))],
        choices=[SelectChoice(one.value, words) for one, words in BASES.items()],
    )
    basis_number = StringField(
        _l("Its number"), [InputRequired(message=NEEDED), Length(max=20, message=LONG)]
    )


class CoverItemForm(CoverForm):
    """The same for an item, where one may also say that there is nothing to cover."""

    nothing = BooleanField(NOTHING)


class StepForm(Form):
    """A step, with a reason where one is due. ``seen``: which version was read."""

    seen = HiddenField(default="")
    looked = BooleanField(LOOKED)
    reason = TextAreaField(_l("Why?"), [Optional(), Length(max=LONGEST_REASON, message=LONG)])

    def sent(self) -> int:
        """The version that was read; -1 for nonsense, which no item ever has."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
