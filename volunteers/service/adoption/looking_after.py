"""The desk looks after adoptions: checks, the ladder of neglect, moved and lost things."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from volunteers.models.adoption import (
    AdoptionInspection,
    AdoptionPlot,
    AdoptionScore,
)
from volunteers.queries.adoption.adoptions import AdoptionRow
from volunteers.queries.adoption.plots import lock_plot
from volunteers.rules.adoption.life import PlotState, Step, Who, edge_for
from volunteers.rules.adoption.lists import axes, ladder
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.checking import forbid_own
from volunteers.service.adoption.found import adoption_here, led_adoption
from volunteers.service.adoption.members import people_of
from volunteers.service.adoption.moving import move, subject_of
from volunteers.service.adoption.notices import tell_adopters
from volunteers.service.adoption.settings import settings_of, today_of

MOST_WORDS = 300
# what the desk does with one click and a reason; each has its message to the adopters
DESK_STEPS: Mapping[Step, str] = {
    Step.REMIND: "adoption.reminded",
    Step.DEMAND: "adoption.demanded",
    Step.PUT_RIGHT: "adoption.put_right",
    Step.END_NEGLECT: "adoption.ended_neglect",
    Step.LOSE: "adoption.lost",
    Step.RELOCATE: "adoption.relocated",
    Step.SETTLE: "adoption.settled",
}
_GONE = frozenset({Step.LOSE, Step.RELOCATE})


def inspect(
    session: Session,
    actor: Actor,
    number: str,
    scores: Mapping[str, int],
    words: str,
    *,
    now: datetime,
) -> None:
    """Give points for each axis, one to five. Raises Refused when one is missing."""
    row = adoption_here(session, actor, number)
    forbid_own(actor, people_of(session, row))
    if not row.live:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    for axis in axes():
        if not 1 <= scores.get(axis, 0) <= 5:
            raise Refused(AdoptionRefusal.NO_SCORE, field=axis)
    key = new_id()
    session.add(
        AdoptionInspection(
            id=key, adoption_id=row.id, plot_id=row.plot_id, actor_id=actor.person_id, at=now,
            words=words.strip()[:MOST_WORDS],
        )
    )  # fmt: skip
    # the points refer to it
    session.flush()
    session.add_all(
        AdoptionScore(inspection_id=key, axis=axis, score=scores[axis]) for axis in axes()
    )
    note_action(
        session, at=now, actor_id=actor.person_id, action="adoption:inspect",
        subject=subject_of(row.number),
    )  # fmt: skip


def take_step(
    session: Session,
    actor: Actor,
    number: str,
    step: Step,
    *,
    reason: str,
    rectify_by: date | None = None,
    now: datetime,
) -> None:
    """One step of the desk. The ladder of neglect leaves the days that its list says."""
    if step not in DESK_STEPS:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    row = adoption_here(session, actor, number, lock=True)
    forbid_own(actor, people_of(session, row))
    if edge_for(row.state, step) is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    today = today_of(session, now)
    values = _values(session, row, step, rectify_by, today)
    # told first: at an end nobody stands in it any more
    facts = {"day": rectify_by.isoformat() if rectify_by else "", "reason": reason.strip()}
    tell_adopters(session, row, DESK_STEPS[step], facts, now)
    move(session, row, step, Who.DESK, now=now, actor=actor, reason=reason, **values)
    if step in _GONE:
        _mark_gone(session, row, now)


def _values(
    session: Session, row: AdoptionRow, step: Step, rectify_by: date | None, today: date
) -> dict[str, Any]:
    if step is Step.DEMAND:
        return {"rectify_by": _rectify_day(row, rectify_by, today)}
    if step is Step.END_NEGLECT and row.rectify_by is not None and today <= row.rectify_by:
        raise Refused(AdoptionRefusal.NOT_OVER, facts={"day": row.rectify_by.isoformat()})
    if step is Step.PUT_RIGHT:
        return {"rectify_by": None}
    if step is Step.RELOCATE:
        days = settings_of(session).first_right_days
        return {"first_right_until": today + timedelta(days=days)}
    return {}


def _rectify_day(row: AdoptionRow, rectify_by: date | None, today: date) -> date:
    """The day until which it is put right: after the reminder has had its days."""
    rungs = ladder()
    if row.step_from is not None:
        opens = row.step_from + timedelta(days=rungs[Step.REMIND].days)
        if today < opens:
            raise Refused(AdoptionRefusal.TOO_EARLY, facts={"day": opens.isoformat()})
    least = today + timedelta(days=rungs[Step.DEMAND].days)
    if rectify_by is None or rectify_by < least:
        raise Refused(
            AdoptionRefusal.BAD_RECTIFY_DAY, field="rectify_by", facts={"day": least.isoformat()}
        )
    return rectify_by


def _mark_gone(session: Session, row: AdoptionRow, now: datetime) -> None:
    lock_plot(session, row.plot_id)
    session.execute(
        update(AdoptionPlot)
        .where(AdoptionPlot.id == row.plot_id)
        .values(state=PlotState.GONE, version=AdoptionPlot.version + 1, updated_at=now)
    )


def give_notice(session: Session, actor: Actor, number: str, *, now: datetime) -> date:
    """The lead leaves for all, without a reason; the last day."""
    row, _lead = led_adoption(session, actor, number)
    last = today_of(session, now) + timedelta(days=settings_of(session).notice_days)
    move(session, row, Step.GIVE_NOTICE, Who.ADOPTER, now=now, leaves_on=last)
    return last


def stay(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """The lead takes the notice back before its last day."""
    row, _lead = led_adoption(session, actor, number)
    move(session, row, Step.STAY, Who.ADOPTER, now=now, leaves_on=None, rectify_by=None)
