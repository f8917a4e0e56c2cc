"""The routes of the register of premises and of clause sets for the access test."""

from sqlalchemy.orm import Session

from tests.make import pledges as make
from tests.make.plaque_routes import SAMPLES
from tests.make.routes import Sample, fixed
from tests.make.world import EAST, FILLERS, World

__all__ = ["SAMPLES"]


def fill_premises(session: Session, world: World) -> None:
    """A published text."""
    make.clauses(session, world.tree[EAST], "access")


FILLERS.append(fill_premises)
SAMPLES["pledges.clause_set"] = Sample(own=fixed(code="access"))
