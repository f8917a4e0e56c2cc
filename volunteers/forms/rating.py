"""Forms of rating a shift, and of a word to one volunteer."""

from collections.abc import Iterable

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.kernel.forms import Form
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.queries import RatingRow
from portal.satisfaction.rules import Answers, Level
from volunteers.forms.adoption import NO, YES, seen_version
from volunteers.labels.rating import FEEDBACK_KINDS
from volunteers.queries.hours import ToConfirm
from volunteers.rules.rating import LONGEST_FEEDBACK, FeedbackKind
from volunteers.service.feedback import Word

_SATISFIED = _l("Please say how satisfied you are.")
_WORDS = _l("Please write something, in up to 500 characters.")


def _levels() -> list[SelectChoice]:
    return [SelectChoice(str(int(level)), words) for level, words in LEVELS.items()]


class RateShiftForm(Form):
    """How somebody who served found the activity and who organised it."""

    solved = RadioField(
        _l("Was it as it had been announced?"),
        [InputRequired(message=_l("Please say whether it was as announced."))],
        choices=[SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))],
    )
    result = RadioField(
        _l("How satisfied are you with the activity?"),
        [InputRequired(message=_SATISFIED)],
        choices=_levels(),
    )
    service = RadioField(
        _l("How satisfied are you with those who organised it?"),
        [InputRequired(message=_SATISFIED)],
        choices=_levels(),
    )
    seen = HiddenField(default="0")

    def answers(self) -> Answers:
        return Answers(
            solved=self.solved.data == YES,
            result=Level(int(self.result.data)),
            service=Level(int(self.service.data)),
        )

    def version(self) -> int:
        return seen_version(self.seen)


def given(mine: RatingRow | None) -> dict[str, str]:
    """What she answered, for the form."""
    if mine is None:
        return {"seen": "0"}
    return {
        "solved": YES if mine.answers.solved else NO,
        "result": str(int(mine.answers.result)),
        "service": str(int(mine.answers.service)),
        "seen": str(mine.version),
    }


class FeedbackForm(Form):
    """A word to one who served."""

    sign_up = RadioField(_l("To whom?"), [InputRequired(message=_l("Choose to whom you write."))])
    kind = RadioField(
        _l("What is it?"),
        [InputRequired(message=_l("Choose what it is."))],
        choices=[SelectChoice(kind.value, words) for kind, words in FEEDBACK_KINDS.items()],
    )
    words = TextAreaField(
        _l("Your words"),
        [InputRequired(message=_WORDS), Length(max=LONGEST_FEEDBACK, message=_WORDS)],
    )

    def offer(self, people: Iterable[ToConfirm]) -> None:
        """Those to whom she may write."""
        self.sign_up.choices = [
            SelectChoice(
                one.number,
                one.name or _("volunteer %(number)s", number=one.volunteer or one.number),
            )
            for one in people
        ]

    def word(self) -> Word:
        return Word(self.sign_up.data or "", FeedbackKind(self.kind.data), self.words.data or "")
