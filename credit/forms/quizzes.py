"""Forms of things to learn: the questions as one form, and the sheets as staff type them."""

from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from credit.rules.quizzes import LANGUAGES, MOST_SHEET, Answers, Question, Sheet
from credit.service.quizzes import QuizWish
from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import lazy_gettext as _l

_NEEDED = _l("Please choose an answer.")
_LONG = _l("The sheet is too long.")


class AnswersForm(Form):
    """The base of the form of one sheet; ``answers_form`` adds a field for each question."""

    version = HiddenField()

    def answers(self, sheet: Sheet) -> Answers:
        return [_chosen(self[_name(at)].data) for at in range(len(sheet.questions))]

    @property
    def seen(self) -> int:
        """The version that was read; 0 when the form says none."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _chosen(data: Any) -> frozenset[int]:
    return frozenset(int(value) for value in (data if isinstance(data, list) else [data]))


def _name(at: int) -> str:
    return f"q{at + 1}"


def answers_form(sheet: Sheet, version: int) -> AnswersForm:
    """A form that asks the questions of a sheet."""
    fields = {_name(at): _field(at, question) for at, question in enumerate(sheet.questions)}
    form: AnswersForm = type("SheetForm", (AnswersForm,), fields)(data={"version": str(version)})
    return form


def _field(at: int, question: Question) -> Any:
    choices = [SelectChoice(str(place), words) for place, words in enumerate(question.options)]
    label = f"{at + 1}. {question.words}"
    needed = [InputRequired(message=_NEEDED)]
    if question.several:
        return SelectMultipleField(
            label, needed, choices=choices, option_widget=CheckboxInput(),
        )  # fmt: skip
    return RadioField(label, needed, choices=choices)


def sheet_name(language: str) -> str:
    """The field of the sheet in a language."""
    return f"sheet_{language.lower()}"


class SheetsForm(Form):
    """The sheets of all languages, and when they are offered."""

    sheet_zh_hans = TextAreaField(
        _l("Sheet in Simplified Chinese"), [Length(max=MOST_SHEET, message=_LONG)]
    )
    sheet_zh_hant = TextAreaField(
        _l("Sheet in Traditional Chinese"), [Optional(), Length(max=MOST_SHEET, message=_LONG)]
    )
    sheet_en = TextAreaField(
        _l("Sheet in English"), [Optional(), Length(max=MOST_SHEET, message=_LONG)]
    )
    valid_from = DayField(_l("Offered from"), [InputRequired(message=_l("Enter the first day."))])
    valid_to = DayField(_l("Last day"), [Optional()])
    seen = HiddenField()

    def wish(self) -> QuizWish:
        typed = {language: self[sheet_name(language)].data or "" for language in LANGUAGES}
        return QuizWish(typed, self.valid_from.data, self.valid_to.data)

    @property
    def seen_version(self) -> tuple[int, int]:
        return read_seen(self.seen.data)


class SeenForm(Form):
    """A button that is meant for what its presser saw."""

    seen = HiddenField()

    @property
    def seen_version(self) -> tuple[int, int]:
        return read_seen(self.seen.data)


def read_seen(text: str | None) -> tuple[int, int]:
    """(version, revision) of a hidden field; zeros when it says none."""
    parts = (text or "").split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return 0, 0
    version, revision = (int(part[:9]) for part in parts)
    return version, revision
