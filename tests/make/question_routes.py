"""The routes of public questions for the access test: questions in both streets."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.article_routes import SAMPLES
from tests.make.disclosure import disclosure_things
from tests.make.highlights import highlight_things
from tests.make.questions import question_things
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]


def fill_questions(session: Session, world: World) -> None:
    """A few in each street, of people who are not in this world."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = question_things(session, world.tree[street])
        made |= disclosure_things(session, world.tree[street])
        made |= highlight_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_questions)

SAMPLES["publicity.question"] = Sample(own=thing(number="question_shown_east"))
for _page in ("appeal", "verdict", "back"):
    SAMPLES[f"publicity.my_question_{_page}"] = Sample(
        own=fixed(number="none"), foreign=thing(number="question_answered_west")
    )
SAMPLES["publicity.desk_question"] = Sample(
    own=thing(number="question_waiting_east"),
    reaches=with_permission(Permission.QUESTION_MODERATE),
)
# a unit answers for itself, a street's desk for the office of its street
SAMPLES["publicity.desk_answer"] = Sample(
    own=thing(number="question_shown_east"), foreign=thing(number="question_shown_west")
)
SAMPLES["publicity.key_task"] = Sample(own=thing(number="key_task_east"))
for _page, _name in (("desk_key_task", "key_task"), ("desk_input_end", "disclosed_input")):
    SAMPLES[f"publicity.{_page}"] = Sample(
        own=thing(number=f"{_name}_east"), reaches=with_permission(Permission.DISCLOSURE_WRITE)
    )
for _page in ("csv", "json"):
    SAMPLES[f"publicity.participation_{_page}"] = Sample(own=fixed(month="2020-01"))
for _page, _right in (("approve", Permission.ARTICLE_APPROVE), ("end", Permission.ARTICLE_WRITE)):
    SAMPLES[f"publicity.desk_highlight_{_page}"] = Sample(
        own=thing(number="highlight_waiting_east"), foreign=thing(number="highlight_waiting_west"),
        reaches=with_permission(_right),
    )  # fmt: skip
