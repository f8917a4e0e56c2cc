"""Ends without a unit: solved by whoever reported it, or by the head of her building."""

from portal.accounts.rules import Permission
from portal.reports.rules.codes import Event, State
from portal.reports.rules.transitions.conditions import (
    alone,
    checked_if_a_hazard,
    is_awaited,
    not_awaited,
    not_of_the_unit,
    not_the_dispatcher,
    not_the_filer,
    not_the_handler,
    not_who_sent_the_helper,
    not_yet_confirmed,
    small_and_inside,
)
from portal.reports.rules.transitions.parts import parts_ended
from portal.reports.rules.transitions.rows import UNDONE, Speaks, Transition

# who verifies is nobody who had a hand in it, and not while the reporter herself is asked
CHECKER = (
    not_the_handler,
    not_who_sent_the_helper,
    not_the_dispatcher,
    not_of_the_unit,
    not_the_filer,
    not_awaited,
)

OTHER_ENDS: dict[Event, Transition] = {
    # 自行解决 (R276): her word and her photo end it; the desk agrees afterwards, or doubts it
    Event.SELF_SOLVE: Transition(
        UNDONE,
        State.SELF_SOLVED,
        frozenset(),
        (alone, checked_if_a_hazard, parts_ended),
        speaks=Speaks.MUST,
    ),
    Event.CONFIRM_SOLVED: Transition(
        frozenset({State.SELF_SOLVED}),
        None,
        frozenset({Permission.REPORT_ACCEPT}),
        (not_the_filer, not_yet_confirmed),
        tells="report.self_solved",
        lists=True,
        exclusive=True,
    ),
    Event.DOUBT: Transition(
        frozenset({State.SELF_SOLVED}),
        State.ACCEPTED,
        frozenset({Permission.REPORT_ACCEPT}),
        speaks=Speaks.MUST,
        tells="report.doubted",
        lists=True,
    ),
    # 楼长: small matters inside a building; what was given to a unit is the unit's
    Event.SETTLE: Transition(
        frozenset({State.ACCEPTED, State.FILED}),
        State.HANDLED,
        frozenset({Permission.REPORT_SETTLE}),
        (small_and_inside, parts_ended),
        speaks=Speaks.MUST,
        tells="report.settled",
    ),
    Event.CONFIRM: Transition(
        frozenset({State.HANDLED}),
        State.SETTLED,
        frozenset(),
        (is_awaited,),
    ),
    Event.DENY: Transition(
        frozenset({State.HANDLED}),
        State.REOPENED,
        frozenset(),
        (is_awaited,),
        speaks=Speaks.MAY,
        tells="report.sent_back",
    ),
}
