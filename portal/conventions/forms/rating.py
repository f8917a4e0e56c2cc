"""The form by which residents rate the self-government of their community, and property service."""

import re
from typing import Final

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.conventions.forms.signing import NO, YES
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.queries import RatingRow
from portal.satisfaction.rules import Answers, Level

_SATISFIED: Final = _l("Please say how satisfied you are.")
_VERSION: Final = re.compile(r"[0-9]{1,6}\Z", re.ASCII)


def _levels() -> list[SelectChoice]:
    return [SelectChoice(str(int(level)), words) for level, words in LEVELS.items()]


class RateCommunityForm(Form):
    """Three answers, and no words."""

    solved = RadioField(
        _l("Does the community settle what it can settle itself?"),
        [InputRequired(message=_l("Please choose yes or no."))],
        choices=[SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))],
    )
    result = RadioField(
        _l("How satisfied are you with the self-government of your community?"),
        [InputRequired(message=_SATISFIED)],
        choices=_levels(),
    )
    service = RadioField(
        _l("How satisfied are you with how the committee listens?"),
        [InputRequired(message=_SATISFIED)],
        choices=_levels(),
    )
    seen = HiddenField(default="0")

    def answers(self) -> Answers:
        """What was said."""
        return Answers(
            solved=self.solved.data == YES,
            result=Level(int(self.result.data)),
            service=Level(int(self.service.data)),
        )

    def version(self) -> int:
        """Which answer the page was made from; 0 for none."""
        typed = self.seen.data or ""
        return int(typed) if _VERSION.match(typed) else 0


class RateEstateForm(RateCommunityForm):
    """The same three about the property service of an estate."""

    solved = RadioField(
        _l("Does the property service settle what you tell it?"),
        [InputRequired(message=_l("Please choose yes or no."))],
        choices=[SelectChoice(YES, _l("Yes")), SelectChoice(NO, _l("No"))],
    )
    result = RadioField(
        _l("How satisfied are you with how the estate is kept?"),
        [InputRequired(message=_SATISFIED)],
        choices=_levels(),
    )
    service = RadioField(
        _l("How satisfied are you with how the property service treats you?"),
        [InputRequired(message=_SATISFIED)],
        choices=_levels(),
    )


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
