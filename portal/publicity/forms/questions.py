"""Forms of public questions."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.rules import roles
from portal.kernel.forms import LONG, Form, needed_line, needed_words
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.organisations.queries import OrganisationRow
from portal.publicity.labels.questions import HIDDEN_WHY
from portal.publicity.rules.questions import (
    LONGEST_ANSWER,
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_WORDS,
    HiddenWhy,
)
from portal.publicity.service.questions import QuestionWish

_SHOW = "show"


class AskForm(Form):
    """A question to a unit."""

    unit = SelectField(_l("Which unit do you ask?"), validate_choice=False)
    title = needed_line(_l("Your question in one line"), LONGEST_TITLE)
    words = needed_words(_l("What do you want to know?"), LONGEST_WORDS)
    place = StringField(
        _l("Street or community that it is about"),
        [Optional(), Length(max=80, message=LONG)],
    )
    asked_as = RadioField(_l("As who do you ask?"), default="", validate_choice=False)

    def offer(self, units: Iterable[OrganisationRow], held: Iterable[str], asked: str) -> None:
        """The units, and the supervising roles that somebody holds."""
        self.unit.choices = [
            SelectChoice("", _l("Please choose")),
            *(SelectChoice(one.code, in_words(one.names)) for one in units),
        ]
        self.asked_as.choices = [
            SelectChoice("", _l("As a resident")),
            *(SelectChoice(code, in_words(roles()[code].names)) for code in held),
        ]
        if asked and not self.is_submitted():
            self.unit.data = asked

    def wish(self) -> QuestionWish:
        """What is asked."""
        return QuestionWish(
            self.unit.data or "", self.title.data or "", self.words.data or "",
            self.place.data or "", self.asked_as.data or "",
        )  # fmt: skip


class DecideForm(Form):
    """Whether a question is published, or why not."""

    decision = RadioField(
        _l("What do you decide?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[
            SelectChoice(_SHOW, _l("Publish it")),
            *(SelectChoice(why.value, words) for why, words in HIDDEN_WHY.items()),
        ],
    )
    words = TextAreaField(
        _l("What whoever asked should know"),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )

    def why(self) -> HiddenWhy | None:
        """Why not; None: it is published."""
        chosen = self.decision.data
        return None if chosen == _SHOW else HiddenWhy(chosen)


class AppealForm(Form):
    """Why somebody else should look at it again."""

    words = needed_words(_l("Why should it be published?"), LONGEST_WORDS)


class RehearForm(Form):
    """What is decided on an appeal."""

    show = RadioField(
        _l("What do you decide?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[
            SelectChoice("yes", _l("Publish it")),
            SelectChoice("no", _l("It is not published")),
        ],
    )
    words = needed_words(_l("Why? Whoever asked reads this."), LONGEST_REASON)


class ReplyForm(Form):
    """The answer of the unit."""

    words = needed_words(_l("The answer of your unit"), LONGEST_ANSWER)


class VerdictForm(Form):
    """Whether the answer answers it."""

    answered = RadioField(
        _l("Does this answer your question?"),
        [InputRequired(message=_l("Choose yes or no."))],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
    )


class SureForm(Form):
    """A button alone."""
