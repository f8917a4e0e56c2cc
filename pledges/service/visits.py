"""Plans of inspections, and visits at the door (R278, R295)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from pledges.models import DoorVisit, VisitPlan, VisitPlanStop
from pledges.queries.due import on_road, why_due
from pledges.queries.inspections import doors_by_ids, operator_now
from pledges.queries.visits import MOST_STOPS, PlanRow, doors_along, plan_by_number, visit_by_number
from pledges.rules.inspections import (
    LONGEST_REASON,
    Body,
    InspectionRefusal,
    along,
    why_not_then,
)
from pledges.rules.premises import LONGEST_ROAD, LONGEST_TITLE
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.visits import LONGEST_WORDS, VisitPurpose, VisitRefusal
from pledges.service.duties import duty_of
from pledges.service.inspections import INSPECT, REVIEW, check_words, door_here
from portal.accounts.rules import Actor
from portal.areas.queries import area_by_code
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class PlanWish:
    """Which places are to be looked at: a place of the tree, of it one road or all; ``due``: only
    those for which something speaks this week."""

    title: str
    place: str
    road: str
    body: Body | None
    starts_on: date
    ends_on: date
    due: bool = False


@dataclass(frozen=True)
class VisitWish:
    """That somebody came. ``agreed``: whoever was there said yes to its being noted."""

    purpose: VisitPurpose | None
    body: Body | None
    at: datetime
    agreed: bool
    words: str = ""


def make_plan(session: Session, actor: Actor, wish: PlanWish, *, now: datetime) -> str:
    """Plan inspections along a road; the number of the plan. Needs ``pledge:review`` there."""
    area = area_by_code(session, wish.place)
    if area is None or not actor.may(REVIEW, place_path=area.path):
        raise Refused(PledgeRefusal.NOT_YOUR_PLACE, field="place")
    if wish.ends_on < wish.starts_on:
        raise Refused(InspectionRefusal.BAD_DAYS, field="ends_on")
    check_words(wish.title, LONGEST_TITLE, "title")
    check_words(wish.road, LONGEST_ROAD, "road")
    if wish.body is None:
        raise Refused(InspectionRefusal.NO_BODY, field="body")
    district = codes_of(area.path)[0]
    doors = _doors(session, area.path, wish, now)
    if not doors or len(doors) > MOST_STOPS:
        raise Refused(InspectionRefusal.NO_STOPS, field="road", facts={"most": MOST_STOPS})
    key, number = new_id(), new_number()
    session.add(
        VisitPlan(
            district=district, id=key, number=number, title=wish.title.strip(), area_id=area.id,
            place_path=area.path, body=wish.body, starts_on=wish.starts_on, ends_on=wish.ends_on,
            made_at=now, made_by=actor.person_id,
        )
    )  # fmt: skip
    # its stops refer to it
    session.flush()
    session.add_all(
        VisitPlanStop(district=district, plan_id=key, premises_id=door, position=at)
        for at, door in enumerate(doors, 1)
    )
    note_action(
        session, at=now, actor_id=actor.person_id, action="inspection:plan",
        subject=f"inspection_plan:{number}",
    )  # fmt: skip
    return number


def _doors(session: Session, path: str, wish: PlanWish, now: datetime) -> list[UUID]:
    """The places in the order of the walk."""
    road, district = wish.road.strip(), codes_of(path)[0]
    if not wish.due:
        return [key for of, key in doors_along(session, path, road) if of == district]
    today = city_day(now, instance_of(session).city.zone)
    due = doors_by_ids(session, why_due(session, on_road(path, road), today, now))
    found = sorted(due.values(), key=lambda one: along(one.road, one.door))
    return [one.id for one in found if one.district == district]


def plan_here(session: Session, actor: Actor, number: str) -> PlanRow:
    """A plan of somebody's places."""
    row = plan_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(INSPECT, place_path=row.place_path):
        raise Missing
    return row


def log_visit(
    session: Session, actor: Actor, number: str, wish: VisitWish, *, now: datetime
) -> str:  # fmt: skip
    """Note that somebody came; its number. Without a yes no words are kept."""
    door = door_here(session, actor, number)
    if wish.purpose is None:
        raise Refused(VisitRefusal.NO_PURPOSE, field="purpose")
    duty = duty_of(session, actor, wish.body, door, now=now)
    refusal = why_not_then(wish.at, now)
    if refusal is not None:
        raise Refused(refusal, field="at")
    words = wish.words.strip()
    if words and not wish.agreed:
        raise Refused(VisitRefusal.NOT_AGREED, field="words")
    check_words(words, LONGEST_WORDS, "words")
    operator, visit = operator_now(session, door.district, door.id), new_number()
    session.add(
        DoorVisit(
            district=door.district, number=visit, premises_id=door.id,
            operator_id=operator.id if operator else None, place_path=door.place_path,
            purpose=wish.purpose, body=duty.body, organisation_id=duty.organisation_id,
            visitor_id=actor.person_id, at=wish.at,
            agreed=wish.agreed, words=words or None,
        )
    )  # fmt: skip
    return visit


def void_visit(
    session: Session, actor: Actor, number: str, reason: str, *, now: datetime
) -> None:  # fmt: skip
    """Strike a visit out, with a reason: one's own, or any of a place that one reviews."""
    row = visit_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(INSPECT, place_path=row.place_path):
        raise Missing
    own = row.visitor_id is not None and row.visitor_id == actor.person_id
    if not own and not actor.may(REVIEW, place_path=row.place_path):
        raise Forbidden
    if not reason.strip():
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    check_words(reason, LONGEST_REASON, "reason")
    seen = update(DoorVisit).where(DoorVisit.number == row.number, DoorVisit.voided_at.is_(None))
    # what was struck out keeps no words
    values = {"voided_at": now, "void_reason": reason.strip(), "words": None}
    if changed_rows(session, seen.values(values)) != 1:
        raise Conflict(PledgeRefusal.MOVED_ON)
