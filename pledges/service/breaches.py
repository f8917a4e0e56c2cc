"""Breaches at the desk: opened of an inspection, moved up the ladder, put right, or void.

Every step is taken by somebody who reviews pledges in that place, never by a rule alone (L11), and
is noticed with its reason, its rule, its day, and the right to reply and to appeal (L7).
"""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pledges.models import Breach, Listing
from pledges.queries.breaches import (
    BreachRow,
    breach_by_id,
    breach_by_number,
    list_switch_for,
    open_breach_of,
    speaker_of,
)
from pledges.queries.inspections import (
    DoorRow,
    InspectionRow,
    answers_of,
    door_by_number,
    doors_by_ids,
    inspection_by_number,
    operator_now,
)
from pledges.rules.breaches import (
    BY_HAND,
    ENDS_PRAISE,
    LONGEST_REASON,
    BreachRefusal,
    BreachState,
    BreachStep,
    ladder,
    least_rectify_day,
)
from pledges.rules.inspections import Finding, InspectionRefusal, InspectionState, PhotoSide
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import Who
from pledges.rules.standing import ListKind
from pledges.service.days import today_of
from pledges.service.inspections import REVIEW, check_words
from pledges.service.listing_appeals import end_exemplary, remove_listings
from pledges.service.photos import keep_photos
from pledges.service.steps import (
    end_void,
    move,
    write_event,
)
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.uploads import KeptPhotos, take_uploads

NO_PHOTOS: Final = KeptPhotos()


def breach_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> BreachRow:  # fmt: skip
    """A breach of the places that somebody reviews; any other is Missing."""
    row = breach_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(REVIEW, place_path=row.place_path):
        raise Missing
    return row


def locked_breach(session: Session, actor: Actor, number: str) -> BreachRow:
    """The same, to be moved: whoever speaks for the shop herself stands aside."""
    row = breach_here(session, actor, number, lock=True)
    speaker = speaker_of(session, row).person_id
    if speaker is not None and speaker == actor.person_id:
        raise Refused(InspectionRefusal.OWN)
    return row


def open_breach(
    session: Session, actor: Actor, inspection: str, clause_id: UUID, reason: str, *, now: datetime
) -> str:
    """Remind a shop of a clause that an inspection found broken; the number of the breach."""
    found = inspection_by_number(session, clean_number(inspection) or "")
    if found is None or not actor.may(REVIEW, place_path=found.place_path):
        raise Missing
    # the door first: locks are taken in one order
    door = _door(session, found.premises_id)
    operator = operator_now(session, door.district, door.id, lock=True)
    found = inspection_by_number(session, found.number, lock=True) or found
    if found.state is not InspectionState.STANDS:
        raise Conflict(InspectionRefusal.VOID_ALREADY)
    broken = {
        one.clause.id for one in answers_of(session, found) if one.finding is Finding.NOT_KEPT
    }
    if clause_id not in broken:
        raise Refused(BreachRefusal.NOT_FOUND_SO)
    if operator is None or operator.id != found.operator_id:
        raise Conflict(BreachRefusal.TENANT_LEFT)
    if operator.person_id is not None and operator.person_id == actor.person_id:
        raise Refused(InspectionRefusal.OWN)
    if open_breach_of(session, door.district, door.id, clause_id) is not None:
        raise Conflict(BreachRefusal.OPEN_ALREADY)
    _check_reason(reason)
    return _remind(session, actor, door, found, operator.id, clause_id, reason, now)


def _remind(
    session: Session,
    actor: Actor,
    door: DoorRow,
    found: InspectionRow,
    operator_id: UUID,
    clause_id: UUID,
    reason: str,
    now: datetime,
) -> str:
    """Add the breach with its first step."""
    key, number = new_id(), new_number()
    session.add(
        Breach(
            district=door.district, id=key, number=number, premises_id=door.id,
            operator_id=operator_id, pledge_id=found.pledge_id, inspection_id=found.id,
            clause_id=clause_id, place_path=door.place_path, opened_at=now,
            opened_by=actor.person_id, state=BreachState.REMINDED,
        )
    )  # fmt: skip
    # its first step refers to it
    session.flush()
    row = breach_by_id(session, door.district, key)
    if row is None:
        raise Missing
    write_event(session, row, BreachStep.REMIND, Who.STAFF, actor, now, reason=reason)
    return number


def _door(session: Session, premises_id: UUID) -> DoorRow:
    seen = doors_by_ids(session, [premises_id])[premises_id]
    door = door_by_number(session, seen.number, lock=True)
    if door is None:
        raise Missing
    return door


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    check_words(reason, LONGEST_REASON, "reason")


def take_step(
    session: Session,
    actor: Actor,
    number: str,
    step: BreachStep,
    reason: str,
    *,
    due_on: date | None = None,
    photos: KeptPhotos = NO_PHOTOS,
    now: datetime,
) -> None:
    """One step of the desk, with the reason that the shop reads. ``photos``: of how it looks, when
    somebody looked again."""
    if step not in BY_HAND:
        raise Missing
    _check_reason(reason)
    row = locked_breach(session, actor, number)
    if step is BreachStep.VOID:
        if row.state is BreachState.VOID:
            raise Conflict(PledgeRefusal.MOVED_ON)
        end_void(session, row.number, actor, reason, now)
        return
    due, values = _values(session, row, step, due_on, now)
    move(session, row, step, Who.STAFF, now=now, actor=actor, reason=reason, due_on=due, **values)
    if step is BreachStep.LIST and due is not None:
        _propose_listing(session, actor, row, reason, due, now)
    if step in ENDS_PRAISE:
        end_exemplary(session, row, reason, now=now)
    if step is BreachStep.FIND_RECTIFIED:
        remove_listings(session, row, reason, now=now)
    if photos.tokens:
        door = doors_by_ids(session, [row.premises_id])[row.premises_id]
        keep_photos(
            session, door, PhotoSide.AFTER, take_uploads(session, photos, now), now,
            inspection_id=row.inspection_id, clause_id=row.clause_id,
        )  # fmt: skip


def _values(
    session: Session, row: BreachRow, step: BreachStep, due_on: date | None, now: datetime
) -> tuple[date | None, dict[str, Any]]:
    """The day that a step sets, and what it changes beside the state."""
    today = today_of(session, now)
    if step is BreachStep.DEMAND:
        least = least_rectify_day(today)
        if due_on is None or due_on < least:
            raise Refused(BreachRefusal.BAD_DAY, field="due_on", facts={"day": least.isoformat()})
        return due_on, {"rectify_by": due_on}
    if step is BreachStep.LIST:
        return today + timedelta(days=ladder()[BreachStep.LIST].days), {}
    return None, {"rectified_at": now} if step is BreachStep.FIND_RECTIFIED else {}


def _propose_listing(
    session: Session, actor: Actor, row: BreachRow, reason: str, until: date, now: datetime
) -> None:
    """Propose the shop for the list, where a legal basis was named; somebody else confirms."""
    switch = list_switch_for(session, row.place_path)
    if switch is None:
        raise Refused(BreachRefusal.LIST_OFF)
    there = exists().where(
        Listing.district == row.district, Listing.premises_id == row.premises_id,
        Listing.which == ListKind.TO_RECTIFY, Listing.ended_at.is_(None),
    )  # fmt: skip
    if session.scalar(select(there)):
        raise Conflict(BreachRefusal.LISTED_ALREADY)
    session.add(
        Listing(
            district=row.district, which=ListKind.TO_RECTIFY, premises_id=row.premises_id,
            operator_id=row.operator_id, breach_id=row.id, switch_id=switch,
            place_path=row.place_path, evidence=reason.strip(), starts_on=today_of(session, now),
            ends_on=until, proposed_at=now, proposed_by=actor.person_id,
        )
    )  # fmt: skip
