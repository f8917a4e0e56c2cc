"""Forms of sign-up: registering, choosing a seat, leaving, handing over, organising, checking."""

from collections.abc import Iterable
from typing import Any, Final

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
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.rules import AgeBand
from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import Words
from volunteers.rules.activities import qualifications, tags
from volunteers.rules.shifts import LONGEST_REASON

NEEDED: Final = _l("Fill this in.")
CHOOSE: Final = _l("Please choose one.")
_LONG: Final = Length(
    max=LONGEST_REASON, message=_l("Please write no more than %(max)d characters.")
)


class PlainForm(Form):
    """Nothing to fill in: a button that is meant."""


class SignUpForm(Form):
    """Which seat, and that what must be told was read (条例, 12 and 14)."""

    # the last seat may go while somebody reads: the service says so, in words
    place = RadioField(_l("Which seat?"), [InputRequired(CHOOSE)], validate_choice=False)
    has_read = BooleanField(
        _l("I have read what is said here about risks, insurance, gear and rules, and agree.")
    )

    def offer(self, rows: Iterable[tuple[str, str]]) -> None:
        """(code, words) of what can be chosen; the only one is chosen already."""
        self.place.choices = [SelectChoice(code, words) for code, words in rows]
        if len(self.place.choices) == 1 and not self.is_submitted():
            self.place.data = self.place.choices[0].value


class RegisterForm(Form):
    """One page: whether a name is shown, and what she would like to do."""

    age = RadioField(_l("How old are you?"), [InputRequired(CHOOSE)])
    named = BooleanField(_l("My name may be shown as that of a volunteer"))
    interests = SelectMultipleField(
        _l("What would you like to do?"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, *, ask_age: bool) -> None:
        """What can be chosen; the age is asked once."""
        self.interests.choices = [
            SelectChoice(word.code, in_words(word.names))
            for word in tags().values()
            if word.group == "theme"
        ]
        if ask_age:
            self.age.choices = [
                SelectChoice(AgeBand.ADULT.value, _l("18 or older")),
                SelectChoice(AgeBand.UNDER_18.value, _l("14 to 17")),
                SelectChoice(AgeBand.UNDER_14.value, _l("Under 14")),
            ]
        else:
            del self.age


class LeaveForm(Form):
    """Why; asked when it is late."""

    reason = StringField(_l("Why can you not come?"), [Optional(), _LONG])


class HandOverForm(Form):
    """For nothing, or for one of the other shifts."""

    wanted = RadioField(_l("What do you want?"), [Optional()], validate_choice=False)

    def offer(self, rows: Iterable[tuple[str, str]]) -> None:
        """(number, words) of the shifts for which it can be swapped."""
        first = SelectChoice("", _l("Somebody stands in for me"))
        self.wanted.choices = [first, *(SelectChoice(code, words) for code, words in rows)]


class TakeOverForm(Form):
    """Yes to an offer of somebody else."""

    has_read = BooleanField(
        _l("I have read what is said here about risks, insurance, gear and rules, and agree.")
    )


class ConfirmForm(Form):
    """Yes to a changed shift; with the change that was read."""

    sequence = HiddenField()

    @property
    def seen(self) -> int:
        typed = str(self.sequence.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


class PutOnForm(Form):
    """A seat for somebody, by her organiser."""

    who = StringField(
        _l("Account number or mobile number"), [InputRequired(NEEDED), Length(max=40)]
    )
    post = SelectField(_l("Seat"), [InputRequired(CHOOSE)], validate_choice=False)
    asked_for = BooleanField(_l("She asked for it herself, by telephone, at the desk or on paper"))
    override = BooleanField(_l("Set aside rules that may be set aside"))
    reason = StringField(_l("Reason, which she reads"), [Optional(), _LONG])

    def offer(self, rows: Iterable[tuple[str, str]]) -> None:
        """(code, words) of the seats."""
        self.post.choices = [SelectChoice(code, words) for code, words in rows]


class ReasonForm(Form):
    """A reason that somebody else reads."""

    reason = StringField(_l("Reason, which she reads"), [InputRequired(NEEDED), _LONG])


class QualificationForm(PhotoForm):
    """What was learnt, since when, until when, and a picture of the evidence."""

    code = SelectField(_l("Which qualification?"), [InputRequired(CHOOSE)], validate_choice=False)
    place = SelectField(_l("Where is it checked?"), [InputRequired(CHOOSE)], validate_choice=False)
    valid_from = DayField(_l("Valid from"), [InputRequired(NEEDED)])
    valid_to = DayField(_l("Valid until; empty if it does not end"), [Optional()])
    photos = PhotosField(_l("Photo of the certificate"), most=1)

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """(code, name) of the places that check it."""
        self.code.choices = [
            SelectChoice(word.code, in_words(word.names)) for word in qualifications().values()
        ]
        self.place.choices = [SelectChoice(code, name) for code, name in places]


class CheckForm(Form):
    """Whether the evidence holds."""

    good = RadioField(_l("Does the evidence hold?"), [InputRequired(CHOOSE)])
    reason = TextAreaField(_l("If not: why, in words that help"), [Optional(), _LONG])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words: tuple[tuple[str, Words], ...] = (("yes", _l("Yes")), ("no", _l("No")))
        self.good.choices = [SelectChoice(code, text) for code, text in words]


class GuardianForm(Form):
    """The phone of a guardian."""

    phone = StringField(_l("Your guardian’s mobile number"), [InputRequired(NEEDED)])


class GuardianYesForm(Form):
    """What a guardian says of herself."""

    states = BooleanField(_l("I am 18 or older and this child’s parent or guardian"))
