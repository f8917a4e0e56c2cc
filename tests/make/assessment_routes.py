"""The routes of assessment for the access test: a street's row in a frozen month."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.assessment import MONTH, a_frozen, rows_about
from tests.make.convention_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

DECIDE = with_permission(Permission.ASSESSMENT_DECIDE)


def fill_assessment(session: Session, world: World) -> None:
    """A frozen month with both streets."""
    world.things |= a_frozen(session, EAST)
    rows_about(session, WEST, MONTH, position=1)


FILLERS.append(fill_assessment)
SAMPLES["assessment.period"] = Sample(own=fixed(slug=MONTH))
SAMPLES["assessment.file"] = Sample(own=fixed(slug=MONTH, name="inputs.json"))
SAMPLES["assessment.objection"] = Sample(
    own=fixed(slug=MONTH, group="streets", unit=EAST),
    foreign=fixed(slug=MONTH, group="streets", unit=WEST),
    # in this world the committee works for the whole street, the unit for no place
    reaches=with_permission(Permission.ASSESSMENT_OBJECT) - {"handling_unit"},
)
SAMPLES["assessment.decide"] = Sample(own=thing(number="assessment_objection"), reaches=DECIDE)
SAMPLES["assessment.talk"] = Sample(own=thing(number="assessment_talk"), reaches=DECIDE)
