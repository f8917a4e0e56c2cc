"""The shape of what people type about accounts."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts.labels import AGE_BANDS, API_SCOPES, SEEN
from portal.accounts.rules import RESIDENT, AgeBand, ApiScope, roles
from portal.kernel.forms import LONG, DayField, Form
from portal.kernel.i18n import NAMES, in_words
from portal.kernel.i18n import lazy_gettext as _l

SHORT = Length(max=80, message=LONG)


def _needed(message: Any) -> InputRequired:
    return InputRequired(message=message)


class NextForm(Form):
    """A form on the way to some other page, which it remembers."""

    next = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.next.data:
            self.next.data = request.args.get("next", "")


class PlainForm(Form):
    """A single button: only the form's token and key."""


class PhoneForm(NextForm):
    """A mobile number to send a code to."""

    phone = StringField(_l("Mobile number"), [_needed(_l("Enter your mobile number.")), SHORT])


class CodeForm(NextForm):
    """The code that was sent, or the one an authenticator shows."""

    code = StringField(_l("Verification code"), [_needed(_l("Enter the code.")), SHORT])


class PasswordForm(NextForm):
    """Phone number and password."""

    phone = StringField(_l("Mobile number"), [_needed(_l("Enter your mobile number.")), SHORT])
    password = PasswordField(
        _l("Password"),
        [_needed(_l("Enter your password.")), Length(max=200, message=LONG)],
    )


class CardForm(NextForm):
    """A printed card: the QR brings its token, by hand one types its number."""

    card = StringField(
        _l("Number on the card"), [_needed(_l("Enter the number on the card.")), SHORT]
    )
    pin = PasswordField(_l("PIN"), [_needed(_l("Enter the PIN.")), SHORT])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.card.data:
            self.card.data = request.args.get("card", "")


class LinkForm(NextForm):
    """A printed sign-in link, spent by pressing its button."""

    token = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.token.data:
            self.token.data = request.args.get("token", "")


class DetailsForm(Form):
    """What a person may correct about herself."""

    name = StringField(_l("Name"), [Optional(), SHORT])
    language = RadioField(
        _l("Language of messages"),
        [_needed(_l("Choose a language."))],
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
    )


class NewPasswordForm(Form):
    """A new password; the current one when there is one."""

    current = PasswordField(_l("Current password"), [Optional(), Length(max=200)])
    password = PasswordField(
        _l("New password"),
        [_needed(_l("Enter a new password.")), Length(max=200, message=LONG)],
    )


class SureForm(Form):
    """Something that cannot be undone."""

    sure = BooleanField(
        _l("Yes, erase my account for good"),
        [_needed(_l("Tick the box to say that you are sure."))],
    )


class NewCardForm(Form):
    """Somebody at the community desk who has no phone."""

    name = StringField(_l("Name"), [SHORT])
    nameless = BooleanField(_l("Without a name: the person does not want to give one"))
    age_band = RadioField(
        _l("Age"),
        [_needed(_l("Choose an age group."))],
        choices=[SelectChoice(band.value, words) for band, words in AGE_BANDS.items()],
        default="unknown",
    )
    guardian = BooleanField(_l("A parent or guardian is here and agrees"))

    def validate_name(self, field: StringField) -> None:
        """An empty form makes no account: that nobody is named is said on purpose."""
        if not field.data and not self.nameless.data:
            raise ValidationError(_l("Write the name, or tick that there is none."))


def _bands(bands: Iterable[AgeBand]) -> list[SelectChoice]:
    return [SelectChoice(band.value, AGE_BANDS[band]) for band in bands]


class AgeForm(NextForm):
    """One's own age group: only what can be said now."""

    band = RadioField(_l("How old are you?"), [_needed(_l("Choose an age group."))])

    def __init__(self, bands: Iterable[AgeBand], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.band.choices = _bands(bands)


class ConfirmAgeForm(Form):
    """What a desk confirms after having looked at a paper."""

    person = StringField(
        _l("Mobile number or account number"),
        [_needed(_l("Enter the mobile number or account number.")), SHORT],
    )
    band = RadioField(
        _l("Age"),
        [_needed(_l("Choose an age group."))],
        choices=_bands(band for band in AgeBand if band is not AgeBand.UNKNOWN),
    )
    seen = RadioField(
        _l("What did you look at?"),
        [_needed(_l("Choose what you looked at."))],
        choices=[SelectChoice(seen.value, words) for seen, words in SEEN.items()],
    )
    guardian = BooleanField(_l("A parent or guardian is here and agrees"))


class NewPersonForm(Form):
    """Somebody who will work with the portal."""

    name = StringField(_l("Name"), [_needed(_l("Enter the name.")), SHORT])
    phone = StringField(_l("Mobile number"), [_needed(_l("Enter the mobile number.")), SHORT])


class RoleForm(Form):
    """A role, where it is held, and until when."""

    role = SelectField(_l("Role"), [_needed(_l("Choose a role."))])
    area = StringField(_l("Place (code or name)"), [Optional(), SHORT])
    organisation = StringField(_l("Organisation (code)"), [Optional(), SHORT])
    until = DayField(_l("Last day"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            SelectChoice(role.code, in_words(role.names))
            for role in roles().values()
            if role.code != RESIDENT
        ]

    def valid_to(self, zone: ZoneInfo) -> datetime | None:
        """The first moment after the last day, in the city's time."""
        if self.until.data is None or self.until.data == date.max:
            return None
        return datetime.combine(self.until.data + timedelta(days=1), time(), tzinfo=zone)


class NewKeyForm(Form):
    """A key for a program: what for, whose, and what it may do."""

    name = StringField(_l("What the program is for"), [_needed(_l("Enter what it is for.")), SHORT])
    organisation = StringField(_l("Organisation (code)"), [Optional(), SHORT])
    person = StringField(_l("or account number or mobile number"), [Optional(), SHORT])
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=[SelectChoice(scope.value, words) for scope, words in API_SCOPES.items()],
        default=[ApiScope.FILE.value, ApiScope.READ_OWN.value],
        option_widget=CheckboxInput(),
    )
