"""Words for teams, partners and inspection groups."""

from collections.abc import Mapping

from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.teams import PartnerKind, TeamRefusal
from volunteers.rules.tours import TourRefusal

PARTNER_KINDS: Mapping[PartnerKind, Words] = {
    PartnerKind.SOCIAL_SERVICE: _l("Social organisation that serves people"),
    PartnerKind.PUBLIC_BENEFIT: _l("Social organisation for the public benefit"),
    PartnerKind.MUTUAL_AID: _l("Social organisation of mutual aid"),
    PartnerKind.SOCIAL_WORK: _l("Social-work organisation"),
    PartnerKind.INTERMEDIARY: _l("Market intermediary"),
    PartnerKind.COMPANY: _l("Company"),
    PartnerKind.MEDIA: _l("Media"),
    PartnerKind.PUBLIC_UNIT: _l("Public body"),
}
register(
    {
        **PARTNER_KINDS,
        TeamRefusal.NO_NAME: _l("Write the name in simplified Chinese."),
        TeamRefusal.LONG_NAME: _l("This name is too long."),
        TeamRefusal.NO_KIND: _l("Choose the kind."),
        TeamRefusal.NO_UNIT: _l("No unit that is there today has this code."),
        TeamRefusal.NO_PERSON: _l("Nobody has this number. It stands on her own page."),
        TeamRefusal.THERE: _l("She belongs to the team already."),
        TeamRefusal.NOT_THERE: _l("This has ended already. Nothing was changed."),
        TeamRefusal.FULL: _l("A team has at most 500 members."),
        TeamRefusal.ENDED: _l("This team has ended."),
        TeamRefusal.BAD_PHONE: _l("This is not a telephone number."),
        TourRefusal.NO_DAY: _l("Choose the day."),
        TourRefusal.NO_STOPS: _l("Write at least one stop."),
        TourRefusal.MANY_STOPS: _l("A tour has at most 30 stops."),
        TourRefusal.BAD_LINE: _l("Line %(line)s is not like “09:30 market in East Street”."),
        TourRefusal.BACKWARDS: _l("Line %(line)s is not later than the stop before it."),
        TourRefusal.SCORED: _l(
            "A member has judged a stop already, so the plan stays as it is. Nothing was changed."
        ),
        TourRefusal.TOO_EARLY: _l("The group has not been at this stop yet. Come back then."),
        TourRefusal.NO_SCORE: _l("Choose between 1 (poor) and 5 (very good)."),
        TourRefusal.NO_WORDS: _l("Write the report, at most 4,000 characters."),
        TourRefusal.NOTHING: _l("No stop has been judged yet, so there is nothing to report."),
        TourRefusal.PUBLISHED: _l("The report is published. It is not changed any more."),
    }
)
register_actions(
    {
        "team:register": _l("Volunteer team registered"),
        "team:change": _l("Volunteer team changed"),
        "team:end": _l("Volunteer team ended"),
        "team:add_member": _l("Member of a volunteer team entered"),
        "team:change_member": _l("Member of a volunteer team changed"),
        "partner:enter": _l("Organisation that takes part entered"),
        "partner:end": _l("Organisation that takes part ended"),
        "tour:plan": _l("Tour of an inspection group planned"),
        "tour:publish": _l("Report of an inspection group published"),
    }
)
