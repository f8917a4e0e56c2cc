"""The world of the access test: two streets, somebody in each role, and a thing of each kind.

A package adds what its routes need: a function in ``FILLERS``, called once each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from credit.queries.guardian import last_request
from credit.service.guardian import agree_as_guardian
from credit.service.honours.nominating import nominate
from portal.accounts import service
from portal.accounts.models import Person
from portal.accounts.rules import ApiScope, Scope, roles
from portal.accounts.service import NewPerson, Place
from portal.accounts.service.api_keys import KeyWish, issue_key
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.organisations.models import Organisation
from portal.reports.models import Case
from portal.reports.queries.following import follows_of_person
from portal.reports.rules.batches import BatchAction, Wish
from portal.reports.rules.codes import State
from portal.reports.rules.following import FollowWay, Subject
from portal.reports.rules.grid import EntryKind
from portal.reports.service.batches import do_batch
from portal.reports.service.diary import Written, write_entry
from portal.reports.service.following.asking import Asked, follow
from portal.reports.service.supervision import list_case
from tests.make import guard, honours, notices, quizzes
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import case, photo, row_of, supervisor

EAST, WEST = "370283001", "370283002"
NOBODY = "nobody"  # a passer-by
HALF = "staff without the second step"
STRANGER = "stranger"


@dataclass
class World:
    """Two streets, one person for each role in the east one, and what packages add."""

    app: Flask
    database: Database
    tree: Mapping[str, Area]
    people: dict[str, Person]
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


# functions that put a package's things into the world, called once each
FILLERS: list[Callable[[Session, World], None]] = []


def build_world(app: Flask, database: Database) -> World:
    """Fill a database with everybody and everything that the samples name."""
    with database.write() as session:
        tree = small_tree(session)
        east, west = unit(session, "U-EAST", area=tree[EAST]), unit(session, "U-WEST")
        people = {code: _holder(session, code, tree, east.id) for code in roles()}
        people[HALF] = staff(session, "street_desk", area=tree[EAST])
        people[STRANGER] = person(session)
        world = World(app, database, tree, people)
        world.things |= {"unit_east": east.id, "unit_west": west.id}
        for fill in FILLERS:
            fill(session, world)
    for code, who in people.items():
        client = app.test_client()
        row = sign_in_as(client, who, second_factor=code != HALF)
        world.clients[code], world.sessions[code] = client, row.number
    world.clients[NOBODY] = app.test_client()
    return world


def _holder(session: Session, code: str, tree: Mapping[str, Area], unit_id: Any) -> Person:
    scope = roles()[code].scope
    if scope is Scope.SELF:
        return person(session, name=code)
    if scope is Scope.ORGANISATION:
        return staff(session, code, organisation=unit_id, name=code)
    return staff(session, code, area=tree["370283" if scope is Scope.CITY else EAST], name=code)


def _fill_accounts(session: Session, world: World) -> None:
    """Roles and cards in both streets."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for side, street in (("east", EAST), ("west", WEST)):
        area = world.tree[street]
        colleague = staff(session, "verifier", area=area, name=f"{side} colleague")
        held = service.grant_role(session, None, colleague.id, "road_head", Place(area.id), now=now)
        desk = actor(session, staff(session, "street_desk", area=area))
        card = service.open_card(session, desk, NewPerson(name="card"), now=now)
        world.things |= {
            f"colleague_{side}": colleague.number,
            f"holding_{side}": held.number,
            f"card_{side}": card.number,
        }


def _fill_keys(session: Session, world: World) -> None:
    """A program's key of the unit in the east, and one of a person, whom no street looks after."""
    who = person(session)
    # they are looked up by their codes
    session.flush()
    scopes = frozenset(ApiScope)
    for side, wish in (
        ("east", KeyWish("east", "U-EAST", "", scopes)),
        ("west", KeyWish("west", "", who.number, scopes)),
    ):
        issued = issue_key(session, None, wish, now=datetime(2026, 1, 1, tzinfo=UTC))
        world.things[f"key_{side}"] = issued.number


def _fill_notices(session: Session, world: World) -> None:
    """A notice of each street that is over already."""
    for side, street in (("east", EAST), ("west", WEST)):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        world.things[f"notice_{side}"] = notices.taken_down(session, street, now=at)


def _fill_guard(session: Session, world: World) -> None:
    """A wish to have deductions that nobody has confirmed, and a guardian who agreed."""
    at, district = datetime(2026, 1, 1, tzinfo=UTC), EAST[:6]
    world.things["switch"] = guard.proposed(session, district, by=person(session), now=at)
    guardian, child = person(session, phone=guard.GUARDIAN_PHONE), guard.child(session, now=at)
    token = guard.asked(session, child, guard.GUARDIAN_PHONE, now=at)
    agree_as_guardian(session, token, guardian.id, states=True, districts=[district], now=at)
    agreed = last_request(session, child.id)
    world.things["agreed"] = agreed.number if agreed else ""


def _fill_reports(session: Session, world: World) -> None:
    """A dispatched case with a photo in both streets."""
    unit_east = session.get_one(Organisation, world.things["unit_east"])
    unit_west = session.get_one(Organisation, world.things["unit_west"])
    for side, street, unit_here in (("east", EAST, unit_east), ("west", WEST, unit_west)):
        made = case(session, world.tree[f"{street}001"], state=State.DISPATCHED, unit=unit_here)
        world.things[f"case_{side}"] = made.number
        key = instance_of(session).blobs.put(b"a picture", "jpg")
        world.things[f"photo_{side}"] = photo(session, made, blob_key=key).code
        who = world.people["street_desk"] if side == "east" else None
        clerk = who or staff(session, "street_desk", area=world.tree[street])
        new = case(session, world.tree[f"{street}001"])
        wish, now = Wish(new.number, new.version), datetime(2026, 1, 1, tzinfo=UTC)
        world.things[f"listing_{side}"] = _listed(session, made)
        world.things[f"batch_{side}"] = do_batch(
            session, actor(session, clerk), BatchAction.ACCEPT, [wish], now=now
        )


def _fill_follows(session: Session, world: World) -> None:
    """Everybody follows a street; by its number nobody else can stop it."""
    asked = Asked(Subject(area=EAST), {})
    given: dict[str, Any] = {"way": FollowWay.APP, "language": "zh_Hans"}
    found = {}
    for code, who in world.people.items():
        now = datetime(2026, 1, 1, tzinfo=UTC)
        follow(session, actor(session, who), asked, now=now, **given)
        found[code] = follows_of_person(session, who.id)[0].number
    world.things["follows"] = found


def _listed(session: Session, made: Case) -> str:
    """A case under listed supervision, by its listing's number."""
    seen, now = row_of(session, made), datetime(2026, 1, 1, tzinfo=UTC)
    return list_case(session, seen, actor=supervisor(), now=now, reason="overdue")


def _fill_diaries(session: Session, world: World) -> None:
    """An entry of the diary in both streets; that of the east is the grid lead's."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for side, street in (("east", EAST), ("west", WEST)):
        area = world.tree[street]
        lead = world.people["grid_lead"] if side == "east" else None
        who = actor(session, lead or staff(session, "grid_lead", area=area))
        written = Written(EntryKind.PATROL, now, "walked through")
        world.things[f"entry_{side}"] = write_entry(
            session, street, written, actor=who, now=now
        ).code


def _fill_honours(session: Session, world: World) -> None:
    """A nomination in both streets, of nobody who is known yet; something to learn."""
    for side, street in (("east", EAST), ("west", WEST)):
        neighbour = actor(session, person(session))
        place = f"{street}001"
        nominate(
            session, neighbour, honours.told(place=place), now=datetime(2026, 1, 2, tzinfo=UTC)
        )
        world.things[f"honour_{side}"] = honours.newest(session).number
    world.things["quiz"] = quizzes.published(session)


FILLERS.extend(
    [
        _fill_accounts,
        _fill_keys,
        _fill_notices,
        _fill_guard,
        _fill_reports,
        _fill_follows,
        _fill_diaries,
        _fill_honours,
    ]
)
