"""A machine that walks the real services at random: a legal walk, and illegal probes beside it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.ids import new_id
from portal.reports.models import Case
from portal.reports.queries.case import CaseRow, events_of, photos_of
from portal.reports.rules.codes import Event, PhotoKind, State
from portal.reports.rules.transitions import OPEN, TRANSITIONS
from portal.reports.service.loop import Brought, move_case
from tests.house.session import examples
from tests.make import reports
from tests.make.areas import small_tree
from tests.reports.test_transitions import MOVES

UNIT = new_id()
DESK, WORKER, CHECKER = reports.desk(), reports.handler(UNIT), reports.verifier()
PEOPLE: dict[str, Actor | None] = {
    "desk": DESK,
    "worker": WORKER,
    "checker": CHECKER,
    "reporter": None,
}
# who may take a moving step, by hand
RIGHT = {
    Event.ACCEPT: "desk",
    Event.REFUSE: "desk",
    Event.FILE: "desk",
    Event.REFUSE_FILING: "desk",
    Event.DISPATCH: "desk",
    Event.VOID: "desk",
    Event.HANDLE: "worker",
    Event.RETURN: "worker",
    Event.CLOSE: "checker",
    Event.SEND_BACK: "checker",
    Event.REOPEN: "reporter",
    Event.WITHDRAW: "reporter",
}


def _brought(event: Event) -> Brought:
    row = TRANSITIONS[event]
    handling = event is Event.HANDLE
    return Brought(
        reason=row.reasons[0] if row.reasons else None,
        words="done" if handling else None,
        unit_id=UNIT if event is Event.DISPATCH else None,
        photos=(reports.AFTER_PHOTO,) if handling else (),
    )


def _fits(case: CaseRow, event: Event, who: str) -> bool:
    """The oracle: the edge exists, the right person takes it, and the unit has the case."""
    if (case.state, event) not in MOVES or RIGHT[event] != who:
        return False
    return event not in {Event.HANDLE, Event.RETURN} or case.unit_id == UNIT


def _probe(session: Session, case: CaseRow, event: Event, who: str) -> CaseRow:
    now = reports.NOW + timedelta(hours=case.version)
    try:
        moved = move_case(session, case, event, actor=PEOPLE[who], now=now, brought=_brought(event))
    except (Refused, Forbidden):
        assert not _fits(case, event, who), (case.state, event, who)
        return case
    # the desk's second officer may close as well, unless she dispatched the case
    desk_closes = who == "desk" and event in {Event.CLOSE, Event.SEND_BACK}
    assert _fits(case, event, who) or (desk_closes and case.dispatcher_id is None)
    assert moved.state is MOVES[case.state, event]
    return moved


@pytest.fixture
def shared(database: Database) -> Database:
    with database.write() as session:
        small_tree(session)
        reports.category(session)
    return database


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(RIGHT)), st.sampled_from(sorted(PEOPLE)), st.booleans()),
        max_size=14,
    )
)
def test_only_the_right_person_takes_only_the_steps_that_fit(
    shared: Database, steps: list[tuple[Event, str, bool]]
) -> None:
    with shared.write() as session:
        made = _new_case(session)
        case = reports.row_of(session, made)
        for event, who, legal in steps:
            fitting = sorted(e for s, e in MOVES if s is case.state and _fits(case, e, RIGHT[e]))
            if legal and fitting:
                # a legal walk goes deep; the probe beside it tries anything
                fit = fitting[len(who) % len(fitting)]
                case = _probe(session, case, fit, RIGHT[fit])
            else:
                case = _probe(session, case, event, who)
            _keeps_its_promises(session, case)


def _new_case(session: Session) -> Case:
    area = session.scalars(select(Area).where(Area.level == "grid")).first()
    assert area is not None
    made = reports.reported(session, area)
    reports.reporter(session, made)
    return made


def _keeps_its_promises(session: Session, case: CaseRow) -> None:
    """What must hold after any walk."""
    events = events_of(session, case)
    assert events[-1].to_state is case.state
    for before, after in pairwise(events):
        assert after.from_state is before.to_state
    assert (case.closed_at is not None) == (case.state is State.CLOSED)
    if case.state is State.CLOSED:
        assert case.verifier_id not in {case.handler_id, case.dispatcher_id}
        assert any(photo.kind is PhotoKind.AFTER for photo in photos_of(session, case))
    reopenings = sum(e.from_state is State.CLOSED and e.to_state in OPEN for e in events)
    assert case.cycle == 1 + reopenings
    assert case.times_sent_back == sum(e.to_state in {State.REWORK, State.REOPENED} for e in events)
    assert case.times_returned == sum(e.event is Event.RETURN for e in events)
