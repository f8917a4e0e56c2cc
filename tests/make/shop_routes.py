"""The routes of ratings, lists and replies for the access test: a shop in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.alliance_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.shop_pages import kept_things
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

REVIEW = with_permission(Permission.PLEDGE_REVIEW)
SWITCH = with_permission(Permission.CLAUSE_PUBLISH)


def fill_shops(session: Session, world: World) -> None:
    """One shop in each street, for which nobody speaks."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = kept_things(session, world.tree[street], "96号", None)
        world.things |= {f"kept_{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_shops)
for _page, _name in (("desk_confirm_listing", "listing"), ("desk_remove_listing", "listing"),
                     ("desk_reply", "reply"), ("desk_propose_listing", "premises")):  # fmt: skip
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=thing(number=f"kept_{_name}_east"), foreign=thing(number=f"kept_{_name}_west"),
        reaches=REVIEW,
    )  # fmt: skip
for _page, _name in (("my_reply_new", "premises"), ("my_reply_back", "reply")):
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number=f"kept_{_name}_east")
    )
SAMPLES["pledges.desk_list_switch"] = Sample(
    own=lambda world, _role: {"code": world.things["kept_place_east"], "what": "drop"},
    foreign=lambda world, _role: {"code": world.things["kept_place_west"], "what": "drop"},
    reaches=SWITCH,
)
SAMPLES["pledges.rate_frontage_page"] = Sample(own=thing(code="kept_plaque_east"))
SAMPLES["pledges.rated_frontage"] = Sample(own=thing(code="kept_plaque_east"))
SAMPLES["pledges.public_listing"] = Sample(own=fixed(slug="exemplary"))
SAMPLES["pledges.street_figures_table"] = Sample(own=fixed(kind="csv"))
