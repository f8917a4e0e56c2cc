"""The routes of early warnings for the access test: a wave in both streets."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.exposure_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.warning_pages import KIND, REPORTED, warning_things
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]


def fill_warnings(session: Session, world: World) -> None:
    """One in each street, and a report on dispatch."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = warning_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_warnings)
SAMPLES["reports.desk_warning"] = Sample(
    own=thing(number="warning_east"),
    foreign=thing(number="warning_west"),
    reaches=with_permission(Permission.REPORT_DISPATCH),
)
SAMPLES["reports.standard_of"] = Sample(own=fixed(code=KIND))
SAMPLES["assessment.dispatch_month"] = Sample(own=fixed(month=REPORTED))
SAMPLES["assessment.dispatch_file"] = Sample(own=fixed(month=REPORTED))
