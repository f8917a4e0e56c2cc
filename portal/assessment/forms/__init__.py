"""Forms of assessment: the shape of input only."""

from collections.abc import Iterable, Sequence

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.assessment.labels import AXES
from portal.assessment.labels.words import group_words
from portal.assessment.queries.units import Unit
from portal.assessment.rules import LONGEST_REASON, LONGEST_TITLE, MOST_SCORE, Axis
from portal.assessment.service.recording import Rater
from portal.kernel.forms import LONG, NEEDED, DayField, DegreeField, Form, WholeNumberField
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l

_BOUNDS = NumberRange(0, MOST_SCORE, message=_l("A score is from 0 to 100."))


class FigureField(DegreeField):
    """A number that may have decimals."""

    unreadable = _l("Write a number like 95.5.")


class OfUnitForm(Form):
    """What is said of an assessed unit on a day."""

    unit = SelectField(_l("Which unit?"), [InputRequired(message=NEEDED)], validate_choice=False)
    day = DayField(_l("On which day"), [InputRequired(message=NEEDED)])

    def offer(self, units: Iterable[Unit]) -> None:
        """The units among which to choose."""
        self.unit.choices = [
            SelectChoice("", _l("Choose a unit")),
            *(
                SelectChoice(
                    f"{one.group} {one.code}", f"{in_words(one.names)} ({group_words(one.group)})"
                )
                for one in units
            ),
        ]

    def chosen(self) -> tuple[str, str]:
        """The group and code of the unit."""
        group, _, code = (self.unit.data or "").partition(" ")
        return group, code


class CheckForm(OfUnitForm):
    """A daily check."""

    clean = WholeNumberField(AXES[Axis.CLEAN], [Optional(), _BOUNDS])
    green = WholeNumberField(AXES[Axis.GREEN], [Optional(), _BOUNDS])
    orderly = WholeNumberField(AXES[Axis.ORDERLY], [Optional(), _BOUNDS])
    lit = WholeNumberField(AXES[Axis.LIT], [Optional(), _BOUNDS])
    reason = TextAreaField(
        _l("What did you see?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )

    def scores(self) -> dict[Axis, int]:
        """The axes that were looked at."""
        return {axis: self[axis.value].data for axis in Axis if self[axis.value].data is not None}


class MediaForm(OfUnitForm):
    """A critical report of the media."""

    medium = StringField(
        _l("Which newspaper, station or site?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)],
    )
    headline = StringField(
        _l("Its title"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)],
    )


class LampsForm(OfUnitForm):
    """How many street lamps a street has."""

    day = DayField(_l("Since which day?"), [InputRequired(message=NEEDED)])
    number = WholeNumberField(_l("How many street lamps are there?"),
                              [InputRequired(message=NEEDED)])  # fmt: skip
    source = StringField(
        _l("Which register or count says so?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)],
    )


class ScoreForm(OfUnitForm):
    """A score of one unit by another. Who scores for one only is not asked for which."""

    rater = SelectField(
        _l("For which unit do you score?"), [InputRequired(message=NEEDED)], validate_choice=False
    )
    score = WholeNumberField(_l("Score from 0 to 100"), [InputRequired(message=NEEDED), _BOUNDS])
    reason = TextAreaField(
        _l("Why this score?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )
    only: Rater | None = None

    def ask(self, raters: Sequence[Rater]) -> None:
        """For whom somebody may score; at least one."""
        if len(raters) == 1:
            self.only = raters[0]
            del self.rater
            return
        self.rater.choices = [
            SelectChoice("", _l("Choose a unit")),
            *(SelectChoice(f"{one.group} {one.code}", in_words(one.names)) for one in raters),
        ]

    def by(self) -> Rater:
        """As whom the score is given."""
        if self.only is not None:
            return self.only
        group, _, code = (self.rater.data or "").partition(" ")
        return Rater(group, code)


class ObjectForm(Form):
    """An objection of a unit."""

    indicator = SelectField(
        _l("Which figure?"), [InputRequired(message=NEEDED)], validate_choice=False
    )
    words = TextAreaField(
        _l("What is wrong with it, and how can it be seen?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )

    def offer(self, figures: Iterable[tuple[str, str]]) -> None:
        """The figures of the unit's group."""
        self.indicator.choices = [
            SelectChoice("", _l("Choose a figure")),
            *(SelectChoice(code, words) for code, words in figures),
        ]


class DecideForm(Form):
    """What is decided of an objection."""

    upheld = RadioField(
        _l("What do you decide?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[
            SelectChoice("yes", _l("The unit is right: correct the figure")),
            SelectChoice("no", _l("The figure stays")),
        ],
    )
    becomes = FigureField(_l("The right figure"), [Optional()])
    why = TextAreaField(
        _l("Why? Everybody can read this."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )


class HeldForm(Form):
    """A talk that was held."""

    office = StringField(
        _l("Which office was spoken to?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_TITLE, message=LONG)],
    )
    held_on = DayField(_l("On which day"), [InputRequired(message=NEEDED)])
    promise = TextAreaField(
        _l("What was promised?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )
    follow_up_on = DayField(_l("When is it looked at again?"), [Optional()])


class FollowForm(Form):
    """What became of a promise."""

    followed = TextAreaField(
        _l("What became of it?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )
