"""Inspections: made once, never edited, void with a reason.

Whoever holds ``pledge:inspect`` in a place may inspect there: the street and its communities,
liaison officers, and members of an alliance or people of a service company who were given a role
for that place (``data/inspection-bodies.tsv``); for whom she comes follows from her duty. What is
found opens nothing by itself: a breach is opened by the street (``pledge:review``). Nobody inspects
a shop for which she speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import Inspection, InspectionAnswer, InspectionScore
from pledges.queries.breaches import breaches_of_inspection
from pledges.queries.inspections import (
    Checklist,
    DoorRow,
    InspectionRow,
    checklist_for,
    door_by_number,
    inspection_by_number,
    inspection_of_draft,
    operator_now,
)
from pledges.queries.visits import plan_by_number, plan_has
from pledges.rules.inspections import (
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_WORDS,
    Answer,
    Body,
    Finding,
    InspectionRefusal,
    InspectionState,
    PhotoSide,
    leads_to_person,
    scores,
    why_not_then,
)
from pledges.rules.premises import PremisesState
from pledges.rules.refusals import PledgeRefusal
from pledges.service.duties import Duty, duty_of
from pledges.service.photos import keep_photos
from pledges.service.steps import end_void
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, take_uploads

INSPECT = Permission.PLEDGE_INSPECT
REVIEW = Permission.PLEDGE_REVIEW


@dataclass(frozen=True)
class InspectionWish:
    """What an inspector sends. ``answers`` and ``notes`` by the clause's id; ``version_id``: the
    text on whose checklist she ticked; ``pictured``: the clause that her photos show, None: the
    whole frontage; ``draft_key``: of the draft on her phone."""

    body: Body | None
    at: datetime
    version_id: UUID
    answers: Mapping[UUID, Finding]
    notes: Mapping[UUID, str] = field(default_factory=dict)
    words: str = ""
    before: KeptPhotos = field(default_factory=KeptPhotos)
    after: KeptPhotos = field(default_factory=KeptPhotos)
    pictured: UUID | None = None
    draft_key: str = ""
    plan: str = ""


def door_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> DoorRow:  # fmt: skip
    """A place that somebody may inspect; any other is Missing."""
    row = door_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(INSPECT, place_path=row.place_path):
        raise Missing
    return row


def checklist_here(session: Session, door: DoorRow, now: datetime) -> Checklist:
    """What is looked at. Raises Refused where the place is gone, or no text is meant for it."""
    if door.state is PremisesState.GONE:
        raise Refused(PledgeRefusal.GONE)
    found = checklist_for(session, door, city_day(now, instance_of(session).city.zone))
    if found is None or not found.clauses:
        raise Refused(InspectionRefusal.NO_CLAUSES)
    return found


def make_inspection(
    session: Session, actor: Actor, number: str, wish: InspectionWish, *, now: datetime
) -> str:
    """Keep an inspection; its number. The same draft again is the same inspection."""
    door = door_here(session, actor, number, lock=True)
    known = inspection_of_draft(session, wish.draft_key) if wish.draft_key else None
    if known is not None:
        return _same(known, door, actor)
    checklist = checklist_here(session, door, now)
    duty = _check(session, actor, door, wish, checklist, now)
    key, made = new_id(), new_number()
    if not _add(session, actor, door, wish, checklist, (key, made, duty), now):
        found = inspection_of_draft(session, wish.draft_key)
        if found is None:
            raise Conflict(PledgeRefusal.MOVED_ON)
        return _same(found, door, actor)
    _keep_findings(session, door, key, wish, checklist)
    for side, photos in ((PhotoSide.BEFORE, wish.before), (PhotoSide.AFTER, wish.after)):
        taken = take_uploads(session, photos, now, field=side.value)
        keep_photos(
            session, door, side, taken, now, inspection_id=key, clause_id=wish.pictured
        )  # fmt: skip
    note_action(
        session, at=now, actor_id=actor.person_id, action="inspection:make",
        subject=f"inspection:{made}",
    )  # fmt: skip
    return made


def _same(known: InspectionRow, door: DoorRow, actor: Actor) -> str:
    if known.premises_id != door.id or known.inspector_id != actor.person_id:
        raise Conflict(InspectionRefusal.OTHER_DRAFT)
    return known.number


def _check(
    session: Session,
    actor: Actor,
    door: DoorRow,
    wish: InspectionWish,
    checklist: Checklist,
    now: datetime,
) -> Duty:
    """For whom she comes, when nothing is amiss."""
    operator = operator_now(session, door.district, door.id)
    if operator is not None and operator.person_id == actor.person_id:
        raise Refused(InspectionRefusal.OWN)
    duty = duty_of(session, actor, wish.body, door, now=now)
    refusal = why_not_then(wish.at, now)
    if refusal is not None:
        raise Refused(refusal, field="at")
    clauses = {clause.id for clause in checklist.clauses}
    if wish.version_id != checklist.version_id or wish.pictured not in {None, *clauses}:
        raise Conflict(InspectionRefusal.CHANGED_TEXT)
    for clause in checklist.clauses:
        if clause.id not in wish.answers:
            raise Refused(InspectionRefusal.UNANSWERED, field=f"finding-{clause.id.hex}")
        check_words(wish.notes.get(clause.id, ""), LONGEST_NOTE, f"note-{clause.id.hex}")
    check_words(wish.words, LONGEST_WORDS, "words")
    return duty


def check_words(words: str, most: int, name: str) -> None:
    """Refuses words that are too many, or lead to a person."""
    if len(words.strip()) > most:
        raise Refused(PledgeRefusal.LONG, field=name, facts={"most": most})
    if leads_to_person(words):
        raise Refused(PledgeRefusal.LEADS_TO_PERSON, field=name)


def _add(
    session: Session,
    actor: Actor,
    door: DoorRow,
    wish: InspectionWish,
    checklist: Checklist,
    new: tuple[UUID, str, Duty],
    now: datetime,
) -> bool:
    """Whether it was added: another sending of the same draft may have been first."""
    operator = operator_now(session, door.district, door.id)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    key, number, duty = new
    statement = (
        dialect.insert(Inspection)
        .values(
            district=door.district, id=key, number=number, draft_key=wish.draft_key or None,
            premises_id=door.id, operator_id=operator.id if operator else None,
            pledge_id=checklist.pledge_id, version_id=checklist.version_id,
            plan_id=_plan(session, actor, door, wish.plan), place_path=door.place_path,
            body=duty.body, organisation_id=duty.organisation_id, alliance_id=duty.alliance_id,
            inspector_id=actor.person_id, at=wish.at, sent_at=now,
            words=wish.words.strip() or None, state=InspectionState.STANDS,
        )
        .on_conflict_do_nothing(index_elements=["draft_key"])
    )  # fmt: skip
    return changed_rows(session, statement) == 1


def _plan(session: Session, actor: Actor, door: DoorRow, number: str) -> UUID | None:
    """The plan that is done by this look. Missing for one that does not lead here."""
    if not number:
        return None
    plan = plan_by_number(session, clean_number(number) or "")
    if plan is None or not actor.may(INSPECT, place_path=plan.place_path):
        raise Missing
    if plan.district != door.district or not plan_has(session, plan, door.id):
        raise Missing
    return plan.id


def _keep_findings(
    session: Session, door: DoorRow, key: UUID, wish: InspectionWish, checklist: Checklist
) -> None:
    session.add_all(
        InspectionAnswer(
            district=door.district, inspection_id=key, clause_id=clause.id,
            finding=wish.answers[clause.id],
            note=wish.notes.get(clause.id, "").strip() or None,
        )
        for clause in checklist.clauses
    )  # fmt: skip
    found = scores(Answer(one.axis, wish.answers[one.id]) for one in checklist.clauses)
    session.add_all(
        InspectionScore(district=door.district, inspection_id=key, axis=axis, score=score)
        for axis, score in found.items()
    )


def inspection_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> InspectionRow:
    """An inspection of somebody's places; any other is Missing."""
    row = inspection_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(INSPECT, place_path=row.place_path):
        raise Missing
    return row


def may_void(actor: Actor, row: InspectionRow) -> bool:
    """Her own, or any of a place that she reviews."""
    own = row.inspector_id is not None and row.inspector_id == actor.person_id
    return own or actor.may(REVIEW, place_path=row.place_path)


def void_inspection(
    session: Session, actor: Actor, number: str, reason: str, *, now: datetime
) -> None:
    """Strike an inspection out, with a reason; the breaches that came of it end with it."""
    row = inspection_here(session, actor, number, lock=True)
    if not may_void(actor, row):
        raise Forbidden
    if not reason.strip():
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    check_words(reason, LONGEST_REASON, "reason")
    seen = update(Inspection).where(
        Inspection.district == row.district, Inspection.id == row.id,
        Inspection.state == InspectionState.STANDS,
    )  # fmt: skip
    values = {
        "state": InspectionState.VOID, "voided_at": now, "voided_by": actor.person_id,
        "void_reason": reason.strip(),
    }  # fmt: skip
    if changed_rows(session, seen.values(values)) != 1:
        raise Conflict(InspectionRefusal.VOID_ALREADY)
    for breach in breaches_of_inspection(session, row.district, row.id):
        end_void(session, breach.number, actor, reason, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="inspection:void",
        subject=f"inspection:{row.number}", reason=reason.strip(),
    )  # fmt: skip
