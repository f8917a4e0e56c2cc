"""What stands beside a case and decides its steps: its whole, its parts, the joint meeting's word.

Called by every step: the table asks, and a part that ends lets its whole go on.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_holding
from portal.accounts.rules import Permission
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict
from portal.reports.models import Case, CaseEvent
from portal.reports.queries.case import CaseRow
from portal.reports.queries.case_parts import disputes_of, open_parts, whole_of
from portal.reports.rules.codes import Event, Source
from portal.reports.rules.disputes import DISPUTED_FROM, times_disputed
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.transitions import (
    OPEN,
    TRANSITIONS,
    UNDONE,
    ActorFacts,
    CaseFacts,
    Refusal,
    why_not,
)
from portal.reports.service.notices import tell_staff


def facts_beside(session: Session, case: CaseRow, facts: CaseFacts) -> CaseFacts:
    """The facts of a case with those of what stands beside it."""
    facts = replace(facts, inward=case.category_code == BEHAVIOUR)
    if case.source is Source.PART:
        whole = whole_of(session, case)
        going_on = whole is not None and whole.state in UNDONE
        facts = replace(facts, is_part=True, whole_open=going_on)
    elif case.state in OPEN:
        facts = replace(facts, open_parts=open_parts(session, case))
    times = times_disputed(case.times_returned, case.times_reassigned)
    if times < DISPUTED_FROM:
        return facts
    found = disputes_of(session, case)
    decided = [one.unit_id for one in found if one.decided_at is not None]
    return replace(
        facts,
        times_disputed=times,
        before_meeting=any(one.decided_at is None for one in found),
        bound_to=decided[-1] if decided else None,
    )


def after_step(session: Session, case: CaseRow, moved: CaseRow, *, now: datetime) -> None:
    """Tell the whole that a part of it has ended, or is being worked on again."""
    if case.source is not Source.PART or (case.state in OPEN) is (moved.state in OPEN):
        return
    whole = whole_of(session, case)
    if whole is None:
        return
    if moved.state in OPEN:
        _wait_again(session, whole)
    else:
        _go_on(session, whole, now)


def _wait_again(session: Session, whole: CaseRow) -> None:
    """Whoever is about to handle or end the whole sees that it has changed."""
    claim = update(Case).where(
        Case.district == whole.district, Case.id == whole.id, Case.state.in_(UNDONE)
    )
    if changed_rows(session, claim.values(version=Case.version + 1)) != 1:
        raise Conflict(Refusal.WHOLE_ENDED)


def _go_on(session: Session, whole: CaseRow, now: datetime) -> None:
    """After the last part the whole is its unit's or the desk's again; of two parts that end at
    once the second holds still until the first is done, and then counts."""
    claim = update(Case).where(
        Case.district == whole.district, Case.id == whole.id, Case.state.in_(UNDONE)
    )
    if changed_rows(session, claim.values(updated_at=now)) != 1:
        return
    facts = CaseFacts(whole.state, open_parts=open_parts(session, whole))
    if why_not(Event.PARTS_DONE, facts, ActorFacts(is_clock=True)) is not None:
        return
    session.add(
        CaseEvent(
            district=whole.district,
            case_id=whole.id,
            at=now,
            event=Event.PARTS_DONE,
            from_state=whole.state,
            to_state=whole.state,
            cycle=whole.cycle,
            unit_id=whole.unit_id,
            public=TRANSITIONS[Event.PARTS_DONE].public,
        )
    )
    if whole.unit_id is not None:
        # without a unit it stands in the desk's queue again
        people = people_holding(session, Permission.REPORT_HANDLE, None, whole.unit_id, now)
        tell_staff(session, whole, people, "desk.parts_done", now)
