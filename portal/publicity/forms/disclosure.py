"""Forms of disclosure at the desk."""

from typing import Final

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.kernel.forms import (
    LONG,
    NEEDED,
    DayField,
    Form,
    WholeNumberField,
    needed_line,
    needed_words,
)
from portal.kernel.i18n import lazy_gettext as _l
from portal.publicity.labels.disclosure import INPUT_KINDS, TASK_STATES
from portal.publicity.queries.disclosure import TaskRow
from portal.publicity.rules.disclosure import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_GOAL,
    LONGEST_LINK,
    LONGEST_NOTE,
    LONGEST_SOURCE,
    LONGEST_TITLE,
    MOST,
    InputKind,
    InputWish,
    TaskState,
    TaskWish,
)

_PLACE: Final = _l("Place")
_SOURCE: Final = _l("Source: which document says so")


class InputForm(Form):
    """A figure with its source."""

    kind = RadioField(
        _l("What kind of figure?"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(one.value, words) for one, words in INPUT_KINDS.items()],
    )
    title = needed_line(_l("Name of the figure"), LONGEST_TITLE)
    place = needed_line(_PLACE, 32)
    year = WholeNumberField(
        _l("Year"), [InputRequired(message=NEEDED), NumberRange(FIRST_YEAR, LAST_YEAR)]
    )
    amount = WholeNumberField(
        _l("How much or how many?"), [InputRequired(message=NEEDED), NumberRange(0, MOST)]
    )
    source = needed_line(_SOURCE, LONGEST_SOURCE)
    link = StringField(
        _l("Address of the source"), [Optional(), Length(max=LONGEST_LINK, message=LONG)]
    )

    def wish(self) -> InputWish:
        """What is entered."""
        return InputWish(
            InputKind(self.kind.data), self.place.data or "", self.year.data or 0,
            self.amount.data or 0, self.title.data or "", self.source.data or "",
            self.link.data or "",
        )  # fmt: skip


class EndForm(Form):
    """Why a figure is taken off."""

    why = TextAreaField(
        _l("Why?"), [InputRequired(message=NEEDED), Length(max=LONGEST_NOTE, message=LONG)]
    )


class TaskForm(Form):
    """A key task."""

    title = needed_line(_l("Name of the task"), LONGEST_TITLE)
    goal = needed_words(_l("What is to be reached?"), LONGEST_GOAL)
    unit = needed_line(_l("Which unit leads it?"), 40)
    place = needed_line(_PLACE, 32)
    due_on = DayField(_l("Until which day?"), [InputRequired(message=NEEDED)])
    source = needed_line(_SOURCE, LONGEST_SOURCE)

    def wish(self) -> TaskWish:
        """What is entered."""
        return TaskWish(
            self.title.data or "", self.goal.data or "", self.unit.data or "",
            self.place.data or "", self.due_on.data, self.source.data or "",
        )  # fmt: skip


class ChangeForm(Form):
    """How a key task stands now. ``seen``: which version was read."""

    seen = HiddenField(default="")
    state = RadioField(
        _l("How does it stand?"),
        [InputRequired(message=NEEDED)],
        choices=[SelectChoice(one.value, words) for one, words in TASK_STATES.items()],
    )
    due_on = DayField(_l("Until which day?"), [InputRequired(message=NEEDED)])
    note = needed_words(
        _l("What was done, or why does it change? Everybody reads this."), LONGEST_NOTE
    )

    def start_from(self, row: TaskRow) -> None:
        """Show how it stands, unless something was typed."""
        if not self.is_submitted():
            self.seen.data, self.state.data = str(row.version), row.state.value
            self.due_on.data = row.due_on

    def chosen(self) -> tuple[TaskState, int]:
        """The state, and the version that was read; -1 for nonsense, which no task ever has."""
        text = self.seen.data or ""
        seen = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
        return TaskState(self.state.data), seen
