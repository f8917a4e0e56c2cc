"""Forms of surveys: what is asked where and when, one question, the answers, a number."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from wtforms import (
    BooleanField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput

from portal.kernel.forms import DayField, Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.satisfaction.labels.surveys import KINDS, QUESTION_KINDS, WHO, option_words
from portal.satisfaction.queries.surveys import SurveyRow
from portal.satisfaction.rules.surveys import (
    LANGUAGES,
    LONGEST_ANSWER,
    LONGEST_NOTICE,
    LONGEST_OPTIONS,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_INVITED,
    MOST_SHEETS,
    Answered,
    AskedWho,
    Names,
    Question,
    QuestionKind,
    SurveyKind,
)
from portal.satisfaction.service.surveys import QuestionWish, SurveyWish

NEEDED: Final = _l("Please fill this in.")
LONG: Final = _l("Please write no more than %(max)d characters.")
CHOOSE: Final = _l("Please choose an answer.")
COUNT: Final = _l("Write a number from %(min)d to %(max)d.")


def _most(length: int) -> Length:
    return Length(max=length, message=LONG)


def _in_languages(form: Form, name: str) -> Names:
    return {language: form[f"{name}_{language.lower()}"].data or "" for language in LANGUAGES}


class SureForm(Form):
    """Nothing to fill in: a button that is meant."""


class SurveyForm(Form):
    """A draft of a survey."""

    kind = RadioField(
        _l("What is it for?"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        default=SurveyKind.SATISFACTION.value,
    )
    title_zh_hans = StringField(
        _l("Title in simplified Chinese"), [InputRequired(message=NEEDED), _most(LONGEST_TITLE)]
    )
    title_zh_hant = StringField(
        _l("Title in traditional Chinese"), [Optional(), _most(LONGEST_TITLE)]
    )
    title_en = StringField(_l("Title in English"), [Optional(), _most(LONGEST_TITLE)])
    place = StringField(_l("Place"), [InputRequired(message=NEEDED), _most(32)])
    opens_on = DayField(_l("First day"), [InputRequired(message=NEEDED)])
    closes_on = DayField(_l("Last day"), [InputRequired(message=NEEDED)])
    who = RadioField(
        _l("Who may answer?"),
        choices=[SelectChoice(who.value, words) for who, words in WHO.items()],
        default=AskedWho.ALL.value,
    )
    sheets = WholeNumberField(
        _l("How many numbered paper sheets you hand out"),
        [InputRequired(message=NEEDED), NumberRange(0, MOST_SHEETS, COUNT)],
        default=0,
    )
    notice_zh_hans = TextAreaField(
        _l("What happens with the answers, in simplified Chinese"),
        [InputRequired(message=NEEDED), _most(LONGEST_NOTICE)],
    )
    notice_zh_hant = TextAreaField(
        _l("What happens with the answers, in traditional Chinese"),
        [Optional(), _most(LONGEST_NOTICE)],
    )
    notice_en = TextAreaField(
        _l("What happens with the answers, in English"), [Optional(), _most(LONGEST_NOTICE)]
    )

    def wish(self) -> SurveyWish:
        """What is asked."""
        return SurveyWish(
            SurveyKind(self.kind.data), AskedWho(self.who.data), self.place.data or "",
            _in_languages(self, "title"), _in_languages(self, "notice"),
            self.opens_on.data, self.closes_on.data, self.sheets.data,
        )  # fmt: skip


def filled(row: SurveyRow, place: str) -> dict[str, Any]:
    """A draft as its form shows it."""
    return {
        "kind": row.kind.value, "who": row.who.value, "place": place, "sheets": row.sheets,
        "opens_on": row.opens_on, "closes_on": row.closes_on,
        **{f"title_{code.lower()}": row.title.get(code, "") for code in LANGUAGES},
        **{f"notice_{code.lower()}": row.notice.get(code, "") for code in LANGUAGES},
    }  # fmt: skip


class QuestionForm(Form):
    """A question of a draft."""

    kind = RadioField(
        _l("How is it answered?"),
        choices=[SelectChoice(kind.value, words) for kind, words in QUESTION_KINDS.items()],
        default=QuestionKind.SATISFACTION.value,
    )
    words_zh_hans = StringField(
        _l("Question in simplified Chinese"),
        [InputRequired(message=NEEDED), _most(LONGEST_QUESTION)],
    )
    words_zh_hant = StringField(
        _l("Question in traditional Chinese"), [Optional(), _most(LONGEST_QUESTION)]
    )
    words_en = StringField(_l("Question in English"), [Optional(), _most(LONGEST_QUESTION)])
    options_zh_hans = TextAreaField(
        _l("Choices in simplified Chinese"), [Optional(), _most(LONGEST_OPTIONS)]
    )
    options_zh_hant = TextAreaField(
        _l("Choices in traditional Chinese"), [Optional(), _most(LONGEST_OPTIONS)]
    )
    options_en = TextAreaField(_l("Choices in English"), [Optional(), _most(LONGEST_OPTIONS)])
    needed = BooleanField(_l("Everybody must answer it"))

    def wish(self) -> QuestionWish:
        """What is asked, and how it is answered."""
        return QuestionWish(
            QuestionKind(self.kind.data), bool(self.needed.data),
            _in_languages(self, "words"), _in_languages(self, "options"),
        )  # fmt: skip


class InviteForm(Form):
    """How many are drawn."""

    many = WholeNumberField(
        _l("How many people do you invite?"),
        [InputRequired(message=NEEDED), NumberRange(1, MOST_INVITED, COUNT)],
    )


class AgreeForm(Form):
    """Whether somebody wants to be asked."""

    wanted = RadioField(
        _l("May surveys ask you by message?"),
        [InputRequired(message=CHOOSE)],
        choices=[
            SelectChoice("yes", _l("Yes, I may be drawn and invited")),
            SelectChoice("no", _l("No, do not invite me")),
        ],
    )


class AnswersForm(Form):
    """The base of a survey's own form; ``answers_form`` adds a field for each question."""

    def answered(self, questions: Sequence[Question]) -> Answered:
        """What was marked and written."""
        marks, words = dict[int, frozenset[int]](), dict[int, str]()
        for one in questions:
            data = self[_name(one)].data
            if one.kind is QuestionKind.WORDS:
                words[one.position] = data or ""
            elif data:
                chosen = data if isinstance(data, list) else [data]
                marks[one.position] = frozenset(int(value) for value in chosen)
        return Answered(marks, {at: text for at, text in words.items() if text})


class PaperForm(AnswersForm):
    """A sheet of paper: its number, and what was marked on it."""

    sheet = WholeNumberField(
        _l("Number of the sheet"),
        [InputRequired(message=NEEDED), NumberRange(1, MOST_SHEETS, COUNT)],
    )


Asked = TypeVar("Asked", bound=AnswersForm)


def _name(question: Question) -> str:
    return f"q{question.position}"


def answers_form(base: type[Asked], questions: Sequence[Question]) -> Asked:
    """A form that asks the questions of a survey."""
    fields = {_name(one): _field(one, at) for at, one in enumerate(questions, 1)}
    made: Asked = type("Asked", (base,), fields)()
    return made


def _field(question: Question, at: int) -> Any:
    label = f"{at}. {in_words(question.words)}"
    needed = InputRequired(message=CHOOSE) if question.needed else Optional()
    if question.kind is QuestionKind.WORDS:
        return TextAreaField(label, [needed, _most(LONGEST_ANSWER)])
    choices = [SelectChoice(str(value), option_words(question, value)) for value in question.values]
    if question.kind is QuestionKind.SEVERAL:
        return SelectMultipleField(label, [needed], choices=choices, option_widget=CheckboxInput())
    return RadioField(label, [needed], choices=choices)
