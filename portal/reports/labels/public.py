"""Words for the public pages of reports: filters, progress, what happens next, looking up."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import gettext, ngettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.tokens import MOST_CHARACTERS
from portal.kernel.words import Words, register
from portal.reports.labels.case import PUBLIC_STATES, STATES
from portal.reports.rules.codes import PublicState, State
from portal.reports.rules.listing import FilterProblem
from portal.reports.rules.personal import Data, Purpose
from portal.reports.rules.track import TrackRefusal
from portal.reports.rules.transitions import public_state

# a matter that ends early skips the steps between
_ENDED_EARLY: Mapping[State, tuple[Words, ...]] = {
    State.NOT_ACCEPTED: (PUBLIC_STATES[PublicState.REPORTED], STATES[State.NOT_ACCEPTED]),
    State.NOT_FILED: (
        PUBLIC_STATES[PublicState.REPORTED],
        PUBLIC_STATES[PublicState.ACCEPTED],
        STATES[State.NOT_FILED],
    ),
    State.WITHDRAWN: (PUBLIC_STATES[PublicState.REPORTED], STATES[State.WITHDRAWN]),
    State.VOID: (PUBLIC_STATES[PublicState.REPORTED], STATES[State.VOID]),
    State.HANDED_OVER: (PUBLIC_STATES[PublicState.REPORTED], STATES[State.HANDED_OVER]),
    State.MERGED: (PUBLIC_STATES[PublicState.REPORTED], STATES[State.MERGED]),
    State.SELF_SOLVED: (PUBLIC_STATES[PublicState.REPORTED], STATES[State.SELF_SOLVED]),
    State.SETTLED: (
        PUBLIC_STATES[PublicState.REPORTED],
        PUBLIC_STATES[PublicState.ACCEPTED],
        STATES[State.SETTLED],
    ),
}

NEXT: Mapping[State, Words] = {
    State.REPORTED: _l("The street desk reads the report and decides whether to accept it."),
    State.ACCEPTED: _l("The street desk looks for the unit that can handle it."),
    State.FILED: _l("The street desk gives it to the unit that can handle it."),
    State.DISPATCHED: _l("The unit goes there, handles it and shows the result."),
    State.HANDLED: _l("Somebody who did not do the work verifies the result."),
    State.REWORK: _l("The unit has to do the work again, and somebody else verifies it."),
    State.REOPENED: _l("The unit has to do the work again, and somebody else verifies it."),
    State.CLOSED: _l("It is settled. Whoever reported it is asked whether the problem is solved."),
    State.NOT_ACCEPTED: _l("Nothing more happens here. The reason stands below."),
    State.NOT_FILED: _l("Nothing more happens here. The reason stands below."),
    State.WITHDRAWN: _l("Whoever reported it took it back. Nothing more happens."),
    State.VOID: _l("It was taken out. The reason stands below."),
    State.HANDED_OVER: _l("The other authority handles it now. Where to ask stands below."),
    State.MERGED: _l("It goes on in the case that it was joined with."),
    State.SELF_SOLVED: _l("Whoever reported it has solved it. Thank you! Nothing more happens."),
    State.SETTLED: _l(
        "The head of the building has solved it, and whoever reported it says so too."
    ),
}


def progress(state: State) -> tuple[list[Words], int]:
    """The names of the steps and the index of the present one; past the end when all are done."""
    early = _ENDED_EARLY.get(state)
    if early is not None:
        return list(early), len(early) - 1
    names = list(PUBLIC_STATES.values())
    if state is State.CLOSED:
        return names, len(names)
    return names, list(PUBLIC_STATES).index(public_state(state))


def state_words(state: State) -> Words:
    """One of the five public words, or how a matter ended early."""
    if state in _ENDED_EARLY:
        return STATES[state]
    return PUBLIC_STATES[public_state(state)]


def took_words(days: int) -> str:
    """How long a matter took, as people say it."""
    if days <= 0:
        return str(gettext("settled on the same day"))
    return str(ngettext("settled in %(num)s day", "settled in %(num)s days", days))


register(
    {
        FilterProblem.LONG_WORDS: _l("That is too long. Please use at most %(count)s characters."),
        FilterProblem.NO_WORDS: _l(
            "There is nothing to search for in these characters. Please use words."
        ),
        FilterProblem.UNKNOWN_AREA: _l(
            "We do not know this place. Please choose one from the list."
        ),
        FilterProblem.UNKNOWN_CATEGORY: _l(
            "We do not know this kind of problem. Please choose one from the list."
        ),
        FilterProblem.UNKNOWN_GROUP: _l(
            "We do not know this kind of problem. Please choose one from the list."
        ),
        FilterProblem.UNKNOWN_STATE: _l(
            "We do not know this progress. Please choose one from the list."
        ),
        FilterProblem.BAD_BOX: _l(
            "We cannot read this part of the map. Please open the map again and choose it there."
        ),
        FilterProblem.UNKNOWN_PLACE_IN_LIST: _l(
            "The list has changed at this point. Please begin with the newest report again."
        ),
        TrackRefusal.NO_MATCH: _l(
            "We cannot open a report with this number and code. Please check both. After five wrong"
            " tries a code is locked for an hour."
        ),
        TrackRefusal.TOO_OFTEN: _l(
            "There were too many tries from here. Please wait an hour, or ask by telephone."
        ),
        TrackRefusal.NOT_A_PHONE: _l("Please give a mobile number, like 138 0000 1200."),
        Data.NAME: _l("The name you left with a report"),
        Data.PHONE: _l("The telephone you left with a report"),
        Data.ACCOUNT: _l("Which reports are yours"),
        Data.PSEUDONYM: _l("A coded mark in place of your name"),
        Data.ACCESS: _l("Coded marks of your receipt and of the links sent to you"),
        Data.WORDS: _l("What you wrote in a report"),
        Data.PHOTO: _l("Photos you sent"),
        Data.POINT: _l("The spot you reported"),
        Data.DRAFT: _l("Reports you have not sent yet"),
        Data.URGE: _l("The days on which you chased a report"),
        Data.ANSWER: _l("What you answered about it, such as a plate or a number"),
        Data.CONSENT: _l("How you agreed that somebody files for you"),
        Data.PAPER: _l("A photo of the paper on which you agreed"),
        Data.VOICE: _l("When you said that a closed matter was still there"),
        Purpose.HANDLE: _l("So that the problem can be handled"),
        Purpose.ANSWER: _l("So that you get an answer"),
        Purpose.PROTECT: _l("So that nothing bad can follow from a report, even after erasure"),
        Purpose.PROVE: _l("So that it can be shown that you agreed"),
        Purpose.FIND: _l("So that you find your report again"),
        Purpose.DRAFT: _l("So that nothing you typed is lost"),
    }
)
FACTS = {FilterProblem.LONG_WORDS: {"count": MOST_CHARACTERS}}

messages.register(
    {"report.link": _l("Your report %(number)s: %(link)s. Whoever has this link sees it.")}
)
