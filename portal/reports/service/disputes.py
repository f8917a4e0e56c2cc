"""A disputed case before the city's joint meeting (城市管理联席会议), and the word that binds."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.organisations.queries import units_for
from portal.organisations.rules import OrganisationKind
from portal.reports.models import CaseDispute
from portal.reports.queries.case import CaseRow
from portal.reports.queries.case_parts import disputes_of
from portal.reports.rules.codes import Event, State
from portal.reports.rules.disputes import Resolution, flaw_of
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import dispatch_case
from portal.reports.service.limits import today_of
from portal.reports.service.loop import Brought, move_case

_FLAWS = {
    "held_on": Refusal.HELD_ON_MISSING,
    "resolution": Refusal.RESOLUTION_MISSING,
    "words": Refusal.WORDS_MISSING,
    "unit": Refusal.UNIT_MISSING,
}


def escalate_case(
    session: Session, case: CaseRow, *, actor: Actor, now: datetime, words: str | None
) -> CaseRow:
    """Put a case that units have passed back and forth before the meeting, with the reason."""
    on = today_of(session, now)
    meetings = units_for(session, case.place_path, {OrganisationKind.JOINT_MEETING}, on)
    brought = Brought(words=words)
    moved = move_case(session, case, Event.ESCALATE, actor=actor, now=now, brought=brought)
    if not meetings:
        raise Refused(Refusal.NO_MEETING)
    session.add(
        CaseDispute(district=case.district, case_id=case.id, meeting_id=meetings[0].id, put_at=now)
    )
    return moved


def resolve_case(
    session: Session, case: CaseRow, *, actor: Actor, now: datetime, resolution: Resolution
) -> CaseRow:
    """Record what the meeting resolved, and give the case to the unit that it named.

    The unit does not return it any more, and the desk gives it to no other one.
    """
    field = flaw_of(resolution, today_of(session, now))
    if field is not None:
        raise Refused(_FLAWS[field], field=field)
    brought = Brought(words=resolution.words, unit_id=resolution.unit_id)
    moved = move_case(session, case, Event.RESOLVE, actor=actor, now=now, brought=brought)
    waiting = next((one for one in disputes_of(session, case) if one.decided_at is None), None)
    claim = update(CaseDispute).where(
        CaseDispute.district == case.district,
        CaseDispute.id == (waiting.id if waiting else None),
        CaseDispute.decided_at.is_(None),
    )
    decided = claim.values(
        decided_at=now,
        held_on=resolution.held_on,
        resolution=resolution.number.strip(),
        unit_id=resolution.unit_id,
    )
    if changed_rows(session, decided) != 1:
        raise Conflict(Refusal.STALE)
    if moved.unit_id == resolution.unit_id and moved.state is not State.FILED:
        # it lies there already
        return moved
    return dispatch_case(session, moved, actor=actor, now=now, unit_id=resolution.unit_id)
