"""The routes of the register of premises and of its texts for the access test."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make import pledges as make
from tests.make.plaque_routes import SAMPLES
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

HERE = with_permission(Permission.PLEDGE_REGISTER)


def fill_premises(session: Session, world: World) -> None:
    """A published text, and premises in each street."""
    make.clauses(session, world.tree[EAST], "access")
    for side, street in (("east", EAST), ("west", WEST)):
        make.clause_draft(session, world.tree[street], f"drafted_{side}")
        world.things[f"clauses_{side}"] = f"drafted_{side}"
    for side, street in (("east", EAST), ("west", WEST)):
        row = make.premises(session, world.tree[street], "93号")
        world.things[f"premises_{side}"] = row.number
        taken = make.premises_import(session, world.tree[street])
        world.things[f"import_{side}"] = taken.number


FILLERS.append(fill_premises)
SAMPLES["pledges.desk_premises_table"] = Sample(own=fixed(form="csv"))
SAMPLES["pledges.clause_set"] = Sample(own=fixed(code="access"))
for _page in ("desk_premises_one", "desk_premises_tenant", "desk_premises_close",
              "desk_premises_unit"):  # fmt: skip
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=thing(number="premises_east"), foreign=thing(number="premises_west"), reaches=HERE
    )
SAMPLES["pledges.desk_premises_undo"] = Sample(
    own=thing(number="import_east"), foreign=thing(number="import_west"), reaches=HERE
)
TEXTS = with_permission(Permission.CLAUSE_PUBLISH)
for _page in ("desk_clause_set", "desk_begin_draft", "desk_publish_clauses", "desk_discard_draft",
              "desk_end_clause_set", "desk_clause_table", "desk_new_clause",
              "desk_take_clauses"):  # fmt: skip
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=thing(code="clauses_east"), foreign=thing(code="clauses_west"), reaches=TEXTS
    )
for _page in ("desk_clause", "desk_remove_clause"):
    SAMPLES[f"pledges.{_page}"] = Sample(
        own=lambda world, _role: {"code": world.things["clauses_east"], "which": "swept"},
        foreign=lambda world, _role: {"code": world.things["clauses_west"], "which": "swept"},
        reaches=TEXTS,
    )
