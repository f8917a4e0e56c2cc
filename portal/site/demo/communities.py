"""One community of the demo with everything that stands in one: station, heads, board, estates.

Through the services, so that the demo holds nothing that a city could not enter itself.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for, phones_of
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.conventions.queries.board import notices_between
from portal.conventions.queries.community import errands_open, heads_of, stations_at
from portal.conventions.queries.estates import committee_of, estates_of
from portal.conventions.rules.board import days_of_month
from portal.conventions.rules.community import (
    BodyKind,
    HandlingEnd,
    HeadRole,
    IssueStep,
    NoticeKind,
    Party,
)
from portal.conventions.rules.opening import Opening
from portal.conventions.service.board import NoticeWish, StopWish, add_stop, make_sheet, put_up
from portal.conventions.service.community_lists import import_heads, import_services
from portal.conventions.service.errands import ask_head, close_errand, give_errand
from portal.conventions.service.estates import (
    CommitteeWish,
    FilingWish,
    MemberWish,
    PartyWish,
    add_estate,
    add_member,
    enter_committee,
    save_party,
)
from portal.conventions.service.issues import (
    look_at_proposal,
    propose,
    raise_issue,
    take_issue_step,
    toggle_support,
)
from portal.conventions.service.places import (
    BodyWish,
    HeadWish,
    StationWish,
    add_body,
    add_head,
    save_station,
)
from portal.kernel.clock import city_day, local
from portal.kernel.instance import instance_of
from portal.kernel.sheets import Encoding

DATA: Final = Path(__file__).resolve().parents[1] / "data"
People = Mapping[str, Sequence[UUID]]
Rows = Mapping[str, Sequence[Mapping[str, str]]]
HOURS: Final = Opening("123456", ((510, 720), (810, 1020)))


@dataclass(frozen=True)
class Scene:
    """The community, who acts in it, and the words of the table."""

    session: Session
    area: AreaRow
    desk: Actor
    street: Actor
    neighbours: Sequence[Actor]
    words: Rows
    now: datetime

    @property
    def today(self) -> date:
        return city_day(self.now, instance_of(self.session).city.zone)

    def first(self, kind: str) -> Mapping[str, str]:
        return self.words[kind][0]


def plant_community(
    session: Session, people: People, places: Mapping[str, AreaRow], now: datetime
) -> None:
    """The first community, alive; its street with a station of its own."""
    area = places["community"]
    if stations_at(session, [area.id]):
        return

    def who(role: str, at: int = 0) -> Actor:
        return actor_for(session, people[role][at], now, second_factor=True)

    neighbours = [who("resident"), who("resident", 1), who("shop_owner")]
    desk, street = who("community_committee"), who("street_desk")
    scene = Scene(session, area, desk, street, neighbours, _rows(), now)
    for place, actor in ((area, desk), (places["street"], street)):
        _station(scene, place, actor)
    _people(scene, people)
    _board(scene)
    _estates(scene)
    _issues(scene)


def _rows() -> Rows:
    with (DATA / "demo-community.tsv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader((one for one in file if not one.startswith("#")), delimiter="\t")
        found: dict[str, list[dict[str, str]]] = {}
        for row in reader:
            found.setdefault(row["kind"], []).append(row)
    return found


def _station(scene: Scene, place: AreaRow, actor: Actor) -> None:
    words, phone = scene.first("station"), scene.first("phone")["title"]
    title = f"{place.names['zh_Hans']}{words['title']}"
    wish = StationWish(title, words["more"], HOURS, phone, words["words"])
    save_station(scene.session, actor, place.code, wish, now=scene.now)


def _people(scene: Scene, people: People) -> None:
    """Heads from a table and those who have accounts; matters with one of them; organisations."""
    session, code, now = scene.session, scene.area.code, scene.now
    for name, take in (("demo-heads.csv", import_heads), ("demo-services.csv", import_services)):
        lines = (DATA / name).read_text("utf-8").splitlines()
        content = "\n".join(line for line in lines if not line.startswith("#")).encode()
        take(session, scene.desk, code, content, Encoding.UTF8, now=now)
    _own_heads(scene, people)
    for row in scene.words["body"]:
        founded = scene.today - timedelta(days=200)
        wish = BodyWish(
            BodyKind(row["more"]), row["title"], int(row["days"]), row["words"], founded
        )
        add_body(session, scene.desk, code, wish, now=now)


def _own_heads(scene: Scene, people: People) -> None:
    """The accounts that are heads, and what was asked of the first of them."""
    session, now = scene.session, scene.now
    began = scene.today - timedelta(days=120)
    for role in (HeadRole.BUILDING, HeadRole.ROAD, HeadRole.LIAISON):
        account = people["liaison_officer" if role is HeadRole.LIAISON else f"{role.value}_head"][0]
        phone = phones_of(session, [account]).get(account, "")
        actor = actor_for(session, account, now, second_factor=True)
        wish = HeadWish(role, scene.area.names["zh_Hans"], actor.name, phone, began, None)
        add_head(session, scene.desk, scene.area.code, wish, now=now)
    session.flush()
    head = next(one for one in heads_of(session, scene.area.id) if one.ends_on is None)
    for kind in ("errand", "errand2"):
        words = scene.first(kind)["title"]
        ask_head(session, scene.neighbours[0], head.number, words, now=now)
    give_errand(
        session, scene.desk, head.number, scene.first("task")["title"],
        scene.today + timedelta(days=9), now=now,
    )  # fmt: skip
    session.flush()
    asked = [one for one in errands_open(session, scene.area.id) if one.by_resident]
    said = scene.first("answer")["title"]
    close_errand(session, scene.desk, asked[-1].number, HandlingEnd.SETTLED, said, now=now)


def _board(scene: Scene) -> None:
    session, code, today = scene.session, scene.area.code, scene.today
    for at, row in enumerate(scene.words["notice"]):
        until = today + timedelta(days=int(row["days"]))
        kind = NoticeKind(row["more"])
        wish = NoticeWish(kind, row["title"], row["words"], today, until, pinned=at == 0)
        put_up(session, scene.desk, code, wish, now=scene.now)
    month = f"{today:%Y-%m}"
    first, last = days_of_month(month) or (today, today)
    numbers = [one.number for one in notices_between(session, scene.area.id, first, last)]
    make_sheet(session, scene.desk, code, month, numbers, now=scene.now)
    morning = local(scene.now, instance_of(session).city.zone).replace(hour=9, minute=0)
    for row in scene.words["stop"]:
        starts = morning + timedelta(days=int(row["days"]))
        stop = StopWish(row["title"], row["words"], starts, starts + timedelta(hours=2))
        add_stop(session, scene.desk, code, stop, now=scene.now)


def _estates(scene: Scene) -> None:
    session, today, now = scene.session, scene.today, scene.now
    for row in scene.words["estate"]:
        add_estate(session, scene.desk, scene.area.code, row["title"], int(row["words"]), now=now)
    session.flush()
    first = estates_of(session, scene.area.id)[0]
    phone = scene.first("phone")["title"]
    for row in scene.words["party"]:
        party = PartyWish(Party(row["more"]), row["title"], row["words"], phone)
        save_party(session, scene.desk, first.number, party, now=now)
    elected = today - timedelta(days=1040)
    filing = FilingWish(scene.words["party"][1]["title"], "2024-07", elected + timedelta(days=12))
    wish = CommitteeWish(elected, elected, today + timedelta(days=55), filing)
    enter_committee(session, scene.street, first.number, wish, now=now)
    session.flush()
    committee = committee_of(session, first.id)
    for at, row in enumerate(scene.words["member"]):
        member = MemberWish(row["title"], row["words"], "", elected, agreed=at == 0)
        add_member(session, scene.street, committee.number if committee else "", member, now=now)


def _issues(scene: Scene) -> None:
    """One that is done, one that is discussed, one that waits."""
    session, now = scene.session, scene.now
    her, other, third = scene.neighbours
    numbers = [
        raise_issue(
            session, her, scene.area.code, row["title"], row["words"], for_unit=False, now=now
        )
        for row in scene.words["issue"]
    ]  # fmt: skip
    session.flush()
    for number, row in zip(numbers[:2], scene.words["proposal"], strict=True):
        take_issue_step(session, scene.desk, number, IssueStep.SHOW, "", now=now)
        propose(session, other, number, row["title"], for_unit=False, now=now)
        session.flush()
        look_at_proposal(session, scene.desk, number, 1, show=True)
        for actor, at in ((third, 0), (other, 0), (third, 1)):
            toggle_support(session, actor, number, at)
    for step, kind in ((IssueStep.DECIDE, "decision"), (IssueStep.DONE, "result")):
        words = scene.first(kind)["title"]
        take_issue_step(session, scene.desk, numbers[0], step, words, now=now)
