"""N1: whoever has the database, but not SECRET_KEY, neither reads nor turns where proposals go."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from credit.models import GuardOutcome, Matter
from credit.queries.matter_desk import desk_matter, desk_matters
from credit.queries.retaliation import count_outcomes, guarded_since
from credit.rules.guard import Probing, Route
from credit.service import record_outcome
from credit.service.process import confirm, stand_aside
from portal.accounts.rules import Actor
from portal.kernel.db import Base, Database
from portal.kernel.errors import Forbidden
from portal.kernel.ids import new_id
from tests.make.credit import DISTRICT, NOW
from tests.make.process import ANNOUNCED, CHECKED, DAY, HOUR, START, World, waiting, world


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def sent(made: World, route: Route) -> UUID:
    made.route = route
    return waiting(made, source=f"巡查:{route.value}")


def is_seen(made: World, who: Actor, matter_id: UUID) -> bool:
    number = made.row(matter_id).number
    with made.database.read() as session:
        listed = desk_matters(session, who, ended=False, after=None, now=CHECKED).rows
        found = desk_matter(session, who, number, CHECKED)
    assert (number in {one.row.number for one in listed}) == (found is not None)
    return found is not None


def put_route(made: World, matter_id: UUID, sealed: str | None) -> None:
    with made.database.write() as session:
        session.execute(update(Matter).where(Matter.id == matter_id).values(sealed_route=sealed))


def test_N1_no_table_tells_where_a_proposal_went(made: World) -> None:
    for route in Route:
        sent(made, route)
    with made.database.read() as session:
        rows = session.execute(select(Matter.sealed_route, Matter.state)).all()
        assert len({row.sealed_route for row in rows}) == len(Route)
        assert len({len(str(row.sealed_route)) for row in rows}) == 1
        assert len({row.state for row in rows}) == 1
        answers = session.scalars(select(GuardOutcome.sealed_route)).all()
        assert len(set(answers)) == len(Route)
        assert len({len(each) for each in answers}) == 1
        for table in ("credit_matter", "credit_guard_outcome", "credit_matter_step"):
            dump = repr(session.execute(select(Base.metadata.tables[table])).all())
            assert not [route for route in Route if f"'{route.value}'" in dump]


def test_N1_whoever_waits_for_it_still_finds_it(made: World) -> None:
    ordinary, outside, never = (sent(made, route) for route in
                                (Route.ORDINARY, Route.OUTSIDE, Route.NEVER))  # fmt: skip
    # a reviewer confirms too
    for who, theirs in ((made.centre, {ordinary}), (made.reviewer, {ordinary, outside})):
        assert {one for one in (ordinary, outside, never) if is_seen(made, who, one)} == theirs


@pytest.mark.parametrize("how", ["of another row", "damaged", "taken out"])
def test_N1_a_route_that_somebody_wrote_over_goes_to_nobody(made: World, how: str) -> None:
    never, ordinary = sent(made, Route.NEVER), sent(made, Route.ORDINARY)
    with made.database.read() as session:
        theirs = session.get_one(Matter, ordinary).sealed_route
    written: dict[str, Any] = {"of another row": theirs, "damaged": "gAAAA", "taken out": None}
    put_route(made, never, written[how])
    for who in (made.centre, made.reviewer):
        assert not is_seen(made, who, never)
        with pytest.raises(Forbidden):
            made.do(confirm, never, no_interest=True, actor=who, gates=made.gates, now=ANNOUNCED)
    assert is_seen(made, made.centre, ordinary)


def test_N1_once_it_waits_no_more_all_look_alike(made: World) -> None:
    ordinary, never = sent(made, Route.ORDINARY), sent(made, Route.NEVER)
    aside = sent(made, Route.OUTSIDE)
    made.do(stand_aside, aside, actor=made.reviewer, now=ANNOUNCED)
    assert made.sent(aside) is Route.OUTSIDE
    made.do(confirm, ordinary, no_interest=True, actor=made.centre, gates=made.gates, now=ANNOUNCED)
    made.run(START + 60 * DAY)
    for each in (ordinary, never, aside):
        assert made.row(each).sealed_route is None


def test_N1_answers_that_somebody_wrote_over_count_as_guarded_and_stop_nothing(
    database: Database,
) -> None:
    who = new_id()
    with database.write() as session:
        for at in range(3):
            record_outcome(
                session, district=DISTRICT, proposal_id=new_id(), route=Route.ORDINARY,
                proposer_id=who, unit_id=None, at=NOW + at * HOUR,
            )  # fmt: skip
        rows = session.execute(select(GuardOutcome.id, GuardOutcome.sealed_route)).all()
        first = update(GuardOutcome).where(GuardOutcome.id == rows[0].id)
        session.execute(first.values(sealed_route=rows[1].sealed_route))
    with database.read() as session:
        assert guarded_since(session, Probing.PROPOSER, [who], NOW + DAY) == 1
        counts = count_outcomes(session, NOW, NOW + DAY)
    assert (counts.proposals, counts.never, counts.outside) == (3, 0, 0)
