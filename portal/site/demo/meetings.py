"""Meetings of the demo's community, and what it was asked: one of each that is over, one to come.

Through the services, each act at its own moment.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.conventions.queries.consultations import (
    AskingRow,
    asking_by_number,
    groups_of,
    opinions_of,
)
from portal.conventions.queries.meetings import meeting_by_number, resolutions_of
from portal.conventions.rules.consultations import AskingWish, ConsultationKind
from portal.conventions.rules.meetings import MeetingKind, MeetingWish, Resolved
from portal.conventions.rules.talk import Answer
from portal.conventions.rules.tasks import ReportWish, TaskAct, TaskWish
from portal.conventions.service.consultations import announce, answer_for_place, start_asking
from portal.conventions.service.meetings import invite, plan_meeting, type_names
from portal.conventions.service.minutes import publish_minutes, resolve
from portal.conventions.service.opinions import (
    ReplyWish,
    add_group,
    decide_opinion,
    publish_reply,
    put_in_group,
    reply_to_group,
    say_opinion,
    write_summary,
)
from portal.conventions.service.tasks import add_task_of_resolution, report_on
from portal.kernel.clock import city_day, local
from portal.kernel.db import Database
from portal.kernel.errors import Missing
from portal.kernel.instance import instance_of
from portal.kernel.outbox import cancel_messages
from portal.site.demo.people import demo_actors, demo_places
from portal.site.demo.words import load_words

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-meetings.tsv"
SEED: Final = 20261202
DAY: Final = timedelta(days=1)
HOURS: Final = timedelta(hours=2)
EVENING: Final = 19
LISTED, PRESENT, WOMEN = 19, 26, 14
ASKED, CLOSED, REPLIED = 52, 22, 16
Rows = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class Scene:
    """The first community, the one next door, who speaks for them, and the words."""

    session: Session
    area: AreaRow
    street_area: AreaRow
    actors: Mapping[str, Sequence[Actor]]
    words: Rows
    now: datetime

    def ago(self, days: float) -> datetime:
        return self.now - days * DAY

    def evening(self, days: float) -> datetime:
        """Seven in the evening of a day."""
        here = local(self.ago(days), instance_of(self.session).city.zone)
        return here.replace(hour=EVENING, minute=0, second=0, microsecond=0)

    def day(self, days: float) -> date:
        return city_day(self.ago(days), instance_of(self.session).city.zone)

    def act(
        self, what: Callable[..., Any], role: str, *given: Any, days: float, **more: Any
    ) -> Any:  # fmt: skip
        """An act of so many days ago; what follows finds it."""
        done = what(self.session, self.actors[role][0], *given, now=self.ago(days), **more)
        self.session.flush()
        return done

    def said(self, what: str) -> str:
        return self.words[what][0]["words"].replace("\\n", "\n")


def plant_meetings(database: Database, now: datetime) -> None:
    """A meeting with minutes and tasks, one to come; a question that was replied to, one open."""
    with database.write() as session:
        places = demo_places(session)
        scene = Scene(
            session, places["community"], places["street"], demo_actors(session, now), _words(), now
        )
        _held(scene)
        _meeting(scene, "coming", "item2", 2, -5)
        _replied(scene)
        _open(scene)


def _words() -> Rows:
    found: dict[str, list[dict[str, str]]] = {}
    with WORDS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t"):
            found.setdefault(row["what"], []).append(row)
    return found


# --- meetings -------------------------------------------------------------------------------------


def _meeting(scene: Scene, what: str, items: str, invited: float, held: float) -> str:
    """Planned and announced; the number."""
    [row] = scene.words[what]
    starts = scene.evening(held)
    wish = MeetingWish(
        MeetingKind.DELIBERATION, scene.area.code, row["title"], row["words"], starts,
        starts + HOURS, [one["title"] for one in scene.words[items]],
    )  # fmt: skip
    number: str = scene.act(plan_meeting, "community_committee", wish, days=invited)
    scene.act(invite, "community_committee", number, days=invited)
    # the demo sends no messages: its numbers belong to nobody
    cancel_messages(scene.session, f"meeting:{number}")
    return number


def _held(scene: Scene) -> None:
    number, desk = _meeting(scene, "held", "item", 21, 13), "community_committee"
    words, rng = load_words(), Random(SEED)  # noqa: S311  made-up names
    names = list(dict.fromkeys(words.name(rng) for _ in range(LISTED)))
    scene.act(type_names, desk, number, names, days=12)
    for row in scene.words["resolved"]:
        yes, no, abstain = (int(part) for part in row["words"].split())
        scene.act(resolve, desk, number, Resolved(row["title"], yes, no, abstain), None, days=12)
    meeting = meeting_by_number(scene.session, number)
    if meeting is None:
        raise Missing
    of = resolutions_of(scene.session, meeting.id)[0].number
    tasks = list[str]()
    for at, said in enumerate(scene.words["task"]):
        wish = TaskWish(said["title"], said["words"], [], [said["words"]], scene.day(-20 + 9 * at))
        tasks.append(scene.act(add_task_of_resolution, desk, number, of, wish, days=12))
    minutes = scene.said("minutes")
    scene.act(publish_minutes, desk, number, PRESENT, WOMEN, minutes, days=11)
    for task, act in zip(tasks, (TaskAct.PROGRESS, TaskAct.FINISH), strict=True):
        scene.act(report_on, desk, task, ReportWish(act, scene.said(act.value)), days=3)


# --- questions ------------------------------------------------------------------------------------


def _asked(scene: Scene, what: str, by: str, wish: Mapping[str, Any], asked: float) -> str:
    """Prepared and announced; the number."""
    [row] = scene.words[what]
    unit = None
    if by == "handling_unit":
        grants = scene.actors[by][0].grants
        unit = next(one.organisation_id for one in grants if one.organisation_id is not None)
    whole = AskingWish(
        place=scene.street_area.code, title=row["title"], markdown=scene.said(what), **wish
    )  # fmt: skip
    number: str = scene.act(start_asking, by, whole, unit, days=asked)
    scene.act(announce, by, number, days=asked)
    return number


def _replied(scene: Scene) -> None:
    """On a major decision: opinions, the answer of a community, a reply to each group of them."""
    wish = {
        "kind": ConsultationKind.DECISION, "opens_on": scene.day(ASKED),
        "closes_on": scene.day(CLOSED), "places": [scene.area.code],
    }  # fmt: skip
    number = _asked(scene, "asking", "street_desk", wish, ASKED)
    residents = ("resident", "shop_owner")
    for at, row in enumerate(scene.words["opinion"]):
        scene.act(say_opinion, residents[at % 2], number, row["words"], days=ASKED - 3 - at)
    scene.act(
        answer_for_place, "community_committee", number, scene.area.code, scene.said("place"),
        days=ASKED - 9,
    )  # fmt: skip
    asking = _row(scene, number)
    for one in opinions_of(scene.session, asking.id, shown=False):
        scene.act(decide_opinion, "street_desk", one.id, show=True, reason="", days=ASKED - 10)
    _grouped(scene, number, asking)
    write_summary(scene.session, scene.actors["street_desk"][0], number, scene.said("summary"))
    scene.act(publish_reply, "street_desk", number, days=REPLIED)


def _row(scene: Scene, number: str) -> AskingRow:
    found = asking_by_number(scene.session, number)
    if found is None:
        raise Missing
    return found


def _grouped(scene: Scene, number: str, asking: AskingRow) -> None:
    """Each group with its reply; the community's answer goes with the last."""
    session, desk = scene.session, scene.actors["street_desk"][0]
    said = {row["words"]: row["title"] for row in scene.words["opinion"]}
    opinions = opinions_of(session, asking.id, shown=True)
    names = tuple(dict.fromkeys(said.values()))
    for name in names:
        [row] = scene.words[f"group {name}"]
        add_group(session, desk, number, row["title"])
        session.flush()
        group = groups_of(session, asking.id)[-1]
        mine = [one.id for one in opinions if said[one.words] == name]
        places = [scene.area.id] if name == names[-1] else []
        put_in_group(session, desk, number, group.id, mine, places)
        answer, _, reply = row["words"].partition(" ")
        wish = ReplyWish(row["title"], Answer(answer), reply)
        reply_to_group(session, desk, number, group.id, wish)
        session.flush()


def _open(scene: Scene) -> None:
    """A unit asks the communities of the street; nobody has answered yet."""
    wish = {
        "kind": ConsultationKind.DEPARTMENT, "opens_on": scene.day(3),
        "closes_on": scene.day(-12), "places": [scene.street_area.code],
    }  # fmt: skip
    _asked(scene, "asking2", "handling_unit", wish, 3)
