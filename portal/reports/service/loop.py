"""Moving a case along the table: one conditional UPDATE first, then history, words and photos."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.errors import Conflict, Missing
from portal.kernel.ids import new_id
from portal.kernel.outbox import release_messages
from portal.organisations.service import hold_for_work
from portal.reports.models import Case, CaseEvent
from portal.reports.queries.case import CaseRow, case_by_number
from portal.reports.queries.categories import category_row_of
from portal.reports.queries.hung import count_reporters
from portal.reports.queries.passes import who_sent_helpers
from portal.reports.queries.routing import supports
from portal.reports.rules.codes import (
    Closing,
    Event,
    Source,
    Target,
)
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.transitions import (
    TRANSITIONS,
    ActorFacts,
    CaseFacts,
    IntoFacts,
    Refusal,
    facts_of_actor,
    holds,
    next_cycle,
    why_not,
)
from portal.reports.service.beside import after_step, facts_beside
from portal.reports.service.doors import door_facts, end_stamps
from portal.reports.service.pauses import end_pauses, facts_of_clock, time_goes_on
from portal.reports.service.refusing import check
from portal.reports.service.search import index_case
from portal.reports.service.steps import (
    NOTHING,
    SPOT,
    Brought,
    NewPhoto,
    Step,
    add_photos,
    add_words,
)
from portal.reports.service.webhooks import announce_step

__all__ = [
    "Brought",
    "NewPhoto",
    "case_as_seen",
    "facts_of",
    "may_see",
    "move_case",
    "who_acts",
]

# of a case that her unit only supports: never the handling itself
SUPPORTING = frozenset({Permission.REPORT_READ, Permission.REPORT_RESPOND})
# steps that change nothing the public can find
_UNSEEN = frozenset({Event.NOTE, Event.URGE, Event.ADD_PHOTO, Event.FILE, Event.ASK, Event.REPLY})


def may_see(actor: Actor, case: CaseRow) -> bool:
    """Whether staff may open a case: within her place, or dispatched to her unit."""
    inward = case.category_code == BEHAVIOUR
    if inward and not holds(actor, Permission.BEHAVIOUR_READ, case.place_path, case.unit_id):
        return False
    return holds(actor, Permission.REPORT_READ, case.place_path, case.unit_id)


def case_as_seen(
    session: Session, number: str, actor: Actor, *, seen: int | None = None
) -> CaseRow:
    """The case staff works on. ``seen`` is the version of the page the step was chosen on."""
    case = case_by_number(session, number)
    if case is None or not (may_see(actor, case) or supports(session, case, actor)):
        raise Missing
    if seen is not None and seen != case.version:
        raise Conflict(Refusal.STALE)
    return case


def who_acts(session: Session, actor: Actor, case: CaseRow) -> ActorFacts:
    """What somebody holds for a case; a unit that supports its lead reads, answers, and notes."""
    who = facts_of_actor(actor, case.place_path, case.unit_id)
    if who.of_unit or (co_unit := supports(session, case, actor)) is None:
        return who
    return replace(who, holds=who.holds | SUPPORTING, co_unit_id=co_unit)


def facts_of(
    session: Session, case: CaseRow, *, now: datetime | None = None, urged_today: bool = False
) -> CaseFacts:
    """What the table asks of a case; with ``now`` also what it asks of its clock."""
    category = category_row_of(session, case.category_code)
    facts = CaseFacts(
        state=case.state,
        closing=category.closing if category else Closing.AFTER_PHOTO,
        protected=category is None or category.target is Target.PERSON_OR_SHOP,
        unit_id=case.unit_id,
        handler_id=case.handler_id,
        dispatcher_id=case.dispatcher_id,
        responded=case.responded_at is not None,
        reporters=count_reporters(session, case),
        urged_today=urged_today,
        urgent=case.urgent,
        fed_back=case.fed_back_at is not None,
        **door_facts(session, case, now),
        sent_helpers=who_sent_helpers(session, case),
    )
    facts = facts_beside(session, case, facts)
    return facts if now is None else facts_of_clock(session, case, facts, now)


def move_case(
    session: Session,
    case: CaseRow,
    event: Event,
    *,
    actor: Actor | None,
    now: datetime,
    brought: Brought = NOTHING,
    urged_today: bool = False,
    by_clock: bool = False,
    into: IntoFacts | None = None,
) -> CaseRow:
    """Take one step, or raise Refused; a lost race raises Conflict and nothing happened.

    ``actor`` None is one of the case's reporters, whom the caller has recognised; or time itself.
    ``into`` is the case that this one shall become part of.
    """
    facts = replace(facts_of(session, case, now=now, urged_today=urged_today), into=into)
    if actor is None:
        who = ActorFacts(is_reporter=not by_clock, is_clock=by_clock)
    else:
        who = who_acts(session, actor, case)
    check(why_not(event, facts, who, brought.offer))
    runs = time_goes_on(session, case, event, now)
    step = Step(event, TRANSITIONS[event], case, facts, who, brought, now, runs)
    moved = _claim(session, step)
    if runs:
        end_pauses(session, case, now)
    # what a batch held back so that it could be undone: now it cannot be any more
    release_messages(session, f"case:{case.number}", now)
    event_id = _add_event(session, step, moved)
    add_words(session, step, event_id)
    add_photos(session, step, event_id)
    # the index and the messages read the step from the database
    session.flush()
    after_step(session, case, moved, now=now)
    if event not in _UNSEEN | SPOT:
        index_case(session, moved)
    announce_step(session, moved, event, before=case.state, now=now)
    return moved


def _claim(session: Session, step: Step) -> CaseRow:
    """The conditional UPDATE. Steps that move nothing disturb nobody else's open page."""
    case, event = step.case, step.event
    if step.brought.unit_id is not None:
        hold_for_work(session, step.brought.unit_id)
    values = {**_changes(step), **step.runs, **_reassigned(session, step)}
    values |= dict(step.brought.values)
    inward = values.get("category_code", case.category_code) == BEHAVIOUR
    if inward or case.source is Source.PART:
        # never in a list, on a map, in a feed or found by a search (R259); a part beside its whole
        values["listed"] = False
    statement = update(Case).where(Case.district == case.district, Case.id == case.id)
    shared = step.row.to is None and not step.row.restores and not step.row.exclusive
    if shared and event is not Event.RECLASSIFY:
        statement = statement.where(Case.state.in_(step.row.sources))
    else:
        values["version"] = case.version + 1
        statement = statement.where(Case.state == case.state, Case.version == case.version)
    if event is Event.RESPOND:
        statement = statement.where(Case.responded_at.is_(None))
    # two reporters may urge at once, and both count
    stored = {**values, "times_urged": Case.times_urged + 1} if event is Event.URGE else values
    result = cast("CursorResult[object]", session.execute(statement.values(**stored)))
    if result.rowcount != 1:
        raise Conflict(Refusal.STALE)
    return replace(case, **values)


def _reassigned(session: Session, step: Step) -> dict[str, Any]:
    """推诿: the case goes to another unit than the one that had it (R187)."""
    case = step.case
    if step.event is not Event.DISPATCH or case.dispatched_at is None:
        return {}
    last = (
        select(CaseEvent.unit_id)
        .where(
            CaseEvent.district == case.district,
            CaseEvent.case_id == case.id,
            CaseEvent.event == Event.DISPATCH,
        )
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    passed_on = session.scalar(last) not in {None, step.brought.unit_id}
    return {"times_reassigned": case.times_reassigned + 1} if passed_on else {}


def _changes(step: Step) -> dict[str, Any]:
    """The columns a step changes."""
    values: dict[str, Any] = {"updated_at": step.now}
    if step.row.to is not None:
        values["state"] = step.row.to
        values["cycle"] = next_cycle(step.case.state, step.row.to, step.case.cycle)
    if step.row.lists is not None:
        values["listed"] = step.row.lists
    return {**values, **_stamps(step)}


def _stamps(step: Step) -> dict[str, Any]:
    """Times, people and counts of each step."""
    case, who, now = step.case, step.who.person_id, step.now
    accepted = case.accepted_at or now
    sent_back = {
        "times_sent_back": case.times_sent_back + 1,
        "closed_at": None,
        "fed_back_at": None,
        "means": None,
    }
    again = {"accepted_at": accepted, "unit_id": None, "fed_back_at": None}
    stamps: dict[Event, dict[str, Any]] = {
        Event.ACCEPT: {"accepted_at": now},
        Event.REFUSE: {"fed_back_at": now},
        Event.REFUSE_FILING: {"fed_back_at": now},
        Event.DISPATCH: {
            "unit_id": step.brought.unit_id,
            "dispatcher_id": who,
            "dispatched_at": now,
        },
        Event.RETURN: {"unit_id": None, "times_returned": case.times_returned + 1},
        Event.RESPOND: {"responded_at": now},
        **end_stamps(case, who, now, sent_back=sent_back, again=again),
        Event.SEND_BACK: {"verifier_id": who, **sent_back},
        Event.CLOSE: {
            "verifier_id": who,
            "closed_at": now,
            "fed_back_at": now,
            "means": step.brought.means,
        },
        Event.REOPEN: sent_back,
        Event.HAND_OVER: {"fed_back_at": now},
        Event.TAKE_BACK: again,
        Event.URGE: {"times_urged": case.times_urged + 1},
    }
    return stamps.get(step.event, {})


def _add_event(session: Session, step: Step, moved: CaseRow) -> UUID:
    """Add to the history. A reporter's person is never written there: it could not be erased."""
    event_id = new_id()
    session.add(
        CaseEvent(
            district=step.case.district,
            id=event_id,
            case_id=step.case.id,
            at=step.now,
            event=step.event,
            from_state=step.case.state,
            to_state=moved.state,
            cycle=moved.cycle,
            actor_id=step.who.person_id,
            unit_id=_unit_of(step),
            reason_code=_code_of(step, moved),
            public=step.row.public,
        )
    )
    return event_id


def _code_of(step: Step, moved: CaseRow) -> str | None:
    """The reason, or the new name of a case that was reclassified."""
    if step.event is Event.RECLASSIFY:
        return moved.category_code
    return step.brought.reason.value if step.brought.reason else None


def _unit_of(step: Step) -> UUID | None:
    """The unit a step concerns: where it is sent, or who takes it. A desk's note concerns none."""
    if step.event in SPOT:
        return None
    if step.event in {Event.DISPATCH, Event.RESOLVE}:
        return step.brought.unit_id
    if step.event is Event.ESCALATE:
        # what the desk says of a dispute is not for the units that dispute
        return None
    if step.event in {Event.NOTE, Event.MODERATE} and not step.who.of_unit:
        return step.who.co_unit_id
    if step.event is Event.RESPOND and step.who.co_unit_id is not None:
        return step.who.co_unit_id
    return step.case.unit_id
