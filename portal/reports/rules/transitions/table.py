"""The one table of what may happen to a case: event, from, to, who, on which conditions."""

from dataclasses import dataclass
from enum import StrEnum

from portal.accounts.rules import Permission
from portal.reports.rules.codes import Event, State
from portal.reports.rules.reasons import (
    EXTEND_REASONS,
    REFUSE_FILING_REASONS,
    REFUSE_REASONS,
    RETURN_REASONS,
    SEND_BACK_REASONS,
    SEVERITIES,
    SPLIT_REASONS,
    SUSPEND_REASONS,
    VOID_REASONS,
    WITHHOLD_REASONS,
    Reason,
)
from portal.reports.rules.transitions.conditions import (
    SORTERS,
    Condition,
    alone,
    as_public_as_the_other,
    by_the_unit_or_in_the_grid,
    has_grades,
    has_question,
    held_there_too,
    into_an_open_case,
    is_paused,
    leads_or_commands,
    may_extend,
    not_of_the_unit,
    not_paused,
    not_the_dispatcher,
    not_the_handler,
    not_urged_today,
    not_who_sent_the_helper,
    not_yet_responded,
    of_one_kind_or_agreed,
)


class Speaks(StrEnum):
    """Whether a step takes words: never, if wanted, always, or with the reason "other"."""

    NOT = "not"
    MAY = "may"
    MUST = "must"
    WHEN_OTHER = "when_other"


@dataclass(frozen=True)
class Transition:
    """One row of the table. ``to`` None leaves the state; ``who`` empty is the reporter alone.

    ``restores``: the step puts back what was, which whoever takes it brings along. ``exclusive``:
    it leaves the state, but of two that race for it one loses. ``by_clock``: time takes it too.
    """

    sources: frozenset[State]
    to: State | None
    who: frozenset[Permission]
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[Reason, ...] = ()
    speaks: Speaks = Speaks.NOT
    public: bool = True
    tells: str | None = None
    lists: bool | None = None
    restores: bool = False
    exclusive: bool = False
    by_clock: bool = False

    @property
    def by_reporter(self) -> bool:
        return not self.who


ALL = frozenset(State)
OPEN = frozenset(
    {
        State.REPORTED,
        State.ACCEPTED,
        State.FILED,
        State.DISPATCHED,
        State.HANDLED,
        State.REWORK,
        State.REOPENED,
    }
)
# still to be done: only here does the handling's time run
UNDONE = OPEN - {State.HANDLED}
SENT_BACK = frozenset({State.REWORK, State.REOPENED})
AT_THE_UNIT = SENT_BACK | {State.DISPATCHED}
UNHANDLED = frozenset({State.REPORTED, State.ACCEPTED, State.FILED, State.DISPATCHED})
WORKERS = frozenset(
    {
        Permission.REPORT_ACCEPT,
        Permission.REPORT_CLOSE,
        Permission.REPORT_DISPATCH,
        Permission.REPORT_HANDLE,
        Permission.REPORT_RESPOND,
        Permission.REPORT_VERIFY,
    }
)
CHECKERS = frozenset({Permission.REPORT_CLOSE, Permission.REPORT_VERIFY})
_CHECKER = (not_the_handler, not_who_sent_the_helper, not_the_dispatcher, not_of_the_unit)

TRANSITIONS: dict[Event, Transition] = {
    Event.ACCEPT: Transition(
        frozenset({State.REPORTED}),
        State.ACCEPTED,
        frozenset({Permission.REPORT_ACCEPT}),
        tells="report.accepted",
        lists=True,
    ),
    Event.REFUSE: Transition(
        frozenset({State.REPORTED}),
        State.NOT_ACCEPTED,
        frozenset({Permission.REPORT_ACCEPT}),
        reasons=REFUSE_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.not_accepted",
    ),
    Event.FILE: Transition(
        frozenset({State.ACCEPTED}),
        State.FILED,
        frozenset(
            {Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH, Permission.REPORT_RESPOND}
        ),
        speaks=Speaks.MAY,
        public=False,
    ),
    Event.REFUSE_FILING: Transition(
        frozenset({State.ACCEPTED}),
        State.NOT_FILED,
        frozenset({Permission.REPORT_ACCEPT}),
        reasons=REFUSE_FILING_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.not_accepted",
    ),
    Event.DISPATCH: Transition(
        frozenset({State.FILED}) | AT_THE_UNIT,
        State.DISPATCHED,
        frozenset({Permission.REPORT_DISPATCH}),
        speaks=Speaks.MAY,
        tells="report.dispatched",
    ),
    Event.RETURN: Transition(
        AT_THE_UNIT,
        State.FILED,
        frozenset({Permission.REPORT_HANDLE}),
        (by_the_unit_or_in_the_grid,),
        reasons=RETURN_REASONS,
        speaks=Speaks.WHEN_OTHER,
        public=False,
    ),
    Event.RESPOND: Transition(
        OPEN - {State.HANDLED},
        None,
        frozenset({Permission.REPORT_RESPOND, Permission.REPORT_HANDLE}),
        (not_yet_responded,),
        speaks=Speaks.MAY,
    ),
    Event.HANDLE: Transition(
        frozenset({State.ACCEPTED, State.FILED}) | AT_THE_UNIT,
        State.HANDLED,
        frozenset({Permission.REPORT_HANDLE}),
        (by_the_unit_or_in_the_grid,),
        speaks=Speaks.MUST,
        tells="report.handled",
    ),
    Event.SEND_BACK: Transition(
        frozenset({State.HANDLED, State.CLOSED}),
        State.REWORK,
        CHECKERS,
        _CHECKER,
        reasons=SEND_BACK_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.sent_back",
    ),
    Event.CLOSE: Transition(
        frozenset({State.HANDLED}),
        State.CLOSED,
        CHECKERS,
        _CHECKER,
        speaks=Speaks.MAY,
        tells="report.closed",
    ),
    Event.REOPEN: Transition(
        frozenset({State.CLOSED}),
        State.REOPENED,
        frozenset(),
        speaks=Speaks.MAY,
        tells="report.sent_back",
    ),
    Event.VOID: Transition(
        OPEN,
        State.VOID,
        frozenset({Permission.REPORT_VOID}),
        reasons=VOID_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.void",
        lists=False,
    ),
    Event.WITHDRAW: Transition(
        UNHANDLED,
        State.WITHDRAWN,
        frozenset(),
        (alone,),
        tells="report.withdrawn",
        lists=False,
    ),
    Event.URGE: Transition(OPEN, None, frozenset(), (not_urged_today,)),
    Event.ADD_PHOTO: Transition(OPEN, None, frozenset(), public=False),
    Event.MODERATE: Transition(
        ALL - {State.VOID, State.WITHDRAWN, State.MERGED},
        None,
        frozenset({Permission.REPORT_MODERATE}),
        reasons=WITHHOLD_REASONS,
        speaks=Speaks.WHEN_OTHER,
        public=False,
    ),
    Event.RECLASSIFY: Transition(
        UNHANDLED,
        None,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        (not_paused,),
        speaks=Speaks.MAY,
    ),
    Event.GRADE_DANGER: Transition(
        OPEN,
        None,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        reasons=SEVERITIES,
        speaks=Speaks.MAY,
        public=False,
        # of two at once the later sees it anew
        exclusive=True,
    ),
    Event.UNDO: Transition(
        UNHANDLED,
        None,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        restores=True,
    ),
    # to a body outside (移送): an end of its own, which is not closed, and may be taken back
    Event.HAND_OVER: Transition(
        UNHANDLED | AT_THE_UNIT,
        State.HANDED_OVER,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        speaks=Speaks.MAY,
        tells="report.handed_over",
    ),
    Event.TAKE_BACK: Transition(
        frozenset({State.HANDED_OVER}),
        State.ACCEPTED,
        frozenset({Permission.REPORT_ACCEPT}),
        speaks=Speaks.MAY,
        tells="report.taken_back",
        lists=True,
    ),
    # what the body outside answered, once the desk has read it
    Event.OUTSIDE_ANSWER: Transition(
        frozenset({State.HANDED_OVER}),
        None,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        speaks=Speaks.MUST,
        tells="report.outside_answer",
    ),
    Event.NOTE: Transition(ALL, None, WORKERS, speaks=Speaks.MUST, public=False),
    Event.ASK: Transition(
        UNDONE,
        None,
        WORKERS,
        (leads_or_commands, not_paused),
        speaks=Speaks.MUST,
        tells="report.asked",
        exclusive=True,
    ),
    Event.REPLY: Transition(
        OPEN, None, frozenset(), (has_question,), speaks=Speaks.MAY, exclusive=True
    ),
    Event.EXTEND: Transition(
        UNDONE,
        None,
        frozenset({Permission.REPORT_DISPATCH}),
        (not_paused, may_extend),
        reasons=EXTEND_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.extended",
        exclusive=True,
    ),
    Event.SUSPEND: Transition(
        UNDONE,
        None,
        frozenset({Permission.REPORT_DISPATCH}),
        (not_paused,),
        reasons=SUSPEND_REASONS,
        speaks=Speaks.WHEN_OTHER,
        tells="report.suspended",
        exclusive=True,
    ),
    Event.RESUME: Transition(
        UNDONE,
        None,
        frozenset({Permission.REPORT_DISPATCH}),
        (is_paused,),
        speaks=Speaks.MAY,
        tells="report.resumed",
        exclusive=True,
        by_clock=True,
    ),
    Event.GRADE: Transition(
        UNDONE,
        None,
        frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH}),
        (has_grades, not_paused),
        speaks=Speaks.MAY,
        public=False,
        exclusive=True,
    ),
    # neighbours: two reports of one problem become one case, and are parted again
    Event.MERGE: Transition(
        OPEN,
        State.MERGED,
        SORTERS,
        (
            held_there_too,
            not_paused,
            into_an_open_case,
            as_public_as_the_other,
            of_one_kind_or_agreed,
        ),
        lists=False,
    ),
    Event.SPLIT: Transition(
        frozenset({State.MERGED}),
        None,
        SORTERS,
        reasons=SPLIT_REASONS,
        speaks=Speaks.WHEN_OTHER,
        restores=True,
    ),
}
