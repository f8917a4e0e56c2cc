"""What must hold of a case after any walk, however it came there."""

from collections import Counter
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy.orm import Session

from portal.reports.queries.case import (
    CaseRow,
    EventRow,
    case_by_id,
    events_of,
    pauses_of,
    photos_of,
    reporters_of,
)
from portal.reports.queries.case_parts import parts_under, whole_of
from portal.reports.queries.neighbours import merge_of
from portal.reports.queries.outside import outside_of
from portal.reports.rules.codes import Event, PhotoKind, Review, Source, State
from portal.reports.rules.pauses import due_at, is_late_at
from portal.reports.rules.transitions import TRANSITIONS
from tests.reports.machine_world import (
    ASKED_FOR,
    BY_WORDS,
    DONE,
    OPEN,
    UNDONE,
    World,
    last_of,
)

E, S = Event, State
# of two clocks the later one holds: another name, another grade, or a matter that begins anew
_ANOTHER_LIMIT = {E.RECLASSIFY, E.GRADE}
_WITH_A_REASON = {S.NOT_ACCEPTED: E.REFUSE, S.NOT_FILED: E.REFUSE_FILING, S.VOID: E.VOID}


def keeps_its_promises(session: Session, world: World, case: CaseRow) -> None:
    """History, counts and ends."""
    events = events_of(session, case)
    _has_a_whole_history(events, case)
    assert (case.closed_at is not None) == (case.state is S.CLOSED)
    assert (case.means is not None) == (case.state is S.CLOSED)
    _was_verified_by_others(world, events)
    if case.state is S.CLOSED:
        _is_closed_well(session, events, case)
    _has_ended_well(session, events, case)
    _counts_right(events, case)
    if case.state not in UNDONE:
        assert all(part.state not in OPEN for part in parts_under(session, case)), "an open part"
    if case.source is Source.PART:
        assert not case.listed
        assert not reporters_of(session, case), "a part has no reporter of its own"


def _counts_right(events: list[EventRow], case: CaseRow) -> None:
    counted = Counter(event.event for event in events)
    reopenings = sum(e.from_state is S.CLOSED and e.to_state in OPEN for e in events)
    assert case.cycle == 1 + reopenings
    assert case.times_sent_back == counted[E.SEND_BACK] + counted[E.REOPEN] + counted[E.DENY]
    assert case.times_returned == counted[E.RETURN]
    assert case.times_urged == counted[E.URGE]
    assert case.times_extended == counted[E.EXTEND] <= 1
    assert case.times_suspended == counted[E.SUSPEND]


def _has_a_whole_history(events: list[EventRow], case: CaseRow) -> None:
    """Every state has a time and somebody who brought it about."""
    assert events[0].event is E.REPORT
    assert events[-1].to_state is case.state
    for before, after in pairwise(events):
        assert after.from_state is before.to_state
        assert after.at >= before.at
        assert after.cycle >= before.cycle
    for event in events[1:]:
        row = TRANSITIONS[event.event]
        assert (event.from_state in row.sources) is True, event
        nobody = event.actor_id is None
        assert nobody if row.by_reporter else (not nobody or row.by_clock), event


def _was_verified_by_others(world: World, events: list[EventRow]) -> None:
    """Whoever looked at the work had no hand in it and is not of its unit."""
    for at, event in enumerate(events):
        if event.event not in {E.CLOSE, E.SEND_BACK, E.RECHECK_SPOT}:
            continue
        before = events[:at]
        done, sent = last_of(before, *DONE), last_of(before, E.DISPATCH)
        assert done is not None
        assert event.actor_id != done.actor_id
        assert sent is None or event.actor_id != sent.actor_id
        assert event.actor_id not in _people_of(world, done.unit_id)


def _people_of(world: World, unit_id: UUID | None) -> set[UUID | None]:
    if unit_id is None:
        return set()
    return {world.id_of(who) for who in world.people if world.unit_of(who) == unit_id}


def _is_closed_well(session: Session, events: list[EventRow], case: CaseRow) -> None:
    """What the class names as the condition of closing: a photo of this very handling."""
    closed, done = events[-1], last_of(events, *DONE)
    closing = last_of(events, E.CLOSE)
    assert done is not None
    assert closing is not None
    assert (closed.to_state, case.verifier_id) == (S.CLOSED, closing.actor_id)
    if done.event is E.SETTLE or case.category_code != BY_WORDS:
        after = [p for p in photos_of(session, case) if p.event_id == done.id]
        assert after, "closed without a photo of the work"
        assert all(p.kind is PhotoKind.AFTER for p in after)
        assert all(p.review is not Review.PENDING for p in after), "closed, its photo unchecked"


def _has_ended_well(session: Session, events: list[EventRow], case: CaseRow) -> None:
    """Each other end stands only on its own condition."""
    moved = [event for event in events if event.from_state is not event.to_state][-1]
    assert (merge_of(session, case) is not None) == (case.state is S.MERGED)
    if case.state is S.HANDED_OVER:
        assert outside_of(session, case) is not None
        assert moved.event is E.HAND_OVER
    if case.state in _WITH_A_REASON:
        assert moved.event is _WITH_A_REASON[case.state]
        assert moved.reason_code is not None
    if case.state in {S.WITHDRAWN, S.SELF_SOLVED}:
        assert moved.actor_id is None
        assert len(reporters_of(session, case)) == 1
    if case.state is S.SELF_SOLVED:
        shown = [p for p in photos_of(session, case) if p.event_id == moved.id]
        assert shown
        assert all(p.by_reporter and p.kind is PhotoKind.AFTER for p in shown)
    if case.state is S.SETTLED:
        _was_settled_well(events, moved)


def _was_settled_well(events: list[EventRow], said: EventRow) -> None:
    """The head of the building did it, and the reporter alone said so, in time."""
    done = last_of(events, *DONE)
    assert done is not None
    assert (done.event, said.event, said.actor_id) == (E.SETTLE, E.CONFIRM, None)
    assert said.at < done.at + ASKED_FOR


def keeps_its_time(
    session: Session, before: CaseRow, case: CaseRow, new: list[EventRow], now: datetime
) -> None:
    """Deadlines never come nearer, but where another limit holds or a matter begins anew."""
    assert before.promised_at is not None
    assert case.promised_at is not None
    if any(event.from_state is S.CLOSED and event.to_state in OPEN for event in new):
        assert case.promised_at > now
    elif any(event.event in _ANOTHER_LIMIT for event in new):
        # what is late stays late under any name
        assert is_late_at(case, now) or not is_late_at(before, now)
    else:
        assert case.promised_at >= before.promised_at
        # when the first step was taken: a step may end a pause before its time
        was, due = due_at(before, new[0].at if new else now), due_at(case, now)
        assert was is not None
        assert due is not None
        assert due >= was
    if case.sealed != before.sealed:
        assert case.sealed, "whoever was hidden from the unit stays so"
    _stands_well(session, case)


def _stands_well(session: Session, case: CaseRow) -> None:
    """The clock stands only where something is to be done, one spell after the other."""
    stopped = {case.pause is None, case.paused_at is None, case.paused_until is None}
    assert len(stopped) == 1
    assert case.pause is None or case.state in UNDONE
    spells = pauses_of(session, case)
    assert sum(spell.ended_at is None for spell in spells) == (case.pause is not None)
    assert all(one.ended_at <= two.started_at for one, two in pairwise(spells) if one.ended_at)


def keeps_with_others(session: Session, before: CaseRow, case: CaseRow) -> None:
    """What it is a part of goes on when the last part ended; who was hidden stays so there."""
    merge = merge_of(session, case)
    if merge is not None and case.sealed:
        into = case_by_id(session, case.district, merge.into_id)
        assert into is not None
        assert into.sealed
    whole = whole_of(session, case)
    if whole is None:
        return
    if case.state in OPEN:
        assert whole.state in UNDONE, "a part is open, its whole is over"
    elif before.state in OPEN and not any(p.state in OPEN for p in parts_under(session, whole)):
        said = events_of(session, whole)[-1]
        assert (said.event, said.actor_id) == (E.PARTS_DONE, None)
