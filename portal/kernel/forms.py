"""The shape of input: clean text, one idempotency key, an error summary; no database."""

import hashlib
import re
import secrets
import unicodedata
from typing import Any

from flask import g, request, session
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateField,
    DecimalField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kernel.clock import is_countable
from portal.kernel.errors import Refused
from portal.kernel.i18n import days_in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import say

NEEDED = _l("Please fill this in.")
LONG = _l("Please write no more than %(max)d characters.")
_CONTROLS = {"Cc", "Cs", "Cn", "Co"}
_BREAKS = re.compile(r"\r\n|[\r\v\f]")


def needed_line(words: Any, most: int) -> StringField:
    """A line that must be filled in."""
    return StringField(words, _filled(most))


def needed_words(words: Any, most: int) -> TextAreaField:
    """Some lines that must be filled in."""
    return TextAreaField(words, _filled(most))


def _filled(most: int) -> list[Any]:
    # of what is kept: spaces alone fill nothing in
    return [DataRequired(message=NEEDED), Length(max=most, message=LONG)]


def clean_text(text: str | None) -> str | None:
    """Typed text as it is kept: NFC, no lone surrogates, no control characters but line breaks.

    A soft break and a break of the page, as Word has them, are line breaks too.
    """
    if text is None:
        return None
    text = _BREAKS.sub("\n", text)
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _CONTROLS)
    return unicodedata.normalize("NFC", kept).strip()


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Every mutating form: its token is a field, so that a stale page loses nothing typed."""

    form_errors: list[str]
    # whether its key is kept, with its time, so that a second click shows the first result
    keyed = True
    idempotency_key = HiddenField()

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf has no types
        csrf_time_limit = None

        def bind_field(self, form: Any, unbound: Any, options: Any) -> Any:
            if unbound.field_class in {StringField, TextAreaField}:
                options = {**options, "filters": [clean_text, *unbound.kwargs.get("filters", ())]}
            return unbound.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was posted: files only to fields that take files (``takes_files``), no JSON."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if not form.is_submitted() or not (request.form or request.files):
                return None
            taking = {f.name for f in form if getattr(f, "takes_files", False)}
            files = [(name, f) for name, f in request.files.items(multi=True) if name in taking]
            return CombinedMultiDict([MultiDict(files), request.form])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session.setdefault("browser", secrets.token_urlsafe(16))
        session.permanent = True
        if not self.idempotency_key.data:
            self.idempotency_key.data = secrets.token_urlsafe(16)

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        g.csrf_valid = not self.csrf_token.errors
        if self.csrf_token.errors:
            self.csrf_token.errors = [
                _l("This page was open for too long. Nothing is lost: please send it again.")
            ]
        return valid

    def refuse(self, refusal: Refused) -> None:
        """Show a service's refusal beside the field it blames, or above the form."""
        message = say(refusal.code, **days_in_words(refusal.facts))
        field = self._fields.get(refusal.field) if refusal.field else None
        if field is None:
            self.form_errors = [*self.form_errors, message]
        else:
            field.errors = [*field.errors, message]

    def summary(self) -> list[tuple[str, str]]:
        """(anchor, sentence) for every error, in the order of the fields; "" is the whole form."""
        rows = [("", str(message)) for message in self.form_errors]
        for field in self:
            rows += [(field.id, str(message)) for message in _flat(field)]
        return rows


class _InOurWords(Field):  # type: ignore[misc]  # wtforms has no types
    """What cannot be read is told once, in words of ours, and not measured too."""

    unreadable: Any
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            self.data = None
            raise ValueError(self.unreadable) from error

    def pre_validate(self, form: Any) -> None:
        # whether an empty one will do is for the validators to say
        if self.process_errors and any(text.strip() for text in self.raw_data or ()):
            raise StopValidation


class DayField(_InOurWords, DateField):  # type: ignore[misc]  # wtforms has no types
    """A day like 2026-07-01."""

    unreadable = _l("Write a day like 2026-07-01.")

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not is_countable(self.data):
            self.data = None
            raise ValueError(self.unreadable)


class WholeNumberField(_InOurWords, IntegerField):  # type: ignore[misc]  # wtforms has no types
    """A number without a fraction."""

    unreadable = _l("Write a whole number.")


class ClockField(_InOurWords, TimeField):  # type: ignore[misc]  # wtforms has no types
    """A time of day like 14:30."""

    unreadable = _l("Write a time like 14:30.")

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not any(text.strip() for text in valuelist):
            # blanks are nothing, to those who ask whether something was typed too
            self.data, self.raw_data = None, [""]
            return
        super().process_formdata(valuelist)


class DegreeField(_InOurWords, DecimalField):  # type: ignore[misc]  # wtforms has no types
    """A longitude or latitude in degrees, as it was typed."""

    unreadable = _l("Write both degrees as numbers like 119.9512, or none.")


class TicksField(SelectMultipleField):  # type: ignore[misc]  # wtforms has no types
    """Several of a few, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FileIn(FileField):  # type: ignore[misc]  # wtforms has no types
    """A file that the form takes; every other field gets none."""

    takes_files = True


def _flat(field: Field) -> list[Any]:
    """The messages of a field; those of a list of fields lie one deeper."""
    found: list[Any] = []
    for message in field.errors:
        found += message if isinstance(message, list | tuple) else [message]
    return found


def spent_key(form: Form) -> str:
    """The key as it is spent: bound to this browser and page, so that nobody else can replay it."""
    browser = session.get("browser", "")
    text = f"{browser}\n{request.path}\n{form.idempotency_key.data}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
