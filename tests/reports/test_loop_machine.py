"""A machine that walks the real services at random: a legal walk, and illegal probes beside it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.ids import new_id
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import Case
from portal.reports.queries.case import (
    CaseRow,
    events_of,
    pauses_of,
    photos_of,
    reporters_of,
)
from portal.reports.rules.codes import Event, Means, PhotoKind, State
from portal.reports.rules.transitions import OPEN, TRANSITIONS, UNDONE
from portal.reports.service.clockwork import (
    answer_question,
    ask_reporter,
    extend_case,
    resume_case,
    suspend_case,
)
from portal.reports.service.loop import Brought, move_case
from tests.house.session import examples
from tests.make import reports
from tests.make.areas import area, small_tree
from tests.make.calendars import know_next_year
from tests.reports.test_transitions import MOVES

UNIT = new_id()
HOURS = (1, 5, 30, 130)
DESK, WORKER, CHECKER = reports.desk(), reports.handler(UNIT), reports.verifier()
HEAD = reports.staff(Permission.REPORT_SETTLE)
# how long a reporter is asked in the shipped city
ASKED_FOR = timedelta(days=5)
PEOPLE: dict[str, Actor | None] = {
    "desk": DESK,
    "worker": WORKER,
    "checker": CHECKER,
    "head": HEAD,
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
    Event.SELF_SOLVE: "reporter",
    Event.DOUBT: "desk",
    Event.SETTLE: "head",
    Event.CONFIRM: "reporter",
    Event.DENY: "reporter",
}


def _brought(event: Event) -> Brought:
    row = TRANSITIONS[event]
    handling = event in {Event.HANDLE, Event.SETTLE, Event.SELF_SOLVE}
    return Brought(
        reason=row.reasons[0] if row.reasons else None,
        words="done" if handling or event is Event.DOUBT else None,
        unit_id=UNIT if event is Event.DISPATCH else None,
        photos=(reports.AFTER_PHOTO,) if handling else (),
        means=Means.SERVICE if event is Event.CLOSE else None,
    )


def _fits(case: CaseRow, event: Event, who: str, now: datetime) -> bool:
    """The oracle: the edge exists, the right person takes it, and the unit has the case."""
    if event in CLOCK:
        return _clock_fits(case, event, who, now)
    if (case.state, event) not in MOVES or RIGHT[event] != who:
        return False
    if event in {Event.CONFIRM, Event.DENY}:
        return _is_asked(case, now)
    if event in {Event.CLOSE, Event.SEND_BACK}:
        return not _is_asked(case, now)
    return event not in {Event.HANDLE, Event.RETURN} or case.unit_id == UNIT


def _is_asked(case: CaseRow, now: datetime) -> bool:
    """Whether the head settled it and the reporter still has the say."""
    if case.state is not State.HANDLED or case.handler_id != HEAD.person_id:
        return False
    assert case.handled_at is not None
    return now < case.handled_at + ASKED_FOR


def _clock_fits(case: CaseRow, event: Event, who: str, now: datetime) -> bool:
    """What may be done to the time, said once more by hand."""
    stopped = case.paused_until is not None and now < case.paused_until
    if who not in CLOCK[event] or (who == "worker" and case.unit_id != UNIT):
        return False
    if event is Event.REPLY:
        return case.state in OPEN and case.question_open
    if event is Event.EXTEND:
        ran_out = case.paused_until is not None and not stopped
        due = case.promise_if_over if ran_out else case.promised_at
        if case.times_extended or due is None or due < now:
            return False
    return case.state in UNDONE and stopped is (event is Event.RESUME)


def _by_staff(session: Session, case: CaseRow, event: Event, by: dict[str, Any]) -> CaseRow | None:
    """The services that stop and lengthen the time."""
    reason = next(iter(TRANSITIONS[event].reasons), None)
    if event is Event.ASK:
        return ask_reporter(session, case, words="which door?", **by)
    if event is Event.EXTEND:
        return extend_case(session, case, reason=reason, words=None, days=2, **by)
    if event is Event.SUSPEND:
        until = (by["now"] + timedelta(days=9)).date()
        return suspend_case(session, case, reason=reason, words=None, until=until, **by)
    return resume_case(session, case, **by) if event is Event.RESUME else None


def _take(session: Session, case: CaseRow, event: Event, who: str, now: datetime) -> CaseRow:
    """The step by its own service; whoever cannot even reach that tries the loop itself."""
    actor = PEOPLE[who]
    if actor is None and event is Event.REPLY:
        reporter, no_photos = reporters_of(session, case)[0], KeptPhotos()
        return answer_question(session, case, reporter, words="red", photos=no_photos, now=now)
    if actor is not None:
        moved = _by_staff(session, case, event, {"actor": actor, "now": now})
        if moved is not None:
            return moved
    brought = _brought(event)
    if event is Event.SETTLE:
        brought = replace(brought, values=(("confirm_until", now + ASKED_FOR),))
    return move_case(session, case, event, actor=actor, now=now, brought=brought)


def _probe(session: Session, case: CaseRow, event: Event, who: str, now: datetime) -> CaseRow:
    try:
        moved = _take(session, case, event, who, now)
    except (Refused, Forbidden):
        assert not _fits(case, event, who, now), (case.state, event, who)
        return case
    # the desk's second officer may close as well, unless she dispatched the case
    desk_closes = who == "desk" and event in {Event.CLOSE, Event.SEND_BACK}
    free = case.dispatcher_id is None and not _is_asked(case, now)
    assert _fits(case, event, who, now) or (desk_closes and free)
    assert moved.state is MOVES.get((case.state, event), case.state)
    return moved


@pytest.fixture
def shared(database: Database) -> Database:
    with database.write() as session:
        tree = small_tree(session)
        area(session, "370283001001G01B001", "building", "1号楼", tree["370283001001G01"])
        reports.category(session)
        know_next_year(session)
    return database


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*sorted(RIGHT), *sorted(CLOCK)]),
            st.sampled_from(sorted(PEOPLE)),
            st.booleans(),
            st.sampled_from(HOURS),
        ),
        max_size=14,
    )
)
def test_only_the_right_person_takes_only_the_steps_that_fit(
    shared: Database, steps: list[tuple[Event, str, bool, int]]
) -> None:
    with shared.write() as session:
        made = _new_case(session)
        case = reports.row_of(session, made)
        now = reports.NOW
        for event, who, legal, hours in steps:
            now, before = now + timedelta(hours=hours), case
            edges = [e for s, e in MOVES if s is case.state]
            fitting = sorted(e for e in edges if _fits(case, e, RIGHT[e], now))
            if legal and fitting and event not in CLOCK:
                # a legal walk goes deep; the probe beside it tries anything
                fit = fitting[len(who) % len(fitting)]
                case = _probe(session, case, fit, RIGHT[fit], now)
            else:
                # time is stopped and started by whoever may, so that it happens often
                able = min(CLOCK[event]) if legal and event in CLOCK else who
                case = _probe(session, case, event, able, now)
            _keeps_its_promises(session, case)
            _keeps_its_time(session, before, case)


def _new_case(session: Session) -> Case:
    building = session.scalars(select(Area).where(Area.level == "building")).one()
    made = reports.reported(session, building)
    reports.reporter(session, made)
    return made


def _keeps_its_promises(session: Session, case: CaseRow) -> None:
    """What must hold after any walk."""
    events = events_of(session, case)
    assert events[-1].to_state is case.state
    for before, after in pairwise(events):
        assert after.from_state is before.to_state
    assert (case.closed_at is not None) == (case.state is State.CLOSED)
    assert (case.means is not None) == (case.state is State.CLOSED)
    if case.state is State.CLOSED:
        assert case.verifier_id not in {case.handler_id, case.dispatcher_id}
        assert any(photo.kind is PhotoKind.AFTER for photo in photos_of(session, case))
    if case.state is State.SELF_SOLVED:
        assert any(p.kind is PhotoKind.AFTER and p.by_reporter for p in photos_of(session, case))
    if case.state is State.SETTLED:
        said = events[-1]
        assert (said.event, said.actor_id) == (Event.CONFIRM, None)
        assert case.handler_id == HEAD.person_id
    reopenings = sum(e.from_state is State.CLOSED and e.to_state in OPEN for e in events)
    assert case.cycle == 1 + reopenings
    assert case.times_sent_back == sum(e.to_state in {State.REWORK, State.REOPENED} for e in events)
    assert case.times_returned == sum(e.event is Event.RETURN for e in events)


def _keeps_its_time(session: Session, before: CaseRow, case: CaseRow) -> None:
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
