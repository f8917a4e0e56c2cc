"""The one way in which a breach moves: an edge of the table, once, written down, and noticed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.service.process import let_fall
from pledges.models import Breach, BreachAnswer, BreachEvent
from pledges.queries.breaches import BreachRow, breach_by_number, events_of, speaker_of
from pledges.rules.breaches import (
    OPEN,
    AnswerKind,
    AppealOutcome,
    BreachState,
    BreachStep,
    Standing,
    edge_for,
    ladder,
    opens_on,
    why_not_step,
)
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import Who
from pledges.service.days import today_of
from pledges.service.listing_appeals import remove_listings
from pledges.service.photos import hide_photos
from portal.accounts.queries import PersonRow, people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message

_ENDS = frozenset({BreachState.RECTIFIED, BreachState.VOID, BreachState.HANDED_OVER})
# a step of the ladder rests on its own row of the data
_RUNGS = frozenset({BreachStep.REMIND, BreachStep.DEMAND, BreachStep.RECORD, BreachStep.LIST,
                    BreachStep.HAND_OVER, BreachStep.SUSPEND, BreachStep.RESUME})  # fmt: skip


def subject_of(number: str) -> str:
    """How messages, the audit and the ledger speak of a breach."""
    return f"breach:{number}"


def standing_of(session: Session, row: BreachRow) -> Standing:
    """Where it stands: since the day of its latest step up the ladder."""
    zone, since = instance_of(session).city.zone, row.opened_at
    for event in events_of(session, row):
        edge = event.step in _RUNGS - {BreachStep.SUSPEND}
        since = event.at if edge else since
    return Standing(row.state, city_day(since, zone), row.rectify_by, row.suspended)


def move(
    session: Session,
    row: BreachRow,
    step: BreachStep,
    who: Who,
    *,
    now: datetime,
    actor: Actor | None = None,
    reason: str = "",
    due_on: date | None = None,
    **values: Any,
) -> None:
    """Take a step from where the breach was seen. Raises Conflict when somebody was first.

    ``actor`` is the staff member who acts: the audit names her. The shop is not written down.
    """
    edge = edge_for(row.state, step)
    if edge is None or not edge.open_to(who):
        raise Conflict(PledgeRefusal.MOVED_ON)
    at = standing_of(session, row)
    refusal = why_not_step(at, step, today_of(session, now))
    if refusal is not None:
        opens = opens_on(at)
        raise Conflict(refusal, facts={"day": opens.isoformat() if opens else ""})
    given: dict[str, Any] = {"state": edge.to, **values}
    if edge.to in _ENDS and row.ended_at is None:
        given["ended_at"] = now
    seen = update(Breach).where(
        Breach.district == row.district, Breach.id == row.id, Breach.state == row.state,
        Breach.suspended_at.is_not(None) if row.suspended else Breach.suspended_at.is_(None),
    )  # fmt: skip
    if changed_rows(session, seen.values(given)) != 1:
        raise Conflict(PledgeRefusal.MOVED_ON)
    write_event(session, row, step, who, actor, now, reason=reason, due_on=due_on)


def write_event(
    session: Session,
    row: BreachRow,
    step: BreachStep,
    who: Who,
    actor: Actor | None,
    now: datetime,
    *,
    reason: str = "",
    due_on: date | None = None,
) -> None:
    """Add a step to the history, with the rule it rests on as it reads that day; tell the shop."""
    staff = actor.person_id if actor is not None and who is Who.STAFF else None
    session.add(
        BreachEvent(
            district=row.district, breach_id=row.id, step=step, who=who, actor_id=staff, at=now,
            due_on=due_on, reason=reason.strip() or None,
            notice=ladder()[step].source if step in _RUNGS else None,
        )
    )  # fmt: skip
    # steps are read again within the same transaction
    session.flush()
    if staff is None:
        return
    note_action(
        session, at=now, actor_id=staff, action=f"breach:{step.value}",
        subject=subject_of(row.number), reason=reason.strip() or None,
    )  # fmt: skip
    edge = edge_for(row.state, step)
    if step is BreachStep.REMIND or (edge is not None and edge.noticed):
        _tell(session, row, step, due_on, now)


def _tell(
    session: Session, row: BreachRow, step: BreachStep, due_on: date | None, now: datetime
) -> None:
    """A message to the account that speaks for the shop; for the others there is the letter."""
    person_id = speaker_of(session, row).person_id
    people = people_by_ids(session, {person_id}) if person_id is not None else {}
    send_word(session, row, people.values(), f"breach.{step.value}", due_on, now, mine=True)


def send_word(
    session: Session,
    row: BreachRow,
    people: Iterable[PersonRow],
    template: str,
    due_on: date | None,
    now: datetime,
    *,
    mine: bool,
) -> None:
    """A message about a breach to whoever has a phone; ``mine``: to the side of the shop."""
    people = list(people)
    phones = phones_of(session, {one.id for one in people}) if people else {}
    path = f"me/breaches/{row.number}" if mine else f"desk/pledges/breaches/{row.number}"
    facts = {
        "link": f"{instance_of(session).config.origin}/{path}",
        "day": due_on.isoformat() if due_on else "",
    }
    for one in people:
        if one.id in phones:
            post_message(
                session, channel=Channel.SMS, to=phones[one.id], template=template, facts=facts,
                now=now, language=one.language, subject=subject_of(row.number),
            )  # fmt: skip


def end_with_tenant(session: Session, row: BreachRow, *, now: datetime) -> None:
    """Whoever ran the place has left it: what is open of them ends, and so does their listing."""
    found = breach_by_number(session, row.number, lock=True)
    if found is None or found.state not in OPEN:
        return
    move(session, found, BreachStep.LEAVE, Who.CLOCK, now=now, suspended_at=None)
    close_appeal(session, found, AppealOutcome.MOOT, None, "", now)
    remove_listings(session, found, "", now=now)


def end_void(
    session: Session, number: str, actor: Actor, reason: str, now: datetime
) -> None:  # fmt: skip
    """End a breach as never having been, with its listing and the entry that was proposed of it;
    an appeal that was open is thereby granted."""
    row = breach_by_number(session, number, lock=True)
    if row is None or row.state is BreachState.VOID:
        return
    move(session, row, BreachStep.VOID, Who.STAFF, now=now, actor=actor, reason=reason,
         suspended_at=None)  # fmt: skip
    close_appeal(session, row, AppealOutcome.UPHELD, actor.person_id, reason, now)
    remove_listings(session, row, reason, now=now)
    hide_photos(session, row)
    if row.matter_number is not None:
        let_fall(session, row.matter_number, now=now)


def close_appeal(
    session: Session,
    row: BreachRow,
    outcome: AppealOutcome,
    decided_by: UUID | None,
    reason: str,
    now: datetime,
) -> bool:
    """Decide the open appeal of a breach; whether there was one."""
    waiting = update(BreachAnswer).where(
        BreachAnswer.district == row.district, BreachAnswer.breach_id == row.id,
        BreachAnswer.kind == AnswerKind.APPEAL, BreachAnswer.decided_at.is_(None),
    )  # fmt: skip
    values = {"decided_at": now, "decided_by": decided_by, "outcome": outcome,
              "reason": reason.strip() or None}  # fmt: skip
    return changed_rows(session, waiting.values(values)) == 1
