"""What stands in a community: station, heads, organisations, owners' committees, board, notices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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
LONGEST_WORDS: Final = 1000
# of one resident with one head, as long as they are open
MOST_ERRANDS: Final = 5
# so long before its end a term is told at the desk
TERM_ENDS_SOON: Final = timedelta(days=90)
# an owners' committee is filed within thirty days of its election (R051)
FILED_WITHIN: Final = timedelta(days=30)


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
    TAKEN_BACK = "taken_back"


# what the committee decided stays, without the words of whoever raised the issue
STANDING: Final = (IssueState.DECIDED, IssueState.DONE)


class IssueStep(StrEnum):
    """What the committee does with an issue."""

    SHOW = "show"
    REFUSE = "refuse"
    DECIDE = "decide"
    DONE = "done"


@dataclass(frozen=True)
class IssueEdge:
    """Where a step leads, and in which column its words stand."""

    to: IssueState
    column: str = ""


_STEPS: Final[Mapping[tuple[IssueState, IssueStep], IssueEdge]] = {
    (IssueState.WAITING, IssueStep.SHOW): IssueEdge(IssueState.OPEN),
    (IssueState.WAITING, IssueStep.REFUSE): IssueEdge(IssueState.REFUSED, "refused_why"),
    (IssueState.OPEN, IssueStep.DECIDE): IssueEdge(IssueState.DECIDED, "decision"),
    (IssueState.DECIDED, IssueStep.DONE): IssueEdge(IssueState.DONE, "result"),
}


def step_of(state: IssueState, step: IssueStep) -> IssueEdge | None:
    """Where a step leads from a state; None where it is not open."""
    return _STEPS.get((state, step))


def steps_from(state: IssueState) -> tuple[IssueStep, ...]:
    """The steps that are open."""
    return tuple(step for start, step in _STEPS if start is state)


class NoticeKind(StrEnum):
    """What hangs on the board."""

    NOTICE = "notice"
    CONVENTION = "convention"
    MEETING = "meeting"
    RESULT = "result"
    SERVICE = "service"


class ErrandState(StrEnum):
    """Where what a head was asked to do stands."""

    OPEN = "open"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class CommunityRefusal(StrEnum):
    """Why something of a community is not written down."""

    PHONE = "community.phone"
    MOBILE = "community.mobile"
    HOURS = "community.hours"
    CHANGED = "community.changed"
    DAYS = "community.days"
    ENDED = "community.ended"
    NOBODY = "community.nobody"
    NO_NAME = "community.no_name"
    TOO_MANY = "community.too_many"
    OWN = "community.own"
    MONTH = "community.month"
    NOTHING_CHOSEN = "community.nothing_chosen"
    TOO_MANY_CHOSEN = "community.too_many_chosen"
    ONE_COMMITTEE = "community.one_committee"
    FILING = "community.filing"
    FILED = "community.filed"
    TOO_MANY_PROPOSALS = "community.too_many_proposals"
    NO_UNIT = "community.no_unit"
    NO_REASON = "community.no_reason"
    STATE = "community.state"


class ListProblem(StrEnum):
    """What is wrong with a table of heads or services, or with a line of it."""

    UNREADABLE = "community_list.unreadable"
    TOO_LARGE = "community_list.too_large"
    NO_COLUMN = "community_list.no_column"
    EMPTY = "community_list.empty"
    BAD_LINES = "community_list.bad_lines"
    SPOILED = "community_list.spoiled"
    MISSING = "community_list.missing"
    LONG = "community_list.long"
    OFFICE = "community_list.office"
    DAY = "community_list.day"
    TWICE = "community_list.twice"


class TermAlarm(StrEnum):
    """What somebody must look after in the register of owners' committees."""

    OVER = "over"
    SOON = "soon"
    NOT_FILED = "not_filed"


def term_alarms(
    elected_on: date, term_ends_on: date, filed_on: date | None, on: date
) -> tuple[TermAlarm, ...]:
    """What is due on a day: a term that is over or ends soon, an election that was not filed."""
    found = list[TermAlarm]()
    if term_ends_on < on:
        found.append(TermAlarm.OVER)
    elif term_ends_on <= on + TERM_ENDS_SOON:
        found.append(TermAlarm.SOON)
    if filed_on is None and elected_on + FILED_WITHIN < on:
        found.append(TermAlarm.NOT_FILED)
    return tuple(found)


def holds_on(starts_on: date, ends_on: date | None, on: date) -> bool:
    """Whether a term holds on a day; its last day belongs to it."""
    return starts_on <= on and (ends_on is None or ends_on >= on)
