"""The shape of a rating: words first, nothing asked twice."""

import re
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.rules.rating import is_unhappy
from portal.satisfaction.labels import LEVELS, REASONS
from portal.satisfaction.rules import WORDS_LENGTH, Answers, Level, Reason, Settings

YES, NO = "yes", "no"
_TOO_LONG = _l("Please write at most %(max)d characters.")
_LEVELS = [SelectChoice(str(int(level)), words) for level, words in LEVELS.items()]
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)


class RatingForm(Form):
    """What a reporter says about an outcome. ``checked``: she saw what an unhappy answer does."""

    solved = RadioField(
        _l("Is the problem solved?"),
        choices=[SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))],
        validators=[InputRequired(_l("Please say whether the problem is solved."))],
    )
    result = RadioField(
        _l("How satisfied are you with the result?"),
        choices=_LEVELS,
        validators=[InputRequired(_l("Please say how satisfied you are with the result."))],
    )
    service = RadioField(
        _l("How satisfied are you with how you were treated?"),
        choices=_LEVELS,
        validators=[
            InputRequired(_l("Please say how satisfied you are with how you were treated."))
        ],
    )
    reasons = SelectMultipleField(
        _l("If something was not right, what was it?"),
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )
    words = TextAreaField(
        _l("What else would you like to say?"),
        validators=[Optional(), Length(max=WORDS_LENGTH, message=_TOO_LONG)],
    )
    pass_on = BooleanField(_l("Pass these words on to the unit"))
    passed_on = TextAreaField(
        _l("Words to the unit"),
        validators=[Optional(), Length(max=WORDS_LENGTH, message=_TOO_LONG)],
    )
    shown = BooleanField(_l("Show my rating and my words to the unit that handled it"))
    seen = HiddenField(default="0")
    checked = HiddenField(validators=[Optional(), AnyOf([YES])])

    @property
    def answers(self) -> Answers:
        """The answers of a form that was found in order."""
        return Answers(
            solved=self.solved.data == YES,
            result=Level(int(self.result.data)),
            service=Level(int(self.service.data)),
            reasons=frozenset(Reason(code) for code in self.reasons.data or ()),
            words=self.words.data or "",
        )

    @property
    def words_for_unit(self) -> str:
        """What she agreed to pass on, or nothing."""
        return (self.passed_on.data or "") if self.pass_on.data else ""

    @property
    def version_seen(self) -> int:
        """The version of the rating that the form was made from."""
        seen = self.seen.data or ""
        return int(seen) if _SMALL_NUMBER.match(seen) else 0

    def must_be_checked(self, settings: Settings) -> bool:
        """Whether it was sent in order, is unhappy, and she was not yet told what follows."""
        if not self.is_submitted() or self.checked.data == YES or not self.validate():
            return False
        return is_unhappy(self.answers, settings)

    def carried(self) -> list[tuple[str, str]]:
        """(name, value) of the answers that the check page sends along unseen."""
        return [
            (self.solved.name, self.solved.data or ""),
            (self.result.name, self.result.data or ""),
            (self.service.name, self.service.data or ""),
            *((self.reasons.name, code) for code in self.reasons.data or ()),
            (self.words.name, self.words.data or ""),
            *([(self.shown.name, YES)] if self.shown.data else []),
        ]


def given_answers(answers: Answers, seen: int, *, shown: bool) -> dict[str, Any]:
    """The form's fields for a rating that is to be changed."""
    return {
        "solved": YES if answers.solved else NO,
        "result": str(int(answers.result)),
        "service": str(int(answers.service)),
        "reasons": [reason.value for reason in answers.reasons],
        "words": answers.words,
        "shown": shown,
        "seen": str(seen),
    }
