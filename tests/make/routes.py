"""What the access test needs to know of each route: values for its address, and whose they are.

A package adds its routes with values in their address: ``SAMPLES["reports.show"] = Sample(…)``.
``own`` is something that the asker may reach, ``foreign`` something of another person or another
place that must look as if it did not exist. Both get the world and the code of the asking role.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts import service
from portal.accounts.models import Person
from portal.accounts.rules import ApiScope, Permission, Scope, roles
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
    things: dict[str, Any] = field(default_factory=dict)


Values = Mapping[str, Any]
Pick = Callable[[World, str], Values]


@dataclass(frozen=True)
class Sample:
    """Values for one route's address. ``form`` is what a POST to it sends besides its token.

    ``reaches``: the roles for which ``own`` is there; others that pass the gate get 403 or 404.
    None: it depends on more than the role, and only foreign and absent things are tried.
    ``foreign_status``: how something foreign is answered to a role that may do this at home.
    """

    own: Pick
    foreign: Pick | None = None
    reaches: frozenset[str] | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    foreign_status: frozenset[int] = frozenset({404})


SAMPLES: dict[str, Sample] = {}
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


def with_permission(verb: Permission) -> frozenset[str]:
    """The roles that have a permission."""
    return frozenset(role.code for role in roles().values() if verb in role.permissions)


def thing(**names: str) -> Pick:
    """Values that are things of the world: ``thing(number="card_west")``."""
    return lambda world, _role: {key: world.things[name] for key, name in names.items()}


def fixed(**values: str) -> Pick:
    """Values that are the same in every world."""
    return lambda _world, _role: values


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


FILLERS.extend([_fill_accounts, _fill_keys, _fill_reports, _fill_follows, _fill_diaries])
ADMINISTRATORS = with_permission(Permission.PEOPLE_MANAGE)
DESKS = with_permission(Permission.CARD_ISSUE)
SAMPLES.update(
    {
        f"places.{page}": Sample(
            own=fixed(code=EAST),
            foreign=fixed(code=WEST),
            reaches=with_permission(Permission.AREA_MANAGE),
            foreign_status=frozenset({403, 404}),
        )
        for page in ("add_permitted", "add_place", "admin_place", "edit_card", "edit_outline",
                     "edit_place", "set_switch")
    }
)  # fmt: skip
SAMPLES.update(
    {
        f"places.{page}": Sample(
            own=fixed(code="U-EAST"),
            foreign=fixed(code="U-WEST"),
            reaches=with_permission(Permission.ORGANISATION_MANAGE),
            foreign_status=frozenset({403, 404}),
        )
        for page in ("organisation", "end_organisation")
    }
)
SAMPLES.update(
    {
        f"reports.desk_{step}": Sample(
            own=thing(number="case_east", code="photo_east"),
            foreign=thing(number="case_west", code="photo_west"),
        )
        for step in ("cover", "uncover")
    }
)
for _page in ("desk_import_run", "desk_import_drop"):
    SAMPLES[f"reports.{_page}"] = Sample(own=fixed(run="none"))
for _page in ("take_personal", "decide_personal"):
    SAMPLES[f"reports.{_page}"] = Sample(own=fixed(wish="none"))
SAMPLES.update(
    {
        f"reports.{page}": Sample(
            own=lambda world, role: {"number": world.things["follows"].get(role, "0")},
            foreign=lambda world, _role: {"number": world.things["follows"][STRANGER]},
            reaches=frozenset(roles()),
        )
        for page in ("change_following", "stop_own")
    }
)
SAMPLES.update(
    {
        f"reports.{page}": Sample(own=thing(number="case_east"), foreign=thing(number="case_west"))
        for page in ("filed_matter", "filed_paper", "filed_consent")
    }
)
SAMPLES["reports.file_receipt"] = Sample(own=fixed(ticket="none"))
SAMPLES["reports.file_form"] = Sample(
    own=fixed(source="petition_proxy", kind="litter"), foreign=fixed(source="none", kind="none")
)
SAMPLES.update(
    {
        f"reports.desk_{page}": Sample(
            own=fixed(code=EAST),
            foreign=fixed(code=WEST),
            reaches=with_permission(verb),
        )
        for verb, pages in (
            (Permission.GRID_WORK, ("grid_place", "diary_new", "diary_month")),
            (Permission.GRID_MANAGE, ("grid_team", "grid_leave", "grid_interval")),
        )
        for page in pages
    }
)
SAMPLES["reports.desk_diary_entry"] = Sample(
    own=thing(entry="entry_east"),
    foreign=thing(entry="entry_west"),
    reaches=with_permission(Permission.GRID_WORK),
)
SAMPLES["reports.desk_diary_correct"] = Sample(
    own=thing(entry="entry_east"), foreign=thing(entry="entry_west")
)
SAMPLES["reports.desk_diary_photo"] = Sample(own=fixed(code="none"), foreign=fixed(code="none"))
SAMPLES.update(
    {
        # links and what came by them are told apart by their codes; none is made here
        f"reports.desk_{page}": Sample(own=fixed(**{name: "none"}))
        for page, name in (
            ("came", "number"), ("came_photo", "code"), ("end_reply", "number"),
            ("link_made", "ticket"), ("reply", "number"), ("revoke_link", "number"),
        )
    }
)  # fmt: skip
SAMPLES["reports.audit_draw"] = Sample(own=fixed(draw="none"))
SAMPLES["reports.audit_case"] = Sample(own=fixed(draw="none", sampled="none"))
SAMPLES["reports.end_row"] = Sample(own=fixed(code="none"))
SAMPLES["reports.end_admission"] = Sample(own=fixed(code="none"))
# only who keeps the whole city changes it: to the others no year is there
SAMPLES["calendars.year"] = Sample(
    own=fixed(code="office"), foreign=fixed(code="office"), reaches=frozenset()
)
SAMPLES["parts.section"] = Sample(
    own=fixed(section="forms"),
    foreign=fixed(section="nothing"),
    reaches=with_permission(Permission.PARTS_READ),
)
SAMPLES["places.end_permitted"] = Sample(
    own=fixed(code=EAST, key="none"),
    foreign=fixed(code=WEST, key="none"),
    foreign_status=frozenset({403, 404}),
)
CASE_STEPS = (
    "accept", "ask", "close", "confirm", "contract", "decisions", "dispatch", "escalate", "extend",
    "file", "grade", "grade_danger", "hand_over", "handle", "identity", "known", "list_case",
    "merge", "moderate", "note", "receipt", "reclassify", "refuse", "refuse_filing", "resolve",
    "respond", "resume", "return", "send_back", "split", "split_off", "suspend", "take_back",
    "void", "way",
    "accept", "ask", "close", "confirm", "confirm_solved", "decisions", "dispatch", "doubt",
    "extend", "file", "grade", "grade_danger", "hand_over", "handle", "identity", "known",
    "list_case", "merge", "moderate", "note", "receipt", "reclassify", "refuse", "refuse_filing",
    "respond", "resume", "return", "send_back", "settle", "split", "suspend", "take_back", "void",
    "way",
    "accept", "ask", "close", "confirm", "decisions", "dispatch", "extend", "file", "forward",
    "grade", "grade_danger", "hand_over", "handle", "helper", "identity", "known", "list_case",
    "merge", "moderate", "note", "outside_answer", "receipt", "reclassify", "refuse",
    "refuse_filing", "respond", "resume", "return", "send_back", "split", "suspend", "take_back",
    "void", "way",
)  # fmt: skip
SAMPLES.update(
    {
        f"reports.desk_{step}": Sample(
            own=thing(number="case_east"), foreign=thing(number="case_west")
        )
        for step in CASE_STEPS
    }
)
SAMPLES.update(
    {
        "reports.desk_case": Sample(
            own=thing(number="case_east"),
            foreign=thing(number="case_west"),
            reaches=with_permission(Permission.REPORT_READ),
        ),
        "reports.desk_batch": Sample(
            own=thing(number="batch_east"), foreign=thing(number="batch_west")
        ),
        "reports.desk_condition": Sample(
            own=thing(number="listing_east"), foreign=thing(number="listing_west")
        ),
        "reports.desk_delist": Sample(
            own=thing(number="listing_east"), foreign=thing(number="listing_west")
        ),
        "reports.desk_digest": Sample(own=fixed(day="2026-01-01"), foreign=fixed(day="1999-01-01")),
        "reports.desk_undo": Sample(
            own=thing(number="batch_east"), foreign=thing(number="batch_west")
        ),
        "reports.desk_photo": Sample(
            own=thing(code="photo_east"),
            foreign=thing(code="photo_west"),
            reaches=with_permission(Permission.REPORT_READ),
        ),
    }
)
SAMPLES.update(
    {
        "accounts.end_session": Sample(
            own=lambda world, role: {"number": world.sessions.get(role, "0")},
            foreign=lambda world, _role: {"number": world.sessions[STRANGER]},
            reaches=frozenset(roles()),
        ),
        "accounts.person": Sample(own=thing(number="colleague_east"), reaches=ADMINISTRATORS),
        "accounts.grant_role": Sample(
            own=thing(number="colleague_east"),
            foreign=thing(number="colleague_west"),
            reaches=ADMINISTRATORS,
            form={"role": "grid_lead", "area": WEST},
            foreign_status=frozenset({422}),
        ),
        "accounts.end_role": Sample(
            own=thing(number="colleague_east", holding="holding_east"),
            foreign=thing(number="colleague_west", holding="holding_west"),
            reaches=ADMINISTRATORS,
        ),
        "accounts.reset_factor": Sample(
            own=thing(number="colleague_east"),
            foreign=thing(number="colleague_west"),
            reaches=ADMINISTRATORS,
            foreign_status=frozenset({422}),
        ),
        "accounts.replace_card": Sample(
            own=thing(number="card_east"), foreign=thing(number="card_west"), reaches=DESKS
        ),
        "accounts.revoke_api_key": Sample(
            own=thing(number="key_east"),
            foreign=thing(number="key_west"),
            reaches=with_permission(Permission.API_KEY_MANAGE),
        ),
        "accounts.revoke_card": Sample(
            own=thing(number="card_east"), foreign=thing(number="card_west"), reaches=DESKS
        ),
    }
)
