"""Forms of adoption: applying, signing, care, rating."""

import re

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.kernel.forms import DayField, Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import WORDS_LENGTH, Answers, Level
from volunteers.labels.adoption import PARTIES
from volunteers.rules.adoption.life import Party
from volunteers.rules.adoption.lists import (
    adoption_forms,
    deeds_for,
)
from volunteers.service.adoption.applying import Wish
from volunteers.service.adoption.care import Done
from volunteers.service.adoption.signing import MOST_NAME, Signature

LONG = _l("Please write no more than %(max)d characters.")
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)
MOST_WORDS = 1000
YES, NO = "yes", "no"


def seen_version(field: HiddenField) -> int:
    """The version that a form was made from; 0 for none or for nonsense."""
    text = field.data or ""
    return int(text) if _SMALL_NUMBER.match(text) else 0


class SureForm(Form):
    """Nothing to fill in: a button that is meant."""


class ApplyForm(Form):
    """How and for whom somebody wants to adopt."""

    form = RadioField(
        _l("How do you want to adopt?"),
        [InputRequired(message=_l("Choose how you want to adopt."))],
    )
    party = RadioField(
        _l("Who adopts?"),
        [InputRequired(message=_l("Choose who adopts."))],
        choices=[SelectChoice(party.value, words) for party, words in PARTIES.items()],
    )
    group = StringField(
        _l("Name of the group or class"), [Optional(), Length(max=80, message=LONG)]
    )
    people = WholeNumberField(
        _l("How many people will help?"),
        [
            InputRequired(message=_l("Write how many people will help.")),
            NumberRange(1, 10_000, message=_l("Write a number from 1 to 10,000.")),
        ],
        default=1,
    )
    cost_percent = WholeNumberField(
        _l("Which share of the cost would you bear (per cent)?"),
        [Optional(), NumberRange(0, 100, message=_l("Write a number from 0 to 100."))],
    )
    plot_name = StringField(
        _l("Name that the plot should bear"), [Optional(), Length(max=MOST_NAME, message=LONG)]
    )
    words = TextAreaField(
        _l("What do you plan?"), [Optional(), Length(max=MOST_WORDS, message=LONG)]
    )

    def offer(self) -> None:
        """The forms of adopting that there are."""
        self.form.choices = [
            SelectChoice(one.code, in_words(one.names)) for one in adoption_forms().values()
        ]

    def wish(self) -> Wish:
        return Wish(
            self.form.data or "", Party(self.party.data), self.group.data or "",
            self.people.data or 1, self.cost_percent.data or 0, self.plot_name.data or "",
            self.words.data or "",
        )  # fmt: skip


class SignForm(Form):
    """Signing a version of the text."""

    read = BooleanField(
        _l("I have read the agreement and agree to it"),
        [InputRequired(message=_l("Please read the agreement and agree to it."))],
    )
    name = StringField(
        _l("Type your name to sign"),
        [
            InputRequired(message=_l("Type your name to sign.")),
            Length(max=MOST_NAME, message=LONG),
        ],
    )
    public_name = StringField(
        _l("Name to be shown to everybody"), [Optional(), Length(max=MOST_NAME, message=LONG)]
    )
    version = HiddenField()

    def signature(self) -> Signature:
        return Signature(
            self.name.data or "", seen_version(self.version), self.public_name.data or ""
        )


class NameForm(Form):
    """The name under which an adopter is shown; an empty one shows nothing."""

    name = StringField(
        _l("Name to be shown to everybody"), [Optional(), Length(max=MOST_NAME, message=LONG)]
    )


class CareForm(PhotoForm):
    """What was done, when, with photos."""

    deed = RadioField(_l("What did you do?"), [InputRequired(message=_l("Choose what was done."))])
    day = DayField(_l("On which day?"), [InputRequired(message=_l("Write the day."))])
    minutes = WholeNumberField(
        _l("How many minutes?"),
        [Optional(), NumberRange(0, 1440, message=_l("Write a number from 0 to 1,440."))],
    )
    words = TextAreaField(
        _l("What else should be known?"), [Optional(), Length(max=MOST_WORDS, message=LONG)]
    )
    photos = PhotosField(_l("Add photos"), most=3)

    def offer(self, kind: str) -> None:
        """What can be done for this kind of thing."""
        self.deed.choices = [
            SelectChoice(deed.code, in_words(deed.names)) for deed in deeds_for(kind)
        ]

    def done(self) -> Done:
        return Done(
            self.deed.data or "", self.day.data, self.minutes.data or 0, self.words.data or "",
            self.photos.data,
        )  # fmt: skip


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(
        _l("Why?"),
        [InputRequired(message=_l("Please write why.")), Length(max=200, message=LONG)],
    )


class RateForm(Form):
    """How a resident finds an adopted plot."""

    solved = RadioField(
        _l("Is it well looked after?"),
        [InputRequired(message=_l("Please say whether it is well looked after."))],
        choices=[SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))],
    )
    result = RadioField(
        _l("How satisfied are you with how it looks?"),
        [InputRequired(message=_l("Please say how satisfied you are."))],
        choices=[SelectChoice(str(int(level)), words) for level, words in LEVELS.items()],
    )
    service = RadioField(
        _l("How satisfied are you with the care?"),
        [InputRequired(message=_l("Please say how satisfied you are."))],
        choices=[SelectChoice(str(int(level)), words) for level, words in LEVELS.items()],
    )
    words = TextAreaField(
        _l("What else would you like to say?"),
        [Optional(), Length(max=WORDS_LENGTH, message=LONG)],
    )
    seen = HiddenField(default="0")

    def answers(self) -> Answers:
        return Answers(
            solved=self.solved.data == YES,
            result=Level(int(self.result.data)),
            service=Level(int(self.service.data)),
            words=self.words.data or "",
        )

    def version(self) -> int:
        return seen_version(self.seen)
