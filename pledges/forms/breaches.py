"""Forms of breaches: steps of the desk, answers of the shop, what follows."""

from collections.abc import Sequence

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from pledges.forms.inspections import LONG, NEEDED
from pledges.labels.breaches import OUTCOMES
from pledges.rules.breaches import LONGEST_REASON, LONGEST_WORDS, MOST_PHOTOS, AppealOutcome
from pledges.service.follow_up import CaseWish, ConductWish
from portal.kernel.forms import DayField, Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField

Choices = Sequence[tuple[str, str]]


class SureForm(Form):
    """Nothing to fill in: a button that is meant."""


class StepForm(Form):
    """A step, with the reason that the shop reads."""

    reason = TextAreaField(
        _l("Why? The shop reads this."),
        [InputRequired(message=NEEDED), Length(max=LONGEST_REASON, message=LONG)],
    )


class LookedForm(StepForm, PhotoForm):
    """The same with photos of how it looks now."""

    photos = PhotosField(_l("Photos of how it looks now"), most=MOST_PHOTOS)


class DemandForm(StepForm):
    """The same with a day."""

    due_on = DayField(_l("To be put right until"), [InputRequired(message=NEEDED)])


class DecideForm(StepForm):
    """What becomes of an appeal."""

    outcome = RadioField(
        _l("What do you decide?"),
        [InputRequired(message=_l("Choose what you decide."))],
        choices=[
            SelectChoice(one.value, OUTCOMES[one])
            for one in (AppealOutcome.UPHELD, AppealOutcome.REJECTED)
        ],
    )


class SayForm(Form):
    """What a shop says."""

    words = TextAreaField(
        _l("What do you want to say?"),
        [InputRequired(message=NEEDED), Length(max=LONGEST_WORDS, message=LONG)],
    )


class RectifiedForm(PhotoForm):
    """That it is put right, with photos."""

    photos = PhotosField(_l("Photos of how it looks now"), most=MOST_PHOTOS)
    words = TextAreaField(
        _l("What was done?"), [Optional(), Length(max=LONGEST_WORDS, message=LONG)]
    )


class FollowForm(Form):
    """A case, a proposal, or both: whatever is chosen."""

    category = SelectField(_l("Open a case: what kind of problem is it?"), validate_choice=False)
    words = TextAreaField(
        _l("For whoever handles it"), [Optional(), Length(max=LONGEST_WORDS, message=LONG)]
    )
    rule_code = SelectField(
        _l("Propose an entry of the self-discipline record: by which rule?"),
        validate_choice=False,
    )
    basis = SelectField(_l("What it rests on"), validate_choice=False)
    act = TextAreaField(_l("The act"), [Optional(), Length(max=LONGEST_WORDS, message=LONG)])

    def offer(self, kinds: Choices, rules: Choices, bases: Choices) -> None:
        """What can be chosen; nothing is."""
        none = SelectChoice("", _l("none"))
        for field, rows in ((self.category, kinds), (self.rule_code, rules), (self.basis, bases)):
            field.choices = [none, *(SelectChoice(code, words) for code, words in rows)]

    def case(self) -> CaseWish | None:
        found = self.category.data
        return CaseWish(found, self.words.data or "") if found else None

    def conduct(self) -> ConductWish | None:
        found = self.rule_code.data
        return ConductWish(found, self.basis.data or "", self.act.data or "") if found else None


class HandOverForm(StepForm, FollowForm):
    """The last step: its reason, and what goes with it."""
