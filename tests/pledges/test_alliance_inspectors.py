"""For which alliances somebody may look at a frontage: members at members', where it is allowed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pledges.models import Alliance, AllianceMember, PremisesOperator
from pledges.queries.alliances import alliances_of_inspector
from pledges.queries.premises import premises_by_number
from pledges.rules.premises import OperatorEnd
from portal.accounts.models import Person
from portal.kernel.db import Database
from tests.make.alliances import Road, road
from tests.make.pledges import NOW, TODAY


@pytest.fixture
def made(database: Database) -> Road:
    made = road(database, 3)
    allow(made, inspects=True)
    return made


def allow(made: Road, **values: object) -> None:
    with made.database.write() as session:
        session.execute(update(Alliance).values(**values))


def found(made: Road, who: Person | None, shop: int) -> list[str]:
    with made.database.read() as session:
        place = premises_by_number(session, made.shops[shop])
        assert place is not None
        rows = alliances_of_inspector(session, who.id if who else None, place)
        return [row.number for row in rows]


def test_a_member_may_look_at_the_frontages_of_the_others(made: Road) -> None:
    assert found(made, made.owners[0], 1) == [made.number]
    assert found(made, made.owners[0], 0) == []
    assert found(made, made.desk, 1) == []
    assert found(made, None, 1) == []


def test_not_where_the_street_does_not_let_them_or_the_alliance_ended(made: Road) -> None:
    allow(made, inspects=False)
    assert found(made, made.owners[0], 1) == []
    allow(made, inspects=True, ended_on=TODAY)
    assert found(made, made.owners[0], 1) == []


@pytest.mark.parametrize("shop", [0, 1])
def test_not_once_either_has_left(made: Road, shop: int) -> None:
    with made.database.write() as session:
        rows = session.scalars(select(AllianceMember).order_by(AllianceMember.id)).all()
        rows[shop].left_at = NOW + timedelta(hours=1)
    assert found(made, made.owners[0], 1) == []


def test_not_for_a_shop_that_another_one_runs_now(made: Road) -> None:
    with made.database.write() as session:
        gone = session.scalars(
            select(PremisesOperator).where(PremisesOperator.person_id == made.owners[1].id)
        ).one()
        gone.ends_on, gone.ended_why = TODAY, OperatorEnd.TENANT_CHANGE
    assert found(made, made.owners[0], 1) == []
