"""The routes of surveys for the access test: one of each kind in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.community_routes import SAMPLES
from tests.make.routes import Sample, thing, with_permission
from tests.make.surveys import survey_things
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.SURVEY_MANAGE)


def fill_surveys(session: Session, world: World) -> None:
    """A draft, one that runs and one that is over in each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = survey_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_surveys)


def _sample(name: str, more: dict[str, str] | None = None) -> Sample:
    east, west, fixed = thing(number=f"{name}_east"), thing(number=f"{name}_west"), more or {}
    return Sample(
        own=lambda world, role: {**east(world, role), **fixed},
        foreign=lambda world, role: {**west(world, role), **fixed},
        reaches=MANAGE,
    )


for _page in ("survey", "survey_answer"):
    SAMPLES[f"satisfaction.{_page}"] = Sample(own=thing(number="survey_east"))
SAMPLES["satisfaction.survey_results"] = Sample(own=thing(number="survey_over_east"))
for _page in ("invite", "paper", "sheets", "copy", "revoke"):
    SAMPLES[f"satisfaction.desk_survey_{_page}"] = _sample("survey")
SAMPLES["satisfaction.desk_survey"] = _sample("survey")
for _page in ("edit", "question", "start"):
    SAMPLES[f"satisfaction.desk_survey_{_page}"] = _sample("survey_draft")
SAMPLES["satisfaction.desk_survey_question_out"] = _sample("survey_draft", {"position": "1"})
