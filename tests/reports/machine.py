"""How the machine of ``test_loop_machine.py`` takes each step, and who may: once more by hand."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Missing
from portal.kernel.ids import new_id
from portal.kernel.uploads import KeptPhotos
from portal.reports.queries.case import CaseRow, reporters_of
from portal.reports.rules.codes import Event, Means, State
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import (
    OPEN,
    TRANSITIONS,
    UNDONE,
    ActorFacts,
    Speaks,
    why_not,
)
from portal.reports.service.clockwork import (
    answer_question,
    ask_reporter,
    extend_case,
    resume_case,
    suspend_case,
)
from portal.reports.service.handling import reopen_case, send_back_case
from portal.reports.service.loop import Brought, facts_of, move_case, who_acts
from portal.reports.service.merging import merge_case, split_case
from portal.reports.service.outside import HandOver, hand_over_case
from tests.make import reports
from tests.reports.test_transitions import MOVES

UNIT = new_id()
HOURS = (1, 5, 30, 130)
DESK, WORKER, CHECKER = reports.desk(), reports.handler(UNIT), reports.verifier()
SUPERVISOR = reports.supervisor()
PEOPLE: dict[str, Actor | None] = {
    "desk": DESK,
    "worker": WORKER,
    "checker": CHECKER,
    "reporter": None,
}
# steps that stop, lengthen or measure the time: who may take them, by hand
CLOCK = {
    Event.ASK: {"desk", "worker", "checker"},
    Event.EXTEND: {"desk"},
    Event.SUSPEND: {"desk"},
    Event.RESUME: {"desk"},
    Event.REPLY: {"reporter"},
}
# who may take a moving step, by hand
RIGHT = {
    Event.ACCEPT: "desk",
    Event.REFUSE: "desk",
    Event.FILE: "desk",
    Event.REFUSE_FILING: "desk",
    Event.DISPATCH: "desk",
    Event.VOID: "desk",
    Event.HAND_OVER: "desk",
    Event.TAKE_BACK: "desk",
    Event.HANDLE: "worker",
    Event.RETURN: "worker",
    Event.CLOSE: "checker",
    Event.SEND_BACK: "checker",
    Event.REOPEN: "reporter",
    Event.WITHDRAW: "reporter",
    Event.MERGE: "desk",
    Event.SPLIT: "desk",
}
# edges that are walked by tests of their own, and why not here
ELSEWHERE = {
    Event.REPORT: "the beginning of every walk",
    Event.UNDO: "only a batch takes it: test_desk_batches.py",
    Event.RECLASSIFY: "gives another limit, so that the promise may come nearer: test_deadlines.py",
    Event.GRADE: "the same: test_limits of test_deadlines.py",
}
DRIVEN = sorted(event for event in TRANSITIONS if event not in ELSEWHERE)


@dataclass(frozen=True)
class Walk:
    """Where a walk stands: one report, the other one, and the time."""

    session: Session
    case: CaseRow
    other: CaseRow
    now: datetime

    @property
    def stopped(self) -> bool:
        return self.case.paused_until is not None and self.now < self.case.paused_until


def fits(walk: Walk, event: Event, who: str) -> bool:
    """The oracle: the edge exists, the right person takes it, and the unit has the case."""
    case = walk.case
    if event in CLOCK:
        return _clock_fits(walk, event, who)
    if event is Event.MERGE:
        both = case.state in OPEN and walk.other.state in OPEN
        return who == "desk" and both and not walk.stopped
    if event is Event.SPLIT:
        return who == "desk" and case.state is State.MERGED
    if event not in RIGHT:
        return _by_table(walk, event, who)
    if (case.state, event) not in MOVES:
        return False
    if who == "desk" and event in {Event.CLOSE, Event.SEND_BACK}:
        # the desk's second officer may verify as well, unless she dispatched the case
        return case.dispatcher_id != DESK.person_id
    if event is Event.WITHDRAW and len(reporters_of(walk.session, case)) != 1:
        return False
    has_it = case.unit_id == UNIT or event not in {Event.HANDLE, Event.RETURN}
    return RIGHT[event] == who and has_it


def _clock_fits(walk: Walk, event: Event, who: str) -> bool:
    """What may be done to the time."""
    case, now = walk.case, walk.now
    if who not in CLOCK[event] or (who == "worker" and case.unit_id != UNIT):
        return False
    if event is Event.REPLY:
        return case.state in OPEN and case.question_open and bool(reporters_of(walk.session, case))
    if event is Event.EXTEND:
        ran_out = case.paused_until is not None and not walk.stopped
        due = case.promise_if_over if ran_out else case.promised_at
        if case.times_extended or due is None or due < now:
            return False
    return case.state in UNDONE and walk.stopped is (event is Event.RESUME)


def _by_table(walk: Walk, event: Event, who: str) -> bool:
    """Steps that nobody judged by hand yet: what the table itself says."""
    actor, case = PEOPLE[who], walk.case
    if actor is None:
        if not reporters_of(walk.session, case):
            return False
        facts = ActorFacts(is_reporter=True)
    else:
        facts = who_acts(walk.session, actor, case)
    now = replace(facts_of(walk.session, case, now=walk.now), urged_today=False)
    return why_not(event, now, facts, _brought(event).offer) is None


def _brought(event: Event) -> Brought:
    """What a step needs, and no more."""
    row = TRANSITIONS[event]
    return Brought(
        reason=row.reasons[0] if row.reasons else None,
        words="done" if row.speaks is Speaks.MUST else None,
        unit_id=UNIT if event is Event.DISPATCH else None,
        photos=(reports.AFTER_PHOTO,) if event in {Event.HANDLE, Event.ADD_PHOTO} else (),
        means=Means.SERVICE if event is Event.CLOSE else None,
    )


def drive(walk: Walk, event: Event, who: str) -> None:
    """The step by its own service; whoever cannot even reach that tries the loop itself."""
    actor = PEOPLE[who]
    if actor is None:
        _by_reporter(walk, event)
    elif event in _BY_STAFF:
        _BY_STAFF[event](walk, {"actor": actor, "now": walk.now})
    else:
        _move(walk, event, actor)


def _move(walk: Walk, event: Event, actor: Actor | None) -> None:
    brought = _brought(event)
    move_case(walk.session, walk.case, event, actor=actor, now=walk.now, brought=brought)


def _by_reporter(walk: Walk, event: Event) -> None:
    """Nobody is recognised as the reporter of a case that went on in another one."""
    behind = reporters_of(walk.session, walk.case)
    if not behind:
        raise Missing
    if event is Event.REPLY:
        given: dict[str, Any] = {"words": "red", "photos": KeptPhotos(), "now": walk.now}
        answer_question(walk.session, walk.case, behind[0], **given)
    elif event is Event.REOPEN:
        reopen_case(walk.session, walk.case, now=walk.now)
    else:
        _move(walk, event, None)


def _reason(event: Event) -> Reason:
    return TRANSITIONS[event].reasons[0]


def _ask(walk: Walk, by: dict[str, Any]) -> None:
    ask_reporter(walk.session, walk.case, words="which door?", **by)


def _extend(walk: Walk, by: dict[str, Any]) -> None:
    given = {"reason": _reason(Event.EXTEND), "words": None, "days": 2}
    extend_case(walk.session, walk.case, **given, **by)


def _suspend(walk: Walk, by: dict[str, Any]) -> None:
    until = (walk.now + timedelta(days=9)).date()
    given = {"reason": _reason(Event.SUSPEND), "words": None, "until": until}
    suspend_case(walk.session, walk.case, **given, **by)


def _resume(walk: Walk, by: dict[str, Any]) -> None:
    resume_case(walk.session, walk.case, **by)


def _send_back(walk: Walk, by: dict[str, Any]) -> None:
    send_back_case(walk.session, walk.case, reason=_reason(Event.SEND_BACK), **by)


def _hand_over(walk: Walk, by: dict[str, Any]) -> None:
    hand_over_case(walk.session, walk.case, to=HandOver("court"), **by)


def _merge(walk: Walk, by: dict[str, Any]) -> None:
    merge_case(walk.session, walk.case, number=walk.other.number, **by)


def _split(walk: Walk, by: dict[str, Any]) -> None:
    split_case(walk.session, walk.case, reason=_reason(Event.SPLIT), **by)


_BY_STAFF = {
    Event.ASK: _ask,
    Event.EXTEND: _extend,
    Event.SUSPEND: _suspend,
    Event.RESUME: _resume,
    Event.SEND_BACK: _send_back,
    Event.HAND_OVER: _hand_over,
    Event.MERGE: _merge,
    Event.SPLIT: _split,
}
