"""Templates of shifts: what an organiser plans again and again is typed once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id, new_number
from volunteers.models import ShiftPlan, ShiftPlanPost
from volunteers.queries.plans import PlanRow, template
from volunteers.rules.activities import LONGEST_TITLE, DutyKind
from volunteers.rules.planning import PlanWish, ShiftRefusal
from volunteers.service.activities import may_organise
from volunteers.service.acts import note
from volunteers.service.shifts import checked_place


def template_to_manage(session: Session, actor: Actor, number: str) -> PlanRow:
    """A template of her own places. Raises Missing for what lies elsewhere."""
    row = template(session, number)
    if row is None or not may_organise(actor, row.place_path):
        raise Missing
    return row


def save_template(
    session: Session, actor: Actor, wish: PlanWish, *, name: str, now: datetime
) -> str:
    """Keep a plan under a name; its number."""
    called = name.strip()
    if not called or len(called) > LONGEST_TITLE:
        raise Refused(ShiftRefusal.NO_NAME, field="name")
    area = checked_place(session, actor, wish, now)
    number = new_number()
    write_plan(session, wish, area, number=number, name=called)
    note(session, actor, "shift:keep_template", number, now)
    return number


def drop_template(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Forget a template. Shifts that were made with it stay as they are."""
    row = template_to_manage(session, actor, number)
    session.execute(delete(ShiftPlanPost).where(ShiftPlanPost.plan_id == row.id))
    session.execute(delete(ShiftPlan).where(ShiftPlan.id == row.id))
    note(session, actor, "shift:drop_template", number, now)


def write_plan(
    session: Session, wish: PlanWish, area: AreaRow, *, number: str, name: str | None = None
) -> UUID:
    """A new plan with its seats; its id."""
    plan_id = new_id()
    session.add(ShiftPlan(id=plan_id, number=number, name=name, **_columns(wish, area)))
    # seats refer to it
    session.flush()
    _write_posts(session, plan_id, wish)
    return plan_id


def rewrite_plan(session: Session, plan_id: UUID, wish: PlanWish, area: AreaRow) -> None:
    """Write a plan anew."""
    session.execute(update(ShiftPlan).where(ShiftPlan.id == plan_id).values(**_columns(wish, area)))
    session.execute(delete(ShiftPlanPost).where(ShiftPlanPost.plan_id == plan_id))
    _write_posts(session, plan_id, wish)


def _columns(wish: PlanWish, area: AreaRow) -> dict[str, object]:
    start = wish.times.start
    if start is None:
        raise Refused(ShiftRefusal.NO_TIME, field="start")
    return {
        "duty": DutyKind(wish.duty),
        "start_minute": start.hour * 60 + start.minute,
        "minutes": wish.times.minutes,
        "area_id": area.id,
        "place_path": area.path,
        "meeting_place": wish.meeting_place,
        "lon": area.lon,
        "lat": area.lat,
    }


def _write_posts(session: Session, plan_id: UUID, wish: PlanWish) -> None:
    session.add_all(
        ShiftPlanPost(
            plan_id=plan_id, role=post.role, qualification=post.qualification, least=post.least,
            seats=post.seats,
        )
        for post in wish.posts
    )  # fmt: skip
    session.flush()
