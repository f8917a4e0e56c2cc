"""N1 and L11: a colleague of the proposer confirms nothing, and reads no answer of the guard."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from credit.queries.matter_desk import desk_matter, desk_matters
from credit.rules.guard import Route
from credit.service.process import confirm
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.accounts.service import Place, grant_role
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden
from portal.organisations.rules import OrganisationKind
from tests.make.accounts import actor, staff
from tests.make.organisations import unit
from tests.make.process import ANNOUNCED, CHECKED, START, World, waiting, world

STREET, COMMUNITY, OTHER = "370283001", "370283001001", "370283002"


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def someone(made: World, *posts: tuple[str, Any, Any]) -> Actor:
    """Somebody of the centre who also reviews and holds other posts: role, place, unit."""
    with made.database.write() as session:
        who = staff(session, "city_centre")
        grant_role(session, None, who.id, "credit_reviewer", Place(), now=START)
        for role, area, organisation in posts:
            at = Place(area_id=made.tree[area].id if area else None, organisation_id=organisation)
            grant_role(session, None, who.id, role, at, now=START)
        return actor(session, who)


def seen(made: World, who: Actor, matter_id: UUID) -> bool:
    """Whether she finds it in her list, finds its page and may confirm it: all three or none."""
    number = made.row(matter_id).number
    with made.database.read() as session:
        page = desk_matters(session, who, ended=False, after=None, now=CHECKED)
        listed = number in {one.row.number for one in page.rows}
        assert (desk_matter(session, who, number, CHECKED) is not None) == listed
    named = {"actor": who, "gates": made.gates, "now": ANNOUNCED}
    if not listed:
        with pytest.raises(Forbidden):
            made.do(confirm, matter_id, no_interest=True, **named)
    else:
        made.do(confirm, matter_id, no_interest=True, **named)
    return listed


@pytest.mark.parametrize("route", [Route.ORDINARY, Route.OUTSIDE])
def test_N1_inside_the_unit_neither_way_shows_itself(made: World, route: Route) -> None:
    made.route = route
    matter_id = waiting(made)
    assert not seen(made, someone(made, ("street_desk", STREET, None)), matter_id)
    assert seen(made, someone(made), matter_id)


@pytest.mark.parametrize("area", [STREET, COMMUNITY])
def test_L11_a_place_in_or_around_the_proposers_is_inside(made: World, area: str) -> None:
    matter_id = waiting(made)
    assert not seen(made, someone(made, ("grid_lead", area, None)), matter_id)
    wide = someone(made, ("administrator", "370283", None), ("grid_lead", OTHER, None))
    assert seen(made, wide, matter_id)


def test_L11_who_holds_a_post_around_the_place_of_the_proposer_is_inside(made: World) -> None:
    with made.database.write() as session:
        clerk = staff(session, "street_desk", area=made.tree[COMMUNITY])
        made.proposer = actor(session, clerk)
    matter_id = waiting(made)
    assert not seen(made, someone(made, ("street_desk", STREET, None)), matter_id)


def test_L11_every_post_of_the_proposer_counts_not_the_one_chosen(made: World) -> None:
    with made.database.write() as session:
        above = unit(session, "U-ABOVE")
        bureau, below = unit(session, "U-B", parent=above), unit(session, "U-C", parent=above)
        who = made.proposer.person_id
        assert who is not None
        grant_role(session, None, who, "handling_unit", Place(organisation_id=bureau.id), now=START)
        made.proposer = actor(session, session.get_one(Person, who))
        ids = bureau.id, above.id, below.id
    place = made.tree[STREET].path
    matter_id = waiting(made, acting_for=place, now=START + timedelta(minutes=1))
    assert made.row(matter_id).unit_id is None
    for inside in ids[:2]:
        assert not seen(made, someone(made, ("handling_unit", None, inside)), matter_id)
    assert seen(made, someone(made, ("handling_unit", None, ids[2])), matter_id)


def test_L11_the_office_of_the_place_is_inside(made: World) -> None:
    with made.database.write() as session:
        kind = OrganisationKind.STREET_OFFICE
        office = unit(session, "U-S", kind=kind, area=made.tree[STREET])
        office_id = office.id
    matter_id = waiting(made)
    assert not seen(made, someone(made, ("handling_unit", None, office_id)), matter_id)
