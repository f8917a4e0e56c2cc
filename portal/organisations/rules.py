"""What an organisation is: its kind, its code and its term. Pure."""

import re
from enum import StrEnum

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}\Z", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 -]{2,30}\Z", re.ASCII)
CODE_LENGTH = 40
NAME_LENGTH = 120


class OrganisationKind(StrEnum):
    """What sort of unit: it says what may be dispatched to it and who stands behind it."""

    STREET_OFFICE = "street_office"
    DEPARTMENT = "department"
    DISTRICT_CENTRE = "district_centre"
    COMPANY = "company"
    TEAM = "team"
    COMMITTEE = "committee"
    STATION = "station"
    SOCIAL_ORG = "social_org"
    # decides what units dispute (R181); it handles nothing itself
    JOINT_MEETING = "joint_meeting"


# units that may be given a matter to handle
HANDLING_KINDS = frozenset(OrganisationKind) - {
    OrganisationKind.SOCIAL_ORG,
    OrganisationKind.JOINT_MEETING,
}

# the offices of a place: whoever holds a role in the place works for them
GOVERNING_KINDS = frozenset(
    {
        OrganisationKind.STREET_OFFICE,
        OrganisationKind.DISTRICT_CENTRE,
        OrganisationKind.COMMITTEE,
        OrganisationKind.STATION,
    }
)


# a contract is made with a firm, or with a unit of the city that works like one
CONTRACTOR_KINDS = frozenset({OrganisationKind.COMPANY, OrganisationKind.TEAM})


class CompanyStanding(StrEnum):
    """How a service company stands between its entry (准入) and its exit (退出) (R250)."""

    ADMITTED = "admitted"
    ACTIVE = "active"
    WARNED = "warned"
    SUSPENDED = "suspended"
    EXITED = "exited"


# whoever stands so is given nothing new; what it has it finishes or gives back
WITHOUT_NEW_WORK = frozenset(
    {CompanyStanding.ADMITTED, CompanyStanding.SUSPENDED, CompanyStanding.EXITED}
)


class Trade(StrEnum):
    """The eleven departments that the policy text names (R027), and those a city adds."""

    CIVIL_AFFAIRS = "civil_affairs"
    PUBLIC_SECURITY = "public_security"
    ENVIRONMENT = "environment"
    PLANNING_BUILDING = "planning_building"
    TRANSPORT = "transport"
    WATER = "water"
    CITY_MANAGEMENT = "city_management"
    FORESTRY = "forestry"
    FOOD_DRUGS = "food_drugs"
    MARKET = "market"
    WORK_SAFETY = "work_safety"
    SANITATION = "sanitation"
    GREENERY = "greenery"
    UTILITIES = "utilities"


class OrganisationRefusal(StrEnum):
    """Why a change of the register is not made."""

    CODE_TAKEN = "organisation.code_taken"
    BAD_CODE = "organisation.bad_code"
    NO_NAME = "organisation.no_name"
    LONG_NAME = "organisation.long_name"
    BAD_DATES = "organisation.bad_dates"
    BAD_PHONE = "organisation.bad_phone"
    UNKNOWN_AREA = "organisation.unknown_area"
    UNKNOWN_PARENT = "organisation.unknown_parent"
    UNKNOWN_SUCCESSOR = "organisation.unknown_successor"
    OWN_SUCCESSOR = "organisation.own_successor"
    ALREADY_ENDED = "organisation.already_ended"
    STOOD_OTHERWISE = "organisation.stood_otherwise"
    WITHOUT_NEW_WORK = "organisation.without_new_work"


def is_code(text: str) -> bool:
    """Whether a text can be an organisation's code: capitals, digits and hyphens."""
    return _CODE.match(text) is not None


def is_phone(text: str) -> bool:
    """Whether a text can be an office telephone (short numbers like 12345 too)."""
    return _PHONE.match(text) is not None
