"""Addresses of the pages of inspections and breaches: what stands in them, and who opens them."""

from typing import Any

from sqlalchemy.orm import Session

from pledges.models import DoorVisit, Inspection, PledgePhoto
from pledges.rules.breaches import BreachState
from pledges.rules.inspections import Body, PhotoSide
from pledges.rules.visits import VisitPurpose
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.ids import new_id, new_token
from portal.kernel.instance import instance_of
from tests.make import pledges as make
from tests.make.photos import jpeg
from tests.make.pledges import NOW

CASES = {
    **dict.fromkeys(
        ("pledges.desk_inspect", "pledges.desk_paper_checklist", "pledges.desk_visit"),
        "shop_premises",
    ),
    **dict.fromkeys(
        ("pledges.desk_inspection", "pledges.desk_void_inspection", "pledges.desk_open_breach"),
        "shop_inspection",
    ),
    **dict.fromkeys(
        ("pledges.desk_breach", "pledges.desk_breach_appeal", "pledges.desk_breach_follow",
         "pledges.desk_breach_letter", "pledges.desk_breach_step", "pledges.desk_hand_over",
         "pledges.my_breach", "pledges.my_breach_reply", "pledges.my_breach_appeal",
         "pledges.my_breach_rectified"),
        "shop_breach",
    ),
    "pledges.desk_handed_over": "shop_handed",
    "pledges.desk_photo": "shop_photo",
    "pledges.desk_inspection_plan": "shop_plan",
    "pledges.desk_void_visit": "shop_visit",
}  # fmt: skip
VALUES = {("pledges.desk_breach_step", "step"): "demand"}
PAIRS = {("pledges.desk_open_breach", "clause"): "shop_clause"}


def shop_things(
    session: Session, area: Area, door: str, code: str, **operator: Any
) -> dict[str, str]:  # fmt: skip
    """A shop with an inspection, a breach, a plan and a visit, by the words of addresses."""
    shop = make.premises(session, area, door)
    runs = make.operator(session, shop, **operator)
    text = make.clauses(session, area, code)
    pledge = make.pledge(session, runs, text, place_path=area.path)
    found: Inspection = make.inspection(session, pledge, text[1], broken="swept")
    breach = make.breach(session, found, text[1][0])
    make.step(session, breach, "门前有垃圾")
    plan = make.visit_plan(session, shop, area)
    visit = DoorVisit(
        district=shop.district, premises_id=shop.id, operator_id=runs.id, place_path=area.path,
        purpose=VisitPurpose.EXPLAIN, body=Body.STREET, visitor_id=new_id(), at=NOW, agreed=False,
    )  # fmt: skip
    session.add(visit)
    handed = make.breach(
        session, found, text[1][1], state=BreachState.HANDED_OVER, ended_at=NOW
    )  # fmt: skip
    make.step(session, handed, "长期不履行")
    key = instance_of(session).blobs.put(jpeg(), "jpg")
    photo = PledgePhoto(
        district=shop.district, code=new_token(), premises_id=shop.id, inspection_id=found.id,
        side=PhotoSide.BEFORE, blob_key=key, thumbnail_key=key, width=320, height=240, at=NOW,
    )  # fmt: skip
    session.add(photo)
    session.flush()
    return {
        "premises": shop.number, "inspection": found.number, "clause": str(text[1][0].id),
        "breach": breach.number, "plan": plan.number, "visit": visit.number,
        "handed": handed.number, "photo": photo.code,
    }  # fmt: skip


def inspection_things(session: Session, owner: Person, place: Area) -> dict[str, str]:
    """A shop for which somebody speaks, by the words of addresses."""
    made = shop_things(session, place, "87号", "inspection_pages", person_id=owner.id)
    return {f"shop_{name}": value for name, value in made.items()}
