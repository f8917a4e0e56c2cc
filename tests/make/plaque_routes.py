"""The routes of plaques for the access test: one hangs in each street."""

from sqlalchemy.orm import Session

from pledges.models import PlaqueBatch
from portal.accounts.rules import Permission
from tests.make import pledges as make
from tests.make.day_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

HERE = with_permission(Permission.PLEDGE_REGISTER)


def fill_plaques(session: Session, world: World) -> None:
    """A plaque of a batch of its own at a door of each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        plaque = make.plaque(session, world.tree[street])
        make.hang(session, plaque, make.premises(session, world.tree[street], "90号"))
        batch = session.get_one(PlaqueBatch, plaque.batch_id)
        world.things |= {f"plaque_{side}": plaque.code, f"plaque_batch_{side}": batch.number}


FILLERS.append(fill_plaques)
for _page in ("desk_plaque", "desk_plaque_print", "desk_replace_plaque", "desk_take_off_plaque",
              "desk_withdraw_plaque"):  # fmt: skip
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=thing(code="plaque_east"), foreign=thing(code="plaque_west"), reaches=HERE
    )
for _page in ("desk_plaque_batch", "desk_plaque_sheets"):
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=thing(number="plaque_batch_east"), foreign=thing(number="plaque_batch_west"),
        reaches=HERE,
    )  # fmt: skip
SAMPLES["pledges.plaque"] = Sample(own=thing(code="plaque_east"))
SAMPLES["pledges.plaque_picture"] = Sample(own=fixed(code="none"))
