"""Two at once on one clock: one wins, the other is told, and the promise moves once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import Case, CasePause
from portal.reports.queries.case import CaseRow, events_of, reporters_of
from portal.reports.rules.codes import Event, State
from portal.reports.rules.reasons import Reason
from portal.reports.service.clockwork import (
    answer_question,
    ask_reporter,
    extend_case,
    resume_by_itself,
    resume_case,
    suspend_case,
)
from portal.reports.service.loop import Brought, move_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW
from tests.make.rows import case_row
from tests.reports.test_loop_races import race

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOW + 5 * HOUR
OVER = LATER + 5 * DAY
Step = Callable[[Session, CaseRow], object]


def _by(**more: Any) -> dict[str, Any]:
    return {"actor": reports.desk(), "now": LATER, "words": None, **more}


def _extend(session: Session, case: CaseRow) -> object:
    return extend_case(session, case, reason=Reason.LARGER, days=2, **_by())


def _suspend(session: Session, case: CaseRow) -> object:
    until = date(2026, 12, 24)
    return suspend_case(session, case, reason=Reason.WORKS, until=until, **_by())


def _ask(session: Session, case: CaseRow) -> object:
    return ask_reporter(session, case, **_by(words="哪里？"))


def _handle(session: Session, case: CaseRow) -> object:
    assert case.unit_id is not None
    done = Brought(words="已清理", photos=(reports.AFTER_PHOTO,))
    worker = reports.handler(case.unit_id)
    return move_case(session, case, Event.HANDLE, actor=worker, now=LATER, brought=done)


def _answer(session: Session, case: CaseRow) -> object:
    reporter, now = reporters_of(session, case)[0], case.paused_until or LATER
    photos = KeptPhotos()
    return answer_question(session, case, reporter, words="这里", photos=photos, now=now)


def _resume(session: Session, case: CaseRow) -> object:
    return resume_case(session, case, actor=reports.desk(), now=LATER + HOUR)


def _run_out(session: Session, case: CaseRow) -> object:
    return resume_by_itself(session, case, now=OVER)


def _prepared(database: Database, *, asked: bool) -> CaseRow:
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        made = reports.case(session, area, state=State.DISPATCHED, phone="13800001204")
        row = reports.row_of(session, made)
        return ask_reporter(session, row, **_by(words="哪里？")) if asked else row


@pytest.mark.parametrize(
    ("steps", "asked"),
    [
        ((_extend, _extend), False),
        ((_extend, _suspend), False),
        ((_suspend, _suspend), False),
        ((_suspend, _handle), False),
        ((_ask, _handle), False),
        ((_answer, _run_out), True),
        ((_run_out, _run_out), True),
        ((_resume, _resume), True),
        ((_answer, _handle), True),
    ],
)
def test_of_two_who_change_the_time_at_once_one_wins_and_the_other_is_told(
    database: Database, steps: tuple[Step, ...], asked: bool
) -> None:
    before = _prepared(database, asked=asked)
    assert race(database, before.number, list(steps)) == ["conflict", "won"]
    with database.read() as session:
        case = case_row(session, before.number)
        assert case.version == before.version + 1
        assert len(events_of(session, case)) == 5 + asked
        assert case.times_extended + case.times_suspended <= 1
        spells = session.scalars(select(CasePause)).all()
        assert sum(one.ended_at is None for one in spells) == (case.pause is not None)
        assert len(spells) <= 1
        promised = session.scalar(select(Case.promised_at))
        assert promised is not None
        assert before.promised_at is not None
        assert promised >= before.promised_at
