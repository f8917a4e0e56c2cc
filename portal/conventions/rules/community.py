"""What stands in a community: station, heads, organisations, owners' committees, board, notices."""

from enum import StrEnum
from typing import Final

LONGEST_NAME: Final = 80
LONGEST_ADDRESS: Final = 160
LONGEST_HOURS: Final = 160
LONGEST_PHONE: Final = 40
LONGEST_TITLE: Final = 120
LONGEST_NOTICE: Final = 8000
LONGEST_COVERS: Final = 120
MONTH_LENGTH: Final = 7


class HeadRole(StrEnum):
    """楼长 路长 联络员 (R174, R252)."""

    BUILDING = "building"
    ROAD = "road"
    LIAISON = "liaison"


class BodyKind(StrEnum):
    """Self-discipline organisations (R256) and other groups of residents."""

    RESIDENTS = "residents"
    VILLAGERS = "villagers"
    OWNERS = "owners"
    TRADE = "trade"
    SOCIAL = "social"
    COUNCIL = "council"


class Party(StrEnum):
    """The five parties of an estate (R136)."""

    GOVERNMENT = "government"
    STREET = "street"
    COMMUNITY = "community"
    PROPERTY_FIRM = "property_firm"
    RESIDENTS = "residents"


class HandlingWay(StrEnum):
    """What a community may do under a clause: never a fine (R254). ``PUT_RIGHT``: it was seen to by
    the neighbours themselves, whoever had caused it (R282)."""

    PUT_RIGHT = "put_right"
    PERSUADE = "persuade"
    REMIND = "remind"
    MEDIATE = "mediate"


class HandlingEnd(StrEnum):
    """What came of it."""

    SETTLED = "settled"
    AGREED = "agreed"
    NOT_SETTLED = "not_settled"
    HANDED_ON = "handed_on"


class IssueState(StrEnum):
    """Where an issue of the co-governance board stands (R114)."""

    WAITING = "waiting"
    OPEN = "open"
    DECIDED = "decided"
    DONE = "done"
    REFUSED = "refused"


class NoticeKind(StrEnum):
    """What hangs on the board."""

    NOTICE = "notice"
    CONVENTION = "convention"
    MEETING = "meeting"
    RESULT = "result"
    SERVICE = "service"
