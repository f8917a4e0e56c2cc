"""Words for campaigns."""

from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from volunteers.rules.campaigns import CampaignRefusal

register(
    {
        CampaignRefusal.NO_DAY: _l("Choose the day."),
        CampaignRefusal.ENDS_BEFORE: _l("The last day is before the first."),
        CampaignRefusal.TOO_LONG: _l("A campaign lasts at most a year."),
        CampaignRefusal.NO_CAMPAIGN: _l(
            "Choose among the campaigns of the list: it has to be one of this place or of a wider "
            "one, and not be over."
        ),
    }
)
register_actions(
    {
        "activity:campaign_days": _l("Days of a campaign set"),
        "activity:join_campaign": _l("Activity of volunteers put into a campaign"),
    }
)
