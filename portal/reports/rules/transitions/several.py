"""The rows of the table about several units: parts of a matter, and what units dispute."""

from portal.accounts.rules import Permission
from portal.reports.rules.codes import Event, State
from portal.reports.rules.transitions.parts import (
    before_the_meeting,
    by_itself,
    is_disputed,
    may_have_parts,
    no_part,
    not_before_the_meeting,
    parts_ended,
)
from portal.reports.rules.transitions.table import (
    AT_THE_UNIT,
    TRANSITIONS,
    UNDONE,
    Speaks,
    Transition,
)

_ROWS: dict[Event, Transition] = {
    # several units for one matter: the desk splits off parts; the whole waits until all have ended
    Event.SPLIT_OFF: Transition(
        frozenset({State.ACCEPTED, State.FILED}) | AT_THE_UNIT,
        None,
        frozenset({Permission.REPORT_DISPATCH}),
        (no_part, may_have_parts),
        tells="report.several_units",
        # who handles or ends the whole at the same moment loses, or is first
        exclusive=True,
    ),
    Event.PARTS_DONE: Transition(
        UNDONE,
        None,
        frozenset({Permission.REPORT_DISPATCH}),
        (by_itself, no_part, parts_ended),
        by_clock=True,
    ),
    # what units pass back and forth is decided by the joint meeting, and its word binds (R181)
    Event.ESCALATE: Transition(
        frozenset({State.FILED}) | AT_THE_UNIT,
        None,
        frozenset({Permission.DISPUTE_SETTLE}),
        (is_disputed, not_before_the_meeting),
        speaks=Speaks.MUST,
        public=False,
        exclusive=True,
    ),
    Event.RESOLVE: Transition(
        frozenset({State.FILED}) | AT_THE_UNIT,
        None,
        frozenset({Permission.DISPUTE_SETTLE}),
        (before_the_meeting,),
        speaks=Speaks.MUST,
        public=False,
        exclusive=True,
    ),
}
# the one table that every question is asked of
TABLE: dict[Event, Transition] = {**TRANSITIONS, **_ROWS}
