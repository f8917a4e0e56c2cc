"""The routes of the exposure column for the access test: items in both streets."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.exposure_pages import exposure_things
from tests.make.routes import Sample, thing, with_permission
from tests.make.survey_routes import SAMPLES
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

WRITE = with_permission(Permission.EXPOSURE_WRITE)


def fill_exposures(session: Session, world: World) -> None:
    """A few in each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = exposure_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_exposures)

SAMPLES["publicity.screen"] = Sample(own=thing(area="exposure_place_east"))
SAMPLES["publicity.exposure_photo"] = Sample(own=thing(code="exposure_shown_east"))
for _page in (
    "desk_exposure",
    "desk_exposure_edit",
    "desk_exposure_cover",
    "desk_exposure_photo",
):
    SAMPLES[f"publicity.{_page}"] = Sample(
        own=thing(number="exposure_draft_east"),
        foreign=thing(number="exposure_draft_west"),
        reaches=WRITE,
    )
SAMPLES["publicity.desk_exposure_step"] = Sample(
    own=lambda world, _role: {"number": world.things["exposure_waiting_east"], "step": "approve"},
    foreign=lambda world, _role: {
        "number": world.things["exposure_waiting_west"], "step": "approve",
    },
    reaches=WRITE,
)  # fmt: skip
