"""Forms of tables that are handed out and files that are handed in."""

from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kernel.forms import DayField, FileIn, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.sheets import Encoding
from portal.reports.labels.personal_export import FIELD_WORDS
from portal.reports.rules.import_runs import LARGEST_FILE
from portal.reports.rules.personal_export import MOST_WORDS

# the words of a form around a file
MORE_THAN_THE_FILE = 200_000
_TOO_LONG = _l("Please write no more than %(max)d characters.")


class TableForm(Form):
    """In which form a table is handed out."""

    kind = RadioField(
        _l("Kind of file"),
        choices=[SelectChoice("xlsx", "XLSX"), SelectChoice("csv", "CSV")],
        default="xlsx",
        validate_choice=False,
    )


class LayoutForm(TableForm):
    """Work orders in the layout of another system, from a day on."""

    layout = SelectField(_l("Layout"), validate_choice=False)
    since = DayField(_l("Found since"))


class HandInForm(Form):
    """A file of work orders, and how it is to be read."""

    file = FileIn(_l("Choose a file"))
    layout = SelectField(_l("Layout"), validate_choice=False)
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

    @property
    def file_name(self) -> str:
        return getattr(self.file.data, "filename", None) or ""

    @property
    def content(self) -> bytes:
        """What came with the form, and no more than one byte too much of it."""
        data: bytes = self.file.data.stream.read(LARGEST_FILE + 1) if self.file_name else b""
        return data

    @property
    def chosen_encoding(self) -> Encoding:
        chosen = self.encoding.data
        return Encoding(chosen) if chosen in set(Encoding) else Encoding.UTF8


class ConfirmForm(Form):
    """Taking over what was checked."""

    partial = BooleanField(_l("Take over the good rows although others are bad"))


class AskExportForm(Form):
    """Who wants which personal fields, of whom, what for and on which ground."""

    fields = SelectMultipleField(
        _l("Which fields?"),
        choices=[SelectChoice(name, words) for name, words in FIELD_WORDS.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    first = DayField(_l("Found from"))
    last = DayField(_l("Found until"))
    place = StringField(_l("Code of the place"))
    category = SelectField(_l("Kind of problem"), validate_choice=False)
    purpose = TextAreaField(_l("What for?"), [Length(max=MOST_WORDS, message=_TOO_LONG)])
    basis = TextAreaField(_l("On which legal ground?"), [Length(max=MOST_WORDS, message=_TOO_LONG)])


class DecideForm(Form):
    """Allow or refuse what somebody asked for."""

    decision = RadioField(
        _l("Your decision"),
        choices=[SelectChoice("allow", _l("Allow")), SelectChoice("refuse", _l("Refuse"))],
        validate_choice=False,
    )
    words = TextAreaField(_l("Why?"), [Length(max=MOST_WORDS, message=_TOO_LONG)])

    @property
    def allows(self) -> bool | None:
        """What was decided; None: nothing was chosen."""
        return {"allow": True, "refuse": False}.get(self.decision.data or "")
