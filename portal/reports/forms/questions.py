"""Fields for the further questions of a kind, made from their rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from wtforms import SelectChoice, SelectField, StringField

from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.words import say
from portal.reports.forms.intake import DetailsStep
from portal.reports.rules.kinds import NO, YES, Asked, BadAnswer, Question, read_answer

TYPES: Mapping[Asked, tuple[str, str | None]] = {
    Asked.NUMBER: ("text", "decimal"),
    Asked.PLATE: ("text", None),
    Asked.TEXT: ("text", None),
    Asked.TIME: ("datetime-local", None),
}


class Asking:
    """A form that asks further questions. ``asked`` are their rows, ``moment`` the city's time."""

    asked: ClassVar[Sequence[Question]] = ()
    moment: datetime
    extra: Mapping[str, str]

    def read_extra(self) -> bool:
        """Read every answer; what is wrong stands beside its field."""
        found, good = {}, True
        for question in self.asked:
            field: Any = self[question.field]  # type: ignore[index]  # a mixin of forms
            try:
                found[question.key] = read_answer(question, field.data or "", self.moment)
            except BadAnswer as error:
                # the summary at the head of the page shows it without its question
                words = f"{field.label.text} {say(error.refusal)}"
                field.errors = [*field.errors, words]
                good = False
        self.extra = {key: value for key, value in found.items() if value}
        return good

    @property
    def asked_fields(self) -> list[tuple[Any, str, Any]]:
        """(field, hint, type of input or None for a list) in their order, for the page."""
        rows = []
        for question in self.asked:
            field: Any = self[question.field]  # type: ignore[index]  # as above
            rows.append((field, in_words(question.hints), TYPES.get(question.asked)))
        return rows


class AskingDetails(Asking, DetailsStep):
    """Words, place, and what else the kind asks."""

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        return self.read_extra() and valid


def question_fields(questions: Iterable[Question]) -> dict[str, Any]:
    """The fields of some questions by their names."""
    return {question.field: question_field(question) for question in questions}


def question_field(question: Question) -> Any:
    """The field of one question."""
    label = in_words(question.names)
    if question.asked in TYPES:
        return StringField(label)
    return SelectField(label, choices=_choices(question), validate_choice=False)


def _choices(question: Question) -> list[SelectChoice]:
    blank = _("Please choose") if question.required else _("I do not know")
    if question.asked is Asked.YES_NO:
        offered = [(YES, _("Yes")), (NO, _("No"))]
    else:
        offered = [(choice.code, in_words(choice.names)) for choice in question.choices]
    return [SelectChoice("", blank), *(SelectChoice(code, words) for code, words in offered)]


def details_form(
    questions: Sequence[Question], moment: datetime, given: Mapping[str, Any]
) -> AskingDetails:
    """The details step of one kind of problem. ``given`` are answers by the names of fields."""
    members = {**question_fields(questions), "asked": tuple(questions), "moment": moment}
    made: type[AskingDetails] = type("KindDetails", (AskingDetails,), members)
    return made(data=given)
