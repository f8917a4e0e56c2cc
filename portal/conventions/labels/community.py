"""Words for what stands in a community."""

from collections.abc import Mapping
from typing import Final

from portal.accounts.labels import register_actions
from portal.conventions.rules.community import (
    BodyKind,
    CommunityRefusal,
    ErrandState,
    HandlingEnd,
    HeadRole,
    IssueState,
    IssueStep,
    ListProblem,
    NoticeKind,
    Party,
    TermAlarm,
)
from portal.conventions.service.errands import HeadTold
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

ROLES: Final[Mapping[HeadRole, Words]] = {
    HeadRole.BUILDING: _l("building head"),
    HeadRole.ROAD: _l("road head"),
    HeadRole.LIAISON: _l("liaison officer"),
}
BODIES: Final[Mapping[BodyKind, Words]] = {
    BodyKind.RESIDENTS: _l("self-discipline organisation of residents"),
    BodyKind.VILLAGERS: _l("self-discipline organisation of villagers"),
    BodyKind.OWNERS: _l("self-discipline organisation of owners"),
    BodyKind.TRADE: _l("self-discipline organisation of a trade"),
    BodyKind.SOCIAL: _l("social organisation"),
    BodyKind.COUNCIL: _l("residents’ council"),
}
PARTIES: Final[Mapping[Party, Words]] = {
    Party.GOVERNMENT: _l("The government guides"),
    Party.STREET: _l("The street leads"),
    Party.COMMUNITY: _l("The community organises"),
    Party.PROPERTY_FIRM: _l("The property firm serves"),
    Party.RESIDENTS: _l("The residents govern themselves"),
}
OUTCOMES: Final[Mapping[HandlingEnd, Words]] = {
    HandlingEnd.SETTLED: _l("settled inside the building or street"),
    HandlingEnd.AGREED: _l("those concerned have agreed"),
    HandlingEnd.NOT_SETTLED: _l("not settled"),
    HandlingEnd.HANDED_ON: _l("handed on to those in charge"),
}
ERRANDS: Final[Mapping[ErrandState, Words]] = {
    ErrandState.OPEN: _l("open"),
    ErrandState.DONE: _l("answered"),
    ErrandState.TAKEN_BACK: _l("taken back"),
}
NOTICES: Final[Mapping[NoticeKind, Words]] = {
    NoticeKind.NOTICE: _l("Notice"),
    NoticeKind.CONVENTION: _l("Convention"),
    NoticeKind.MEETING: _l("Meeting"),
    NoticeKind.RESULT: _l("Result"),
    NoticeKind.SERVICE: _l("Service"),
}
ISSUES: Final[Mapping[IssueState, Words]] = {
    IssueState.WAITING: _l("is being checked"),
    IssueState.OPEN: _l("being discussed"),
    IssueState.DECIDED: _l("decided"),
    IssueState.DONE: _l("done"),
    IssueState.REFUSED: _l("not shown"),
    IssueState.TAKEN_BACK: _l("taken back"),
}
STEPS: Final[Mapping[IssueStep, Words]] = {
    IssueStep.SHOW: _l("Show it to everybody"),
    IssueStep.REFUSE: _l("Do not show it"),
    IssueStep.DECIDE: _l("Write down what was decided"),
    IssueStep.DONE: _l("Say what came of it"),
}
ALARMS: Final[Mapping[TermAlarm, Words]] = {
    TermAlarm.OVER: _l("The term is over"),
    TermAlarm.SOON: _l("The term ends soon"),
    TermAlarm.NOT_FILED: _l("Not filed within 30 days of the election"),
}

register(
    {
        ListProblem.UNREADABLE: _l("This file cannot be read. Is it a CSV or XLSX file?"),
        ListProblem.TOO_LARGE: _l("A table has at most %(most)s lines."),
        ListProblem.NO_COLUMN: _l("A column is missing. The sentence above the form names them."),
        ListProblem.EMPTY: _l("Please choose a file with at least one line."),
        ListProblem.BAD_LINES: _l("Nothing was taken over. These lines are to be put right first."),
        ListProblem.SPOILED: _l("a spreadsheet has spoiled this line"),
        ListProblem.MISSING: _l("something that is needed is missing"),
        ListProblem.LONG: _l("too long"),
        ListProblem.OFFICE: _l("not a building head, road head or liaison officer"),
        ListProblem.DAY: _l("not a day like 2026-07-01"),
        ListProblem.TWICE: _l("stands there already"),
    }
)
register(
    {
        CommunityRefusal.ONE_COMMITTEE: _l(
            "This estate has an owners’ committee already. Please end that one first."
        ),
        CommunityRefusal.FILING: _l(
            "A filing has a number and a day, not before the election and not in the future."
        ),
        CommunityRefusal.FILED: _l("This committee is filed already."),
        CommunityRefusal.TOO_MANY_PROPOSALS: _l("No more proposals are taken for this issue."),
        CommunityRefusal.NO_UNIT: _l("You do not act for a unit."),
        CommunityRefusal.NO_REASON: _l("Please write down why, or what was decided."),
        CommunityRefusal.STATE: _l("This step is not open now."),
        CommunityRefusal.PHONE: _l("This is no telephone number."),
        CommunityRefusal.MOBILE: _l(
            "Everybody reads this: please give the number of the office, not a mobile number."
        ),
        CommunityRefusal.HOURS: _l(
            "Please choose days, and times that follow one another, like 08:30 to 12:00."
        ),
        CommunityRefusal.CHANGED: _l(
            "Somebody else changed this meanwhile. Please open the page again and compare."
        ),
        CommunityRefusal.DAYS: _l("These days or times do not fit together."),
        CommunityRefusal.ENDED: _l("This has already ended."),
        CommunityRefusal.NOBODY: _l("Nobody has an account with this telephone number."),
        CommunityRefusal.NO_NAME: _l("Please write a name."),
        CommunityRefusal.TOO_MANY: _l(
            "%(most)s of yours wait for an answer already. Please wait, or call the station."
        ),
        CommunityRefusal.OWN: _l("This is your own. Please leave it to a colleague."),
        CommunityRefusal.MONTH: _l("Write a month like 2026-12."),
        CommunityRefusal.NOTHING_CHOSEN: _l("Please choose at least one notice."),
        CommunityRefusal.TOO_MANY_CHOSEN: _l("One sheet has room for %(most)s notices."),
    }
)
register_actions(
    {
        "community:hide_name": _l("no longer showed a name, because consent was taken back"),
    }
)
messages.register(
    {
        HeadTold.ASKED.value: _l(
            "As a head of your community you have a new matter: %(origin)s/me/offices/"
        ),
        HeadTold.ANSWERED.value: _l("A head of your community has answered: %(origin)s/me/asked/"),
    }
)
