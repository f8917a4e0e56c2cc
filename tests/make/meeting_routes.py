"""The routes of meetings, tasks and questions for the access test: one of each in each street."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from tests.make.assessment_routes import SAMPLES
from tests.make.meeting_pages import meeting_things
from tests.make.routes import Sample, fixed, thing, with_permission
from tests.make.world import EAST, FILLERS, WEST, World

__all__ = ["SAMPLES"]

MANAGE = with_permission(Permission.COMMUNITY_MANAGE)
ASK = with_permission(Permission.CONSULTATION_OPEN)


def fill_meetings(session: Session, world: World) -> None:
    """One of each in each street."""
    for side, street in (("east", EAST), ("west", WEST)):
        made = meeting_things(session, world.tree[street])
        world.things |= {f"{name}_{side}": value for name, value in made.items()}


FILLERS.append(fill_meetings)


def _sample(reaches: frozenset[str], **names: str) -> Sample:
    east = thing(**{key: f"{name}_east" for key, name in names.items()})
    west = thing(**{key: f"{name}_west" for key, name in names.items()})
    return Sample(own=east, foreign=west, reaches=reaches)


for _page in ("place_meetings", "place_calendar", "be_told", "place_tasks"):
    SAMPLES[f"conventions.{_page}"] = Sample(own=fixed(code=EAST))
for _page in ("meeting", "meeting_invitation"):
    SAMPLES[f"conventions.{_page}"] = Sample(own=thing(number="meeting_east"))
SAMPLES["conventions.meeting_minutes"] = Sample(own=thing(number="meeting_held_east"))
SAMPLES["conventions.come_to_meeting"] = Sample(
    own=lambda world, _role: {"number": world.things["meeting_east"], "code": "00000-00000"}
)
for _page in (
    "desk_meeting", "desk_meeting_change", "desk_meeting_invite", "desk_meeting_call_off",
    "desk_meeting_screen", "desk_meeting_code", "desk_meeting_list", "desk_meeting_resolve",
    "desk_meeting_minutes", "desk_meeting_addition",
):  # fmt: skip
    SAMPLES[f"conventions.{_page}"] = _sample(MANAGE, number="meeting")
SAMPLES["conventions.desk_meeting_out"] = _sample(MANAGE, number="meeting", line="meeting_line")
for _page in ("desk_task_of", "desk_meeting_strike"):
    SAMPLES[f"conventions.{_page}"] = _sample(
        MANAGE, number="meeting", resolution="meeting_resolution"
    )
SAMPLES["conventions.task"] = Sample(own=thing(number="meeting_task_east"))
SAMPLES["conventions.tasks_table"] = Sample(own=fixed(kind="csv"))
SAMPLES["conventions.desk_task"] = _sample(MANAGE, number="meeting_task")
for _page in ("consultation", "opinion"):
    SAMPLES[f"conventions.{_page}"] = Sample(own=thing(number="asking_east"))
SAMPLES["conventions.consultation_reply"] = Sample(own=thing(number="asking_replied_east"))
SAMPLES["conventions.my_opinion_back"] = Sample(
    own=fixed(opinion="00000000-0000-7000-8000-000000000000"),
    foreign=thing(opinion="asking_opinion_west"),
)
AREA_ASK = ASK - with_permission(Permission.REPORT_HANDLE)
for _page in (
    "desk_asking", "desk_asking_sort", "desk_group_new", "desk_asking_summary",
    "desk_asking_publish",
):  # fmt: skip
    SAMPLES[f"conventions.{_page}"] = _sample(AREA_ASK, number="asking")
for _page in ("desk_asking_change", "desk_asking_announce"):
    SAMPLES[f"conventions.{_page}"] = _sample(AREA_ASK, number="asking_draft")
for _page in ("desk_group", "desk_group_out"):
    SAMPLES[f"conventions.{_page}"] = _sample(AREA_ASK, number="asking", group="asking_group")
SAMPLES["conventions.desk_opinion"] = _sample(AREA_ASK, opinion="asking_opinion")
SAMPLES["conventions.desk_asking_paper"] = _sample(MANAGE | AREA_ASK, number="asking")
SAMPLES["conventions.desk_question"] = _sample(MANAGE, number="asking", code="asking_place")
