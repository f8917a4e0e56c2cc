"""Forms about service companies: a step, a spot check, an answer, and how a hearing ends."""

from collections.abc import Sequence

from wtforms import DateField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.kernel.forms import Form
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photo_fields import PhotoForm, PhotosField
from portal.kernel.words import say
from portal.organisations.rules import CompanyStanding
from portal.reports.labels.companies import OUTCOMES
from portal.reports.rules.companies import (
    LONGEST_BASIS,
    LONGEST_SPOT,
    MOST_WORDS,
    Matter,
    Outcome,
    axes,
)
from portal.reports.rules.company_personal import MOST_PHOTOS

_TOO_LONG = _l("Please write no more than %(max)d characters.")
_WORDS = Length(max=MOST_WORDS, message=_TOO_LONG)


class StepForm(Form):
    """How a company shall stand, why, and on what basis."""

    after = RadioField(_l("How shall it stand?"), validate_choice=False)
    reason = TextAreaField(_l("Why?"), validators=[_WORDS])
    basis = StringField(
        _l("Clause of the contract, or rule"),
        validators=[Length(max=LONGEST_BASIS, message=_TOO_LONG)],
    )

    def offer(self, steps: Sequence[CompanyStanding]) -> None:
        """Fill in the steps that can follow."""
        self.after.choices = [SelectChoice(one.value, say(one)) for one in steps]

    @property
    def chosen(self) -> CompanyStanding | None:
        known = set(CompanyStanding)
        return CompanyStanding(self.after.data) if self.after.data in known else None


class CheckForm(PhotoForm):
    """What was seen on the spot. One number for each axis; empty where the work has none."""

    contract = RadioField(_l("Contract"), validate_choice=False)
    spot = StringField(
        _l("Where did you look?"), validators=[Length(max=LONGEST_SPOT, message=_TOO_LONG)]
    )
    on = DateField(_l("Day of the check"))
    mark_clean = IntegerField("", validators=[Optional()])
    mark_green = IntegerField("", validators=[Optional()])
    mark_facilities = IntegerField("", validators=[Optional()])
    mark_staff = IntegerField("", validators=[Optional()])
    mark_safety = IntegerField("", validators=[Optional()])
    finding = TextAreaField(_l("What was found?"), validators=[Optional(), _WORDS])

    photos = PhotosField(_l("Photos of what you saw"), most=MOST_PHOTOS)

    def offer(self, contracts: Sequence[tuple[str, str]]) -> None:
        """Fill in (code, words) of the contracts, and the names of the axes."""
        self.contract.choices = [SelectChoice(code, words) for code, words in contracts]
        for axis, name in axis_names().items():
            self[f"mark_{axis}"].label.text = name
        if len(contracts) == 1 and not self.is_submitted():
            self.contract.data = contracts[0][0]

    @property
    def marks(self) -> dict[str, int | None]:
        return {axis: self[f"mark_{axis}"].data for axis in axes()}


def axis_names() -> dict[str, str]:
    """The axes of a check in the reader's language."""
    return {axis: in_words(names) for axis, names in axes().items()}


class SayForm(Form):
    """The company's answer."""

    words = TextAreaField(_l("What does the company say?"), validators=[_WORDS])


class SettleForm(Form):
    """How a hearing ends, and why."""

    outcome = RadioField(_l("How does it end?"), validate_choice=False)
    words = TextAreaField(_l("Why?"), validators=[_WORDS])

    def offer(self, matter: Matter) -> None:
        """Fill in the two ends."""
        self.outcome.choices = [
            SelectChoice(one.value, words) for one, words in OUTCOMES[matter].items()
        ]

    @property
    def chosen(self) -> Outcome | None:
        return Outcome(self.outcome.data) if self.outcome.data in set(Outcome) else None
