"""Words for the list of who is responsible, and for what it does with a case."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from portal.kernel import messages
from portal.kernel.i18n import current_language, in_words
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register, say
from portal.organisations.queries import OrganisationRow
from portal.organisations.rules import OrganisationKind
from portal.reports.rules.routing import (
    Basis,
    CaseKey,
    ListRefusal,
    Receiver,
    Responsibility,
    RoadClass,
    Route,
    RoutingRefusal,
)

BASES: Mapping[Basis, Words] = {
    Basis.LISTED: _l("The responsibility list names this unit."),
    Basis.NOBODY_NAMED: _l("Nobody is named for it in the list: it went to the next in line."),
    Basis.CHOSEN: _l("The desk chose this unit."),
    Basis.CONTRACT: _l("It manages the contract of the firm complained of."),
}
# without naming whom (law P5)
BASES_HIDDEN: Mapping[Basis, Words] = {
    Basis.LISTED: _l("It went to the unit that the responsibility list names."),
    Basis.NOBODY_NAMED: BASES[Basis.NOBODY_NAMED],
    Basis.CHOSEN: _l("The desk chose the unit."),
    Basis.CONTRACT: _l("It went to whoever manages the contract of the firm complained of."),
}

# a unit of a kind, as a row names it
NEAREST: Mapping[OrganisationKind, Words] = {
    OrganisationKind.STREET_OFFICE: _l("The street office of the place"),
    OrganisationKind.DEPARTMENT: _l("The department in charge"),
    OrganisationKind.DISTRICT_CENTRE: _l("The district's service centre"),
    OrganisationKind.COMPANY: _l("The service company of the place"),
    OrganisationKind.TEAM: _l("The team of the place"),
    OrganisationKind.COMMITTEE: _l("The community committee of the place"),
    OrganisationKind.STATION: _l("The station of the place"),
    OrganisationKind.SOCIAL_ORG: _l("The social organisation of the place"),
    OrganisationKind.JOINT_MEETING: _l("The joint meeting of the city"),
}

register(
    {
        CaseKey.AREA_M2: _l("Size of the building in square metres"),
        CaseKey.ROAD_CLASS: _l("Class of the road"),
        CaseKey.PERMIT_HOLDER: _l("Unit that gave a permit"),
        CaseKey.UNIT_COMPLAINED_OF: _l("Unit complained of"),
        RoadClass.MAIN_ROAD: _l("Main road"),
        RoadClass.BACK_STREET: _l("Back street"),
        RoutingRefusal.NOT_ADMITTED: _l(
            "This kind of matter is not on the list of what communities may be given. Choose"
            " another unit."
        ),
        RoutingRefusal.COMPLAINED_OF: _l(
            "The complaint is about this unit or one it belongs to, so it never goes there."
        ),
        RoutingRefusal.INSPECTION_ONLY: _l(
            "A complaint about how rules were enforced goes to the inspectors whom the list names."
        ),
        RoutingRefusal.COMPLAINED_UNKNOWN: _l(
            "Enter first which unit is complained of, so that it does not get the complaint."
        ),
        RoutingRefusal.CO_UNIT_LEADS: _l("A unit cannot lead and support at once."),
        RoutingRefusal.TOO_MANY_CO_UNITS: _l("Choose no more than %(most)s supporting units."),
        RoutingRefusal.BAD_AREA: _l("Write a whole number of square metres."),
        RoutingRefusal.BAD_VALUE: _l("Choose one of the list."),
        RoutingRefusal.NO_CO_UNIT: _l("Your unit does not support this case any more."),
        RoutingRefusal.WITHOUT_NEW_WORK: _l(
            "This company is given no new work: it is not yet active, suspended, or has left."
        ),
        ListRefusal.UNKNOWN_AREA: _l("No place has this code."),
        ListRefusal.UNKNOWN_CATEGORY: _l("This kind of problem is not in use. Choose another."),
        ListRefusal.BAD_RECEIVER: _l(
            "Choose a kind of unit, or write the code of a unit that handles matters."
        ),
        ListRefusal.BAD_CO_UNITS: _l(
            "Write up to %(most)s codes of other units that handle matters, with spaces between."
        ),
        ListRefusal.BAD_DATES: _l("The last day must be after the first day."),
        ListRefusal.PAST: _l("The list is not changed for days that are over. Choose a later day."),
        ListRefusal.NO_SOURCE: _l(
            "Write which law or list says so, in no more than %(most)s characters."
        ),
        ListRefusal.TWO_KINDS: _l("Choose a kind of problem or a group, not both."),
        ListRefusal.NO_KIND: _l("Choose a kind of problem or a group."),
        ListRefusal.BAD_SIZES: _l("A row speaks of sizes up to a number, or over it."),
        ListRefusal.CONFLICT: _l(
            "Row %(row)s speaks of the same matters at the same time. End that one first."
        ),
        ListRefusal.ALREADY_ENDED: _l("This row has its last day already. Nothing was changed."),
    }
)

messages.register(
    {
        "desk.supports": _l(
            "Your unit is asked to support case %(number)s: %(category)s, %(place)s. Please confirm"
            " that you have read it: %(link)s"
        ),
    }
)


def receiver_words(receiver: Receiver, units: Mapping[str, OrganisationRow]) -> str:
    """Who a row names."""
    if receiver.issuer:
        return str(_("The unit that gave the permit"))
    if receiver.code is not None:
        unit = units.get(receiver.code)
        return in_words(unit.names) if unit else receiver.code
    nearest = str(NEAREST[receiver.kind]) if receiver.kind else ""
    if receiver.trade is None:
        return nearest
    return str(_("%(what)s (%(n)s)", what=nearest, n=say(receiver.trade)))


def whole_day(day: date) -> str:
    """A day of the list, always with its year."""
    language = current_language()
    # British English, as everywhere on these pages
    return str(format_date(day, "d MMMM y" if language == "en" else "long", locale=language))


def route_words(route: Route) -> str:
    """Why a unit is offered first."""
    if route.contract is not None:
        words = _("It manages contract %(number)s; the contractor is complained of")
        return str(words) % {"number": route.contract.number}
    if route.row is None:
        return str(
            _("Nobody is named for it in the responsibility list: this unit is the next in line")
        )
    day = whole_day(route.row.valid_from)
    return str(
        _(
            "The responsibility list names it, since %(day)s: %(source)s",
            day=day,
            source=route.row.source,
        )
    )


def condition_words(row: Responsibility) -> list[str]:
    """What must be known of a matter besides its place and kind."""
    found = []
    if row.on_permit:
        found.append(str(_("Where a permit was given")))
    if row.area_at_most is not None:
        found.append(str(_("Up to %(size)s m²", size=row.area_at_most)))
    if row.area_over is not None:
        found.append(str(_("Over %(size)s m²", size=row.area_over)))
    if row.tag is not None:
        found.append(say(row.tag))
    if row.road_class is not None:
        found.append(say(row.road_class))
    return found
