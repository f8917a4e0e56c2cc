"""What must hold of a case after any walk, however it came there."""

from collections import Counter
from itertools import pairwise

from sqlalchemy.orm import Session

from portal.reports.queries.case import (
    CaseRow,
    EventRow,
    events_of,
    pauses_of,
    photos_of,
    reporters_of,
)
from portal.reports.queries.neighbours import merge_of
from portal.reports.queries.outside import outside_of
from portal.reports.rules.codes import Event, PhotoKind, State
from portal.reports.rules.transitions import OPEN, TRANSITIONS, UNDONE

WITH_A_REASON = {State.NOT_ACCEPTED, State.NOT_FILED, State.VOID}


def keeps_its_promises(session: Session, case: CaseRow) -> None:
    """History, counts and ends."""
    events = events_of(session, case)
    _has_a_whole_history(events, case)
    assert (case.closed_at is not None) == (case.state is State.CLOSED)
    assert (case.means is not None) == (case.state is State.CLOSED)
    if case.state is State.CLOSED:
        _is_closed_well(session, events, case)
    _has_ended_well(session, events, case)
    counted = Counter(event.event for event in events)
    reopenings = sum(e.from_state is State.CLOSED and e.to_state in OPEN for e in events)
    assert case.cycle == 1 + reopenings
    assert case.times_sent_back == counted[Event.SEND_BACK] + counted[Event.REOPEN]
    assert case.times_returned == counted[Event.RETURN]
    assert case.times_urged == counted[Event.URGE]


def _has_a_whole_history(events: list[EventRow], case: CaseRow) -> None:
    """Every state has a time and somebody who brought it about."""
    assert events[-1].to_state is case.state
    for before, after in pairwise(events):
        assert after.from_state is before.to_state
        assert after.at >= before.at
    for event in events[1:]:
        row = TRANSITIONS[event.event]
        assert event.actor_id is not None or row.by_reporter or row.by_clock, event


def _is_closed_well(session: Session, events: list[EventRow], case: CaseRow) -> None:
    """What the class names as the condition of closing: a photo of this very handling."""
    assert case.verifier_id is not None
    assert case.verifier_id not in {case.handler_id, case.dispatcher_id}
    handlings = sum(event.event is Event.HANDLE for event in events)
    after = [photo for photo in photos_of(session, case) if photo.kind is PhotoKind.AFTER]
    assert len(after) == handlings > 0


def _has_ended_well(session: Session, events: list[EventRow], case: CaseRow) -> None:
    """Each other end stands only on its own condition."""
    moved = [event for event in events if event.from_state is not event.to_state]
    assert (merge_of(session, case) is not None) == (case.state is State.MERGED)
    if case.state is State.HANDED_OVER:
        assert outside_of(session, case) is not None
    if case.state in WITH_A_REASON:
        assert moved[-1].reason_code is not None
    if case.state is State.WITHDRAWN:
        assert moved[-1].actor_id is None
        assert len(reporters_of(session, case)) == 1


def keeps_its_time(session: Session, before: CaseRow, case: CaseRow) -> None:
    """Deadlines never come nearer, and the clock stands only where something is to be done."""
    assert before.promised_at is not None
    assert case.promised_at is not None
    assert case.promised_at >= before.promised_at
    stopped = {case.pause is None, case.paused_at is None, case.paused_until is None}
    assert len(stopped) == 1
    assert case.pause is None or case.state in UNDONE
    spells = pauses_of(session, case)
    assert sum(spell.ended_at is None for spell in spells) == (case.pause is not None)
    assert all(one.ended_at <= two.started_at for one, two in pairwise(spells) if one.ended_at)
    counted = Counter(event.event for event in events_of(session, case))
    assert case.times_extended == counted[Event.EXTEND] <= 1
    assert case.times_suspended == counted[Event.SUSPEND]
