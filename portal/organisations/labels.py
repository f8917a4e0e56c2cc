"""Words for the codes of organisations."""

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.organisations.rules import (
    CompanyStanding,
    OrganisationKind,
    OrganisationRefusal,
    Trade,
)

register(
    {
        OrganisationKind.STREET_OFFICE: _l("Street office"),
        OrganisationKind.DEPARTMENT: _l("Department"),
        OrganisationKind.DISTRICT_CENTRE: _l("District service centre"),
        OrganisationKind.COMPANY: _l("Service company"),
        OrganisationKind.TEAM: _l("Team"),
        OrganisationKind.COMMITTEE: _l("Community committee"),
        OrganisationKind.STATION: _l("Station"),
        OrganisationKind.SOCIAL_ORG: _l("Social organisation"),
        OrganisationKind.JOINT_MEETING: _l("Joint meeting"),
        Trade.CIVIL_AFFAIRS: _l("Civil affairs"),
        Trade.PUBLIC_SECURITY: _l("Public security"),
        Trade.ENVIRONMENT: _l("Environmental protection"),
        Trade.PLANNING_BUILDING: _l("Planning and building"),
        Trade.TRANSPORT: _l("Transport"),
        Trade.WATER: _l("Water"),
        Trade.CITY_MANAGEMENT: _l("City management"),
        Trade.FORESTRY: _l("Forestry"),
        Trade.FOOD_DRUGS: _l("Food and drugs"),
        Trade.MARKET: _l("Market supervision"),
        Trade.WORK_SAFETY: _l("Work safety"),
        Trade.SANITATION: _l("Sanitation"),
        Trade.GREENERY: _l("Greenery"),
        Trade.UTILITIES: _l("Public utilities"),
        OrganisationRefusal.CODE_TAKEN: _l("Another organisation has this code."),
        OrganisationRefusal.BAD_CODE: _l("A code has capital letters, digits and hyphens only."),
        OrganisationRefusal.NO_NAME: _l("Write the name in simplified Chinese."),
        OrganisationRefusal.LONG_NAME: _l("This name is too long."),
        OrganisationRefusal.BAD_DATES: _l("The last day must be after the first day."),
        OrganisationRefusal.BAD_PHONE: _l("This is not a telephone number."),
        OrganisationRefusal.UNKNOWN_AREA: _l("No place has this code."),
        OrganisationRefusal.UNKNOWN_PARENT: _l("No organisation has this code."),
        OrganisationRefusal.UNKNOWN_SUCCESSOR: _l(
            "The successor must be an organisation that has not ended."
        ),
        OrganisationRefusal.OWN_SUCCESSOR: _l("An organisation cannot follow itself."),
        OrganisationRefusal.ALREADY_ENDED: _l("This organisation has ended. Nothing was changed."),
        OrganisationRefusal.STOOD_OTHERWISE: _l(
            "How the company stands was changed meanwhile. Nothing was changed now."
        ),
        OrganisationRefusal.WITHOUT_NEW_WORK: _l(
            "This company is given no new work: it is not yet active, suspended, or has left."
        ),
        CompanyStanding.ADMITTED: _l("Admitted"),
        CompanyStanding.ACTIVE: _l("In service"),
        CompanyStanding.WARNED: _l("Warned"),
        CompanyStanding.SUSPENDED: _l("Given no new work"),
        CompanyStanding.EXITED: _l("Left the list"),
    }
)
