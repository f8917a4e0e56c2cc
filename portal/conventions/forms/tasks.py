"""Forms of tasks: the four fields, and what is reported."""

from collections.abc import Iterable

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.labels.tasks import TASK_ACTS
from portal.conventions.rules.meetings import LONGEST_ITEM, lines_in
from portal.conventions.rules.tasks import LONGEST_UNIT, ReportWish, TaskAct, TaskWish
from portal.conventions.rules.texts import LONGEST_REASON, LONGEST_WORDS
from portal.kernel.forms import LONG, NEEDED, DayField, Form
from portal.kernel.i18n import lazy_gettext as _l


class TaskForm(Form):
    """A task that came out of a meeting."""

    title = StringField(
        _l("What is to be done?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_ITEM, message=LONG)],
    )
    lead = StringField(
        _l("Lead unit"), [InputRequired(message=NEEDED), Length(max=LONGEST_UNIT, message=LONG)]
    )
    co = TextAreaField(
        _l("Supporting units, one in a line"),
        [Optional(), Length(max=LONGEST_WORDS, message=LONG)],
    )
    responsible = TextAreaField(
        _l("Responsible units, one in a line"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WORDS, message=LONG)],
    )
    due_on = DayField(_l("To be completed by"), [InputRequired(message=NEEDED)])

    def wish(self) -> TaskWish:
        """What is to be done."""
        return TaskWish(
            self.title.data or "", " ".join((self.lead.data or "").split()),
            lines_in(self.co.data or ""), lines_in(self.responsible.data or ""), self.due_on.data,
        )  # fmt: skip


class PlaceTaskForm(TaskForm):
    """A task of a community that no meeting resolved on."""

    place = StringField(
        _l("Community"),
        [InputRequired(message=NEEDED), Length(max=32, message=LONG)],
    )


class TaskReportForm(Form):
    """What is reported of a task, or changed."""

    act = RadioField(
        _l("What do you want to do?"),
        [InputRequired(message=_l("Choose what you decide."))],
        validate_choice=False,
    )
    said = TextAreaField(
        _l("What is to be told? Everybody can read this."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )
    due_on = DayField(_l("The new day"), [Optional()])

    def offer(self, acts: Iterable[TaskAct]) -> None:
        """What somebody may do now."""
        self.act.choices = [SelectChoice(act.value, TASK_ACTS[act]) for act in acts]

    def wish(self) -> ReportWish | None:
        """What is said; None when nothing that is open was chosen."""
        if self.act.data not in set(TaskAct):
            return None
        return ReportWish(TaskAct(self.act.data), self.said.data or "", self.due_on.data)
