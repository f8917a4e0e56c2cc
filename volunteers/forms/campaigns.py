"""Forms about campaigns: their days, and what belongs to them."""

from collections.abc import Iterable, Mapping

from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired

from portal.kernel.forms import DayField
from portal.kernel.i18n import lazy_gettext as _l
from volunteers.forms.fields import NEEDED, SeenForm, named


class CampaignDaysForm(SeenForm):
    """From which day to which."""

    first = DayField(_l("First day"), [InputRequired(NEEDED)])
    last = DayField(_l("Last day"), [InputRequired(NEEDED)])


class CampaignForm(SeenForm):
    """To which campaign an activity belongs."""

    campaign = SelectField(_l("Campaign"), validate_choice=False)

    def offer(self, campaigns: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Campaigns as (number, titles)."""
        self.campaign.flags.optional = True
        self.campaign.choices = [SelectChoice("", _l("none")), *named(campaigns)]
