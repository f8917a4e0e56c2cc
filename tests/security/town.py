"""A small town for attackers: somebody in every part, and things of each to lay hands on."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter

from portal.accounts import service
from portal.accounts.access import Access
from portal.accounts.models import Person
from portal.accounts.rules import roles
from portal.accounts.service import NewPerson, Place
from portal.kernel import clock
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.models import Case
from portal.reports.rules.codes import Precision, Review, State, Target
from tests.make import accounts, photos, reports
from tests.make.areas import small_tree
from tests.make.organisations import unit

EAST, WEST = "370283001", "370283002"
COMMUNITY = "370283001001"
PHONE = "+8619900001277"
NAME = "赵举报"
WORDS = "邻居半夜装修，住三单元的我睡不着"


@dataclass
class Town:
    """Two streets; people by what they are; cases and other things by name."""

    app: Flask
    database: Database
    people: dict[str, Person]
    units: dict[str, Organisation]
    cases: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client_for(self, rule: Rule) -> FlaskClient:
        """Somebody whom the route lets in."""
        view: Any = self.app.view_functions[rule.endpoint]
        access: Access = view.access
        if access.permission is None:
            return self.clients["owner"]
        held = (code for code, role in roles().items() if access.permission in role.permissions)
        return self.clients[next(code for code in held if code in self.clients)]

    def address(self, rule: Rule, **values: Any) -> str:
        """The route's address with values of things that exist."""
        found = {name: values.get(name, self._value(rule, name)) for name in rule.arguments}
        return str(self.app.url_map.bind("localhost").build(rule.endpoint, found))

    def _value(self, rule: Rule, name: str) -> Any:
        by_endpoint = {
            ("accounts.", "number"): self.people["verifier"].number,
            ("places.", "code"): COMMUNITY,
            ("places.organisation", "code"): "EASTERN",
            ("places.end_organisation", "code"): "EASTERN",
        }
        for (start, argument), value in reversed(by_endpoint.items()):
            if rule.endpoint.startswith(start) and argument == name:
                return value
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            return min(converter.items)
        if isinstance(converter, UUIDConverter):
            return UUID(int=0)
        if isinstance(converter, IntegerConverter):
            return 1
        return {
            "number": self.cases["thing"],
            "holding": self.things["holding"],
            "code": self.things["photo"],
            "token": "x" * 32,
            "ticket": "y" * 64,
            "month": "2026-10",
        }.get(name, "0" * 10)

    def token(self, client: FlaskClient) -> str:
        """A good form token of a browser."""
        return client.get("/track").text.split('name="csrf_token" value="')[1].split('"')[0]


def build_town(app: Flask, database: Database) -> Town:
    """Everybody, and a case for everything that law and contract protect."""
    with database.write() as session:
        tree = small_tree(session)
        units = {
            "east": unit(session, "EASTERN", "东街环卫", area=tree[EAST]),
            "west": unit(session, "WESTERN", "西街环卫", area=tree[WEST]),
        }
        east, west, city = tree[EAST], tree[WEST], tree["370283"]
        people = {
            "owner": accounts.person(session, NAME, PHONE),
            "neighbour": accounts.person(session, "钱邻居"),
            "street_desk": accounts.staff(session, "street_desk", area=east, name="东街窗口"),
            "west_desk": accounts.staff(session, "street_desk", area=west, name="西街窗口"),
            "handling_unit": accounts.staff(session, "handling_unit", organisation=units["east"]),
            "other_unit": accounts.staff(session, "handling_unit", organisation=units["west"]),
            "verifier": accounts.staff(session, "verifier", area=east, name="核查员"),
            "grid_lead": accounts.staff(session, "grid_lead", area=tree[COMMUNITY]),
            "liaison_officer": accounts.staff(session, "liaison_officer", area=west),
            "building_head": accounts.staff(session, "building_head", area=west),
            "volunteer_organiser": accounts.staff(session, "volunteer_organiser", area=east),
            "credit_reviewer": accounts.staff(session, "credit_reviewer", area=city),
            "auditor": accounts.staff(session, "auditor", area=city, name="审计员"),
            "administrator": accounts.staff(session, "administrator", area=city, name="管理员"),
            "city_centre": accounts.staff(session, "city_centre", area=city, name="中心"),
            "evaluator": accounts.staff(session, "evaluator", area=city, name="评估员"),
        }
        town = Town(app, database, people, units)
        _fill(town, session, tree)
    for name, person in people.items():
        town.clients[name] = app.test_client()
        accounts.sign_in_as(town.clients[name], person)
    town.clients["nobody"] = app.test_client()
    return town


def _fill(town: Town, session: Any, tree: Any) -> None:
    owner, at = town.people["owner"], clock.now() - timedelta(hours=9)
    reports.category(
        session, "noise", target=Target.PERSON_OR_SHOP, precision=Precision.COMMUNITY, name="噪声"
    )
    made: dict[str, dict[str, Any]] = {
        "thing": {"state": State.DISPATCHED, "unit": town.units["east"], "listed": True},
        "fresh": {"state": State.REPORTED},
        "sealed": {"state": State.DISPATCHED, "unit": town.units["east"], "sealed": True},
        "person": {"state": State.ACCEPTED, "category_code": "noise", "words": WORDS},
        "closed": {"state": State.CLOSED, "unit": town.units["east"], "listed": True},
    }
    for name, options in made.items():
        case = reports.case(session, tree[COMMUNITY], reporter=owner, at=at, **options)
        town.cases[name] = case.number
        town.things[f"{name}_photo"] = _photo(session, case, Review.PENDING)
    shown = session.query(Case).filter_by(number=town.cases["thing"]).one()
    town.things["photo"] = _photo(session, shown, Review.APPROVED)
    card = service.open_card(session, None, NewPerson(name="孙大爷"), now=at)
    held = service.grant_role(
        session, None, town.people["verifier"].id, "road_head", Place(tree[EAST].id), now=at
    )
    town.things |= {"card": card.number, "holding": held.number}


def _photo(session: Any, case: Case, review: Review) -> str:
    """A photo on a case whose file exists."""
    blobs = session.info["instance"].blobs
    picture = photos.jpeg(64, 64)
    row = reports.photo(session, case, review=review, blob_key=blobs.put(picture, "jpg"))
    return str(row.code)
