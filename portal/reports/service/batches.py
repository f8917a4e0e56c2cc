"""Several cases at once, each a step of its own; and all of them back again for ten minutes.

One transaction for each batch, its cases locked in the order of their keys. A case that is refused
leaves no trace of its own and disturbs no other. The messages wait until nothing can be undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, areas_by_ids
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.outbox import recall_messages
from portal.organisations.queries import OrganisationRow
from portal.reports.models import Category, DeskBatch, DeskBatchCase
from portal.reports.models.batch import RESTORED
from portal.reports.queries.batches import (
    BatchRow,
    Kept,
    batch_by_number,
    cases_by_numbers,
    done_cases,
    locked_cases,
    returned_by,
)
from portal.reports.queries.case import CaseRow
from portal.reports.rules.batches import (
    KEEP_BATCHES,
    MOST,
    UNDO_WINDOW,
    BatchAction,
    BatchRefusal,
    Wish,
    steps_of,
    tells_at,
    why_not_all,
)
from portal.reports.rules.categories import UNSURE
from portal.reports.rules.codes import Event, Target
from portal.reports.rules.proposals import UnitProposal
from portal.reports.rules.transitions import (
    ActorFacts,
    CaseFacts,
    Offer,
    Refusal,
    facts_of_actor,
)
from portal.reports.service.co_units import end_co_units_since
from portal.reports.service.handling import dispatch_case, reclassify_case
from portal.reports.service.loop import Brought, facts_of, may_see, move_case
from portal.reports.service.notices import tell_step
from portal.reports.service.proposals import usual_units
from portal.reports.service.routing import Way, way_of, ways_of


@dataclass(frozen=True)
class Asked:
    """What is wanted of the ticked cases: one unit or one kind for all, or what is proposed."""

    action: BatchAction
    numbers: Sequence[str]
    unit_id: UUID | None = None
    category_code: str | None = None


@dataclass(frozen=True)
class Planned:
    """What would happen to one case, or why not. ``proposal``: why this unit, if it was found."""

    case: CaseRow
    refusal: StrEnum | None
    unit_id: UUID | None = None
    proposal: UnitProposal | None = None


@dataclass(frozen=True)
class Plan:
    """What would happen to all ticked cases, with the units that are spoken of."""

    lines: list[Planned]
    units: Mapping[UUID, OrganisationRow]
    places: Mapping[UUID, AreaRow]

    @property
    def ready(self) -> list[Planned]:
        return [line for line in self.lines if line.refusal is None]


def plan_batch(session: Session, actor: Actor, asked: Asked, *, now: datetime) -> Plan:
    """What would happen, case by case; nothing is done."""
    check_size(asked.numbers)
    cases = [case for case in cases_by_numbers(session, asked.numbers) if may_see(actor, case)]
    ways = ways_of(session, cases, now)
    proposals: dict[UUID, UnitProposal] = {}
    if asked.action is BatchAction.CONFIRM:
        proposals = usual_units(session, cases, returned_by(session, cases), ways, actor)
    lines = []
    for case in cases:
        proposal = proposals.get(case.id)
        unit_id = proposal.unit_id if proposal else asked.unit_id
        wish = Wish(case.number, case.version, unit_id, asked.category_code)
        refusal = _why_not(session, case, asked.action, wish, actor, ways[case.id])
        lines.append(Planned(case, refusal, unit_id, proposal))
    units = {unit.id: unit for way in ways.values() for unit in way.serving.values()}
    return Plan(lines, units, areas_by_ids(session, {case.area_id for case in cases}))


def check_size(numbers: Sequence[object]) -> None:
    """A batch holds something, and no more than a reader can check."""
    if not numbers:
        raise Refused(BatchRefusal.NOTHING_TICKED)
    if len(numbers) > MOST:
        raise Refused(BatchRefusal.TOO_MANY, facts={"most": MOST})


def _steps(case: CaseRow, action: BatchAction, wish: Wish) -> tuple[Event, ...]:
    """The steps that are wanted of a case; one key may also give it the kind that was proposed."""
    named = action is BatchAction.CONFIRM and wish.category_code is not None
    return steps_of(
        action, case.state, other_kind=named and wish.category_code != case.category_code
    )


def _why_not(
    session: Session,
    case: CaseRow,
    action: BatchAction,
    wish: Wish,
    actor: Actor,
    way: Way,
) -> StrEnum | None:
    """Why it is not done: asked before it is shown, and again before it is done."""
    steps = _steps(case, action, wish)
    who = facts_of_actor(actor, case.place_path, case.unit_id)
    offer = Offer(unit_id=wish.unit_id)
    refusal: StrEnum | None = why_not_all(steps, facts_of(session, case), who, offer)
    if refusal is None and Event.RECLASSIFY in steps:
        refusal = _why_not_kind(session, case, wish.category_code)
    if refusal is None and Event.DISPATCH in steps:
        same = BatchRefusal.SAME_UNIT if wish.unit_id == case.unit_id else None
        return way.why_not(wish.unit_id) or same
    return refusal


def _why_not_kind(session: Session, case: CaseRow, code: str | None) -> StrEnum | None:
    """A kind must be one that can be given without a second look, and taken away again."""
    category = session.get(Category, code) if code else None
    if category is None:
        return Refusal.NO_CATEGORY
    if category.code == case.category_code:
        return Refusal.SAME_CATEGORY
    # it takes words and photos back from the public, which no undo could give again
    if category.target is Target.PERSON_OR_SHOP:
        return BatchRefusal.ONE_BY_ONE
    # the other way round day and spot become public, which no undo could take back (law P5)
    named = case.category_code != UNSURE and facts_of(session, case).protected
    return BatchRefusal.PROTECTED if named else None


def do_batch(
    session: Session, actor: Actor, action: BatchAction, wishes: Sequence[Wish], *, now: datetime
) -> str:
    """Do it to each case that allows it, and keep what became of every one; the batch's number."""
    check_size(wishes)
    wanted = {wish.number: wish for wish in wishes}
    found = cases_by_numbers(session, list(wanted), lock=True)
    cases = [case for case in found if may_see(actor, case)]
    if not cases:
        raise Refused(BatchRefusal.NOTHING_TICKED)
    batch = _open_batch(session, actor, action, now)
    for case in cases:
        wish = wanted[case.number]
        try:
            with session.begin_nested():
                moved = _take(session, case, action, wish, actor, now)
        except Refused as refused:
            _keep_refusal(session, batch, case, refused.code)
        except Forbidden:
            _keep_refusal(session, batch, case, Refusal.NOT_ALLOWED)
        else:
            _keep_done(session, batch, case, moved)
    return batch.number


def may_confirm(case: CaseFacts, who: ActorFacts, unit_id: UUID | None) -> bool:
    """Whether one key may take a case as proposed."""
    steps = steps_of(BatchAction.CONFIRM, case.state)
    return why_not_all(steps, case, who, Offer(unit_id=unit_id)) is None


def confirm_case(session: Session, actor: Actor, wish: Wish, *, now: datetime) -> str:
    """One case by one key: a batch of one, so that a slip of the finger can be undone.

    A refusal is raised and nothing is kept.
    """
    found = cases_by_numbers(session, [wish.number], lock=True)
    if not found or not may_see(actor, found[0]):
        raise Missing
    moved = _take(session, found[0], BatchAction.CONFIRM, wish, actor, now)
    batch = _open_batch(session, actor, BatchAction.CONFIRM, now)
    _keep_done(session, batch, found[0], moved)
    return batch.number


def _open_batch(session: Session, actor: Actor, action: BatchAction, now: datetime) -> DeskBatch:
    batch = DeskBatch(
        id=new_id(), number=new_number(), actor_id=actor.person_id, action=action, at=now
    )
    session.add(batch)
    # its cases refer to it
    session.flush()
    return batch


def _keep_refusal(session: Session, batch: DeskBatch, case: CaseRow, code: StrEnum) -> None:
    session.add(
        DeskBatchCase(
            district=case.district, case_id=case.id, batch_id=batch.id, refusal=code.value
        )
    )


def _keep_done(session: Session, batch: DeskBatch, before: CaseRow, moved: CaseRow) -> None:
    session.add(
        DeskBatchCase(
            district=before.district,
            case_id=before.id,
            batch_id=batch.id,
            version=moved.version,
            touched_at=moved.updated_at,
            **{f"was_{name}": getattr(before, name) for name in RESTORED},
        )
    )


def _take(
    session: Session,
    case: CaseRow,
    action: BatchAction,
    wish: Wish,
    actor: Actor,
    now: datetime,
) -> CaseRow:
    """The steps of the action, one after the other. Who only accepts is told; else the last one."""
    if wish.version != case.version:
        raise Conflict(Refusal.STALE)
    if case.paused_until is not None:
        # an undo could not stop the clock again
        raise Refused(Refusal.PAUSED)
    steps = _steps(case, action, wish)
    kind = wish.category_code if Event.RECLASSIFY in steps else None
    way = way_of(session, case, now, category=kind)
    _check(_why_not(session, case, action, wish, actor, way))
    if Event.RECLASSIFY in steps:
        code = wish.category_code or ""
        case = reclassify_case(session, case, actor=actor, now=now, category_code=code)
    told_at = tells_at(now, urgent=case.urgent)
    if Event.ACCEPT in steps:
        case = move_case(session, case, Event.ACCEPT, actor=actor, now=now)
    if action is BatchAction.ACCEPT:
        tell_step(session, case, Event.ACCEPT, now=now, due_at=told_at)
    if Event.DISPATCH in steps:
        case = dispatch_case(
            session, case, actor=actor, now=now, unit_id=wish.unit_id, told_at=told_at
        )
    return case


def _check(refusal: StrEnum | None) -> None:
    """Raise what was answered, as the single steps raise it."""
    if refusal is Refusal.NOT_ALLOWED:
        raise Forbidden
    if refusal is Refusal.WRONG_STATE:
        raise Conflict(refusal)
    if refusal is not None:
        raise Refused(refusal)


def own_batch(session: Session, number: str, actor: Actor) -> BatchRow:
    """A batch of one's own; raises Missing for anybody else's."""
    batch = batch_by_number(session, number)
    if batch is None or batch.actor_id != actor.person_id:
        raise Missing
    return batch


def undo_batch(session: Session, number: str, actor: Actor, *, now: datetime) -> str:
    """Put back every case that nobody has touched since, and say of the others why not."""
    batch = own_batch(session, number, actor)
    claim = update(DeskBatch).where(
        DeskBatch.id == batch.id,
        DeskBatch.undone_at.is_(None),
        DeskBatch.at > now - UNDO_WINDOW,
    )
    if changed_rows(session, claim.values(undone_at=now)) != 1:
        over = batch.at <= now - UNDO_WINDOW
        raise Conflict(BatchRefusal.OVER if over else BatchRefusal.UNDONE)
    done = done_cases(session, batch.id)
    cases = locked_cases(session, [kept for kept, _ in done])
    for kept, before in done:
        outcome = _undone(session, cases[kept.case_id], kept, before, batch, actor, now)
        session.execute(
            update(DeskBatchCase)
            .where(
                DeskBatchCase.district == kept.district,
                DeskBatchCase.case_id == kept.case_id,
                DeskBatchCase.batch_id == batch.id,
            )
            .values(**outcome)
            .execution_options(synchronize_session=False)
        )
    return batch.number


def _undone(
    session: Session,
    case: CaseRow,
    kept: Kept,
    before: Mapping[str, Any],
    batch: BatchRow,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """What became of one case: put back at a moment, or kept as it is for a reason."""
    if not may_see(actor, case):
        # not even whether somebody has touched it
        return {"kept": Refusal.NOT_ALLOWED.value}
    if (case.version, case.updated_at) != (kept.version, kept.touched_at):
        return {"kept": BatchRefusal.TOUCHED.value}
    try:
        with session.begin_nested():
            _recall(session, case, batch)
            end_co_units_since(session, case, batch.at, now)
            brought = Brought(values=tuple(before.items()))
            move_case(session, case, Event.UNDO, actor=actor, now=now, brought=brought)
    except Refused as refused:
        return {"kept": refused.code.value}
    except Forbidden:
        return {"kept": Refusal.NOT_ALLOWED.value}
    return {"undone_at": now}


def _recall(session: Session, case: CaseRow, batch: BatchRow) -> None:
    """Whoever was told something may act upon it: then the case stays as it is."""
    if not recall_messages(session, f"case:{case.number}", posted_at=batch.at):
        raise Refused(BatchRefusal.TOLD)


def forget_batches(session: Session, *, now: datetime) -> int:
    """Drop batches that nobody could undo for long; what was done stays in each case's history."""
    old = DeskBatch.at < now - UNDO_WINDOW - KEEP_BATCHES
    kept = DeskBatchCase.batch_id.in_(select(DeskBatch.id).where(old))
    changed_rows(session, delete(DeskBatchCase).where(kept))
    return changed_rows(session, delete(DeskBatch).where(old))
