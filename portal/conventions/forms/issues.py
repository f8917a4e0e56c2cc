"""Forms of the co-governance board."""

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.conventions.forms.community import needed
from portal.conventions.labels.community import STEPS
from portal.conventions.rules.community import LONGEST_TITLE, LONGEST_WORDS, IssueStep
from portal.conventions.rules.texts import LONGEST_REASON
from portal.kernel.forms import LONG, NEEDED, Form
from portal.kernel.i18n import lazy_gettext as _l


class ProposeForm(Form):
    """A proposal."""

    words = TextAreaField(_l("What do you propose?"), needed(LONGEST_WORDS))
    for_unit = BooleanField(_l("I write for my unit; its name is shown"))


class IssueForm(Form):
    """An issue."""

    title = StringField(_l("In one sentence"), needed(LONGEST_TITLE))
    words = TextAreaField(_l("What is it about?"), needed(LONGEST_WORDS))
    for_unit = BooleanField(_l("I write for my unit; its name is shown"))


class StepForm(Form):
    """What is done with an issue."""

    step = RadioField(
        _l("What is to be done?"), [InputRequired(message=NEEDED)], validate_choice=False
    )
    words = TextAreaField(
        _l("Reason, decision or result; everybody concerned reads it"),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )

    def offer(self, steps: Iterable[IssueStep]) -> None:
        """The steps that are open."""
        self.step.choices = [SelectChoice(step.value, STEPS[step]) for step in steps]

    def chosen(self) -> IssueStep | None:
        """The step."""
        code = self.step.data
        return IssueStep(code) if code in set(IssueStep) else None


class ShowForm(Form):
    """Whether everybody reads a proposal."""

    show = RadioField(
        _l("May everybody read it?"), [InputRequired(message=NEEDED)],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
    )  # fmt: skip
    reason = TextAreaField(
        _l("If not: why? Whoever made it reads this"),
        [Optional(), Length(max=LONGEST_REASON, message=LONG)],
    )
