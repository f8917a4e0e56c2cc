"""Several people act on one case at once: one wins, the others are told; on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case
from portal.reports.queries.case import (
    CaseRow,
    events_of,
    reporters_of,
)
from portal.reports.rules.codes import Event, Means, State
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import (
    close_case,
    reopen_case,
    send_back_case,
    take_step,
)
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.reporter import urge_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW
from tests.make.rows import case_now, case_row

LATER = NOW + timedelta(days=1)
AREA = "370283001001"


def _moved(session: Session, made: Case, event: Event, actor: Actor, **brought: Any) -> CaseRow:
    row = reports.row_of(session, made)
    return move_case(session, row, event, actor=actor, now=LATER, brought=Brought(**brought))


def race(
    database: Database, number: str, steps: list[Callable[[Session, CaseRow], object]]
) -> list[str]:
    """Let several officers act at once on the case as all of them saw it."""
    seen = case_now(database, number)
    start = Barrier(len(steps))

    def act(step: Callable[[Session, CaseRow], object]) -> str:
        start.wait()
        try:
            with database.write() as session:
                step(session, seen)
        except Conflict:
            return "conflict"
        return "won"

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(act, steps))


def _by(event: Event, actor: Actor, **brought: Any) -> Callable[[Session, CaseRow], object]:
    def step(session: Session, case: CaseRow) -> object:
        return take_step(session, case, event, actor=actor, now=LATER, **brought)

    return step


def _events(database: Database, number: str) -> list[Event]:
    with database.read() as session:
        case = case_row(session, number)
        return [event.event for event in events_of(session, case)]


def test_two_officers_on_one_new_case_one_wins_and_the_other_is_told(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], phone="13800001202")
    accept, refuse = reports.desk(), reports.desk()
    result = race(
        database,
        made.number,
        [
            _by(Event.ACCEPT, accept),
            _by(Event.ACCEPT, reports.desk()),
            _by(Event.REFUSE, refuse, reason=Reason.OTHER_PLACE),
        ],
    )
    assert result == ["conflict", "conflict", "won"]
    assert len(_events(database, made.number)) == 2
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_closing_and_sending_back_at_once_leaves_one_verdict(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.HANDLED)
    one, two = reports.verifier(), reports.verifier()
    result = race(
        database,
        made.number,
        [
            lambda session, case: close_case(
                session, case, actor=one, now=LATER, means=Means.SERVICE
            ),
            lambda session, case: send_back_case(
                session, case, actor=two, now=LATER, reason=Reason.NOT_DONE
            ),
        ],
    )
    assert result == ["conflict", "won"]
    last = _events(database, made.number)[-1]
    with database.read() as session:
        state = session.scalar(select(Case.state))
    assert (last, state) in {(Event.CLOSE, State.CLOSED), (Event.SEND_BACK, State.REWORK)}


def test_a_verifier_never_closes_what_she_handled_even_when_both_happen_at_once(
    database: Database,
) -> None:
    """She saw the case handled by another; meanwhile it was sent back and she handled it."""
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.HANDLED)
        assert made.unit_id is not None
        seen = reports.row_of(session, made)
        me = reports.verifier()
        reports.walk(session, made, (Event.SEND_BACK,), at=LATER)
        mine = reports.handler(made.unit_id)
        worker = Actor(me.person_id, grants=mine.grants)
        _moved(session, made, Event.HANDLE, worker, words="x", photos=(reports.AFTER_PHOTO,))
        with pytest.raises(Conflict):
            close_case(session, seen, actor=me, now=LATER, means=Means.SERVICE)
        row = reports.row_of(session, made)
        with pytest.raises(Refused) as refused:
            close_case(session, row, actor=me, now=LATER, means=Means.SERVICE)
        assert refused.value.code is Refusal.HANDLED_IT


def test_two_unhappy_reporters_at_once_open_a_case_once(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA], state=State.CLOSED)
    steps = [lambda session, case: reopen_case(session, case, now=LATER)] * 2
    assert race(database, made.number, steps) == ["conflict", "won"]
    assert _events(database, made.number).count(Event.REOPEN) == 1


def test_two_clicks_on_urge_count_once(database: Database) -> None:
    with database.write() as session:
        made = reports.case(session, small_tree(session)[AREA])
        me = reporters_of(session, reports.row_of(session, made))[0]

    def urge(session: Session, case: CaseRow) -> object:
        try:
            return urge_case(session, case, me, now=LATER)
        except Refused as refused:
            raise Conflict(refused.code) from refused

    assert race(database, made.number, [urge, urge]) == ["conflict", "won"]
    with database.read() as session:
        assert session.scalar(select(Case.times_urged)) == 1
