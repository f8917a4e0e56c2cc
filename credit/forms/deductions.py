"""The shape of what the desk types about deductions; whether it may be is for the service."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from credit.labels.process import BASIS_KINDS
from credit.rules.process import BasisKind
from portal.kernel.forms import ClockField, DayField, Form, WholeNumberField
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField

MOST_PHOTOS = 3
_TOO_LONG = _l("This is too long.")
_SHORT = Length(max=120, message=_TOO_LONG)
_LONG = Length(max=200, message=_TOO_LONG)


def _needed(words: Any) -> InputRequired:
    return InputRequired(message=words)


class ButtonForm(Form):
    """A single button: only the form's token and key."""


class ProposeForm(PhotoForm):
    """One person or shop, one act."""

    acting_for = SelectField(_l("You propose for"), validate_choice=False)
    subject = StringField(
        _l("Telephone or number of the person, or code of the shop"),
        [_needed(_l("Say who it is about.")), _SHORT],
    )
    rule_code = SelectField(_l("Rule"), [_needed(_l("Choose the rule."))], validate_choice=False)
    basis = SelectField(
        _l("What it rests on"), [_needed(_l("Choose what it rests on."))], validate_choice=False
    )
    act = TextAreaField(_l("The act"), [_needed(_l("Say what was done."))])
    day = DayField(_l("On which day"), [_needed(_l("Write a day like 2026-07-01."))])
    clock = ClockField(_l("At what time"), [_needed(_l("Write a time like 14:30."))])
    place = StringField(_l("Where"), [_needed(_l("Say where it was.")), _SHORT])
    source = StringField(
        _l("Number of the case, or how it became known"),
        [_needed(_l("Say how it became known.")), Length(max=80, message=_TOO_LONG)],
    )
    files = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)
    overrule = BooleanField(
        _l("I have read the warning: these words say nothing about such matters")
    )

    def happened_at(self, zone: ZoneInfo) -> datetime:
        """The moment of the act on the city's clock."""
        return datetime.combine(self.day.data, self.clock.data or time(), zone)

    def offer(
        self,
        units: list[tuple[str, str]],
        rules: list[tuple[str, str]],
        bases: list[tuple[str, str]],
    ) -> None:
        """Fill in what can be chosen."""
        rows = ((self.acting_for, units), (self.rule_code, rules), (self.basis, bases))
        for field, choices in rows:
            field.choices = [SelectChoice(code, words) for code, words in choices]


class InterestForm(Form):
    """Whoever confirms or takes on says that the matter does not touch her (L9)."""

    no_interest = BooleanField(
        _l("I have no interest of my own in this, and nobody close to me has")
    )


class DecideForm(InterestForm):
    """An answer with its reason."""

    decision = RadioField(
        _l("Your answer"),
        [_needed(_l("Choose the answer."))],
        choices=[
            SelectChoice("granted", _l("The deduction falls")),
            SelectChoice("upheld", _l("The deduction stands")),
        ],
    )
    reason = TextAreaField(_l("Why? The person reads this"))


class ReasonForm(Form):
    """A reason."""

    reason = TextAreaField(_l("Why?"), [_needed(_l("Please give the reason.")), _LONG])


class RepairForm(Form):
    """A service that was done, and how much it gives back."""

    service = StringField(_l("What was done for it"), [_needed(_l("Say what was done.")), _LONG])
    amount = WholeNumberField(_l("How many points it gives back"))


class PaperObjectionForm(PhotoForm):
    """What a person handed in on paper, typed as she wrote it."""

    statement = TextAreaField(_l("What she wrote, word for word"))
    files = PhotosField(_l("Choose photos"), most=MOST_PHOTOS)


class BasisForm(Form):
    """What deductions can rest on."""

    kind = RadioField(
        _l("Kind"),
        [_needed(_l("Choose the kind."))],
        choices=[SelectChoice(kind.value, words) for kind, words in BASIS_KINDS.items()],
    )
    title = StringField(_l("Title"), [_SHORT])
    reference = StringField(_l("Article or clause"), [_SHORT])
    source = StringField(_l("Where it was published"), [_LONG])
    valid_from = DayField(_l("First day"), [_needed(_l("Write a day like 2026-07-01."))])
    valid_to = DayField(_l("Ends before"), [Optional()])

    def basis_kind(self) -> BasisKind:
        return BasisKind(self.kind.data)
