"""What each step does to a clock that stands still; under the loop, which takes the steps."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import case as either
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.kernel.calendars import measure_of
from portal.kernel.instance import instance_of
from portal.reports.models import CasePause
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import Event, Pause
from portal.reports.rules.pauses import (
    MOST_EXTENSIONS,
    after_pause,
    due_at,
    is_late_at,
    stands_still,
)
from portal.reports.rules.transitions import TRANSITIONS, CaseFacts
from portal.reports.service.limits import promise_columns, promised, started

# steps that leave a stopped clock stopped: they do not work on the matter
_BESIDE = frozenset(event for event, row in TRANSITIONS.items() if row.to is None) - {
    Event.ASK,
    Event.EXTEND,
    Event.GRADE,
    Event.RECLASSIFY,
    Event.RESUME,
    Event.SUSPEND,
}


def facts_of_clock(session: Session, case: CaseRow, facts: CaseFacts, now: datetime) -> CaseFacts:
    """What the table asks of a case's clock."""
    thresholds = instance_of(session).city.thresholds
    most = int(thresholds.get("extensions", MOST_EXTENSIONS))
    return replace(
        facts,
        paused=stands_still(case, now),
        ran_out=case.paused_until is not None and not stands_still(case, now),
        late=is_late_at(case, now),
        may_extend=case.times_extended < most,
        question_open=case.question_open,
    )


def time_goes_on(session: Session, case: CaseRow, event: Event, now: datetime) -> dict[str, Any]:
    """The columns of a clock that this step starts again; nothing when it does not.

    Whoever works on the matter waits no longer, and an answer ends the waiting for it. A pause that
    ran out before ended then, whenever it is noted.
    """
    answered = event is Event.REPLY and case.pause is Pause.ASKED
    if case.paused_at is None or case.paused_until is None or (event in _BESIDE and not answered):
        return {}
    measure = measure_of(session, case.calendar_code, round_the_clock=case.round_the_clock)
    if stands_still(case, now):
        at = after_pause(case.promised_at, case.paused_at, now, measure)
    else:
        at = due_at(case, now)
    minutes = case.limit_minutes + case.extended_minutes
    return {
        **promise_columns(promised(started(case), at, minutes, measure)),
        "pause": None,
        "paused_at": None,
        "paused_until": None,
        "promise_if_over": None,
    }


def end_pauses(session: Session, case: CaseRow, now: datetime) -> None:
    """Keep how long the pause was: until now, or until it ran out."""
    ended = either((CasePause.until < now, CasePause.until), else_=now)
    session.execute(
        update(CasePause)
        .where(
            CasePause.district == case.district,
            CasePause.case_id == case.id,
            CasePause.ended_at.is_(None),
        )
        .values(ended_at=ended)
        .execution_options(synchronize_session=False)
    )
