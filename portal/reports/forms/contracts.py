"""Which contract a case is about, and why that is put right."""

from collections.abc import Sequence

from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import Length

from portal.kernel.i18n import lazy_gettext as _l
from portal.reports.forms.desk import StepForm
from portal.reports.rules.contracts import LONGEST_WORDS

NONE = "-"


class ContractForm(StepForm):
    """Another contract, or none, with a reason."""

    contract = RadioField(_l("Contract"), validate_choice=False)
    words = StringField(
        _l("Why?"),
        validators=[
            Length(max=LONGEST_WORDS, message=_l("Please write no more than %(max)d characters."))
        ],
    )

    def offer(self, named: Sequence[tuple[str, str]], present: str | None) -> None:
        """Fill in (code, words) of what was valid at the place; what holds now is chosen."""
        none = SelectChoice(NONE, _l("No contract: it is nobody’s upkeep work"))
        self.contract.choices = [*(SelectChoice(code, words) for code, words in named), none]
        if not self.is_submitted():
            self.contract.data = present

    @property
    def code(self) -> str | None:
        """The contract that was chosen; None: none of them."""
        chosen = self.text("contract")
        return None if chosen in {NONE, None} else chosen
