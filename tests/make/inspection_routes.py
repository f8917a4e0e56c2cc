"""The routes of inspections and breaches for the access test: a shop in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.inspection_pages import shop_things
from tests.make.premises_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

INSPECT = with_permission(Permission.PLEDGE_INSPECT)
REVIEW = with_permission(Permission.PLEDGE_REVIEW)


def fill_inspections(session: Session, world: World) -> None:
    """One shop with everything in each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = shop_things(session, world.tree[street], "91号", f"inspected_{side}")
        world.things |= {f"shop_{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_inspections)
_PAGES = {
    ("premises", INSPECT): ("desk_inspect", "desk_paper_checklist", "desk_visit"),
    ("inspection", INSPECT): ("desk_inspection", "desk_void_inspection"),
    ("plan", INSPECT): ("desk_inspection_plan",),
    ("visit", INSPECT): ("desk_void_visit",),
    ("breach", REVIEW): ("desk_breach", "desk_breach_appeal", "desk_breach_follow",
                         "desk_breach_letter", "desk_hand_over"),
    ("handed", REVIEW): ("desk_handed_over",),
}  # fmt: skip
for (_what, _who), _pages in _PAGES.items():
    for _page in _pages:
        SAMPLES[f"pledges.{_page}"] = Sample(
            own=thing(number=f"shop_{_what}_east"), foreign=thing(number=f"shop_{_what}_west"),
            reaches=_who,
        )  # fmt: skip
for _page in ("my_breach", "my_breach_reply", "my_breach_appeal", "my_breach_rectified",
              "my_breach_drop"):  # fmt: skip
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="shop_breach_east")
    )
SAMPLES["pledges.desk_open_breach"] = Sample(
    own=thing(number="shop_inspection_east", clause="shop_clause_east"),
    foreign=thing(number="shop_inspection_west", clause="shop_clause_west"), reaches=REVIEW,
)  # fmt: skip
SAMPLES["pledges.desk_breach_step"] = Sample(
    own=lambda world, _role: {"number": world.things["shop_breach_east"], "step": "void"},
    foreign=lambda world, _role: {"number": world.things["shop_breach_west"], "step": "void"},
    reaches=REVIEW,
)
for _page in ("desk_inspections_table", "desk_breaches_table"):
    SAMPLES[f"pledges.{_page}"] = Sample(own=fixed(form="csv"))
SAMPLES["pledges.desk_photo"] = Sample(
    own=thing(code="shop_photo_east"), foreign=thing(code="shop_photo_west"), reaches=REVIEW
)
SAMPLES["pledges.pledge_photo"] = Sample(own=fixed(code="none"))
