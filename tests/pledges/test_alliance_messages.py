"""Messages of notices of an alliance: they stop with a wish, with a membership."""

import pytest
from sqlalchemy import select

from pledges.models import PremisesOperator
from pledges.service.alliance_lead import (
    choose_messages,
    post_notice,
)
from pledges.service.alliances import (
    leave,
)
from portal.accounts.queries import phones_of
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxState
from tests.make.alliances import Road, road
from tests.make.pledges import NOW
from tests.pledges.test_alliances import messages


@pytest.fixture
def made(database: Database) -> Road:
    return road(database, 3, led=True)


def test_whoever_stops_them_or_leaves_at_night_gets_no_message_in_the_morning(
    database: Database,
) -> None:
    made, night = road(database, 4, led=True), NOW.replace(hour=15)
    made.do(post_notice, made.desk, made.number, "夜间", "明早清扫", now=night)
    assert {row.state for row in messages(made)} == {OutboxState.WAITING}
    made.do(choose_messages, made.owners[1], made.number, wanted=False, now=night)
    made.do(leave, made.owners[2], made.number, made.members[2], now=night)
    with database.read() as session:
        vault = instance_of(session).vault
        told = {
            vault.unseal(row.sealed_to or "")
            for row in messages(made)
            if row.state is OutboxState.WAITING
        }
        still = [made.owners[0].id, made.owners[3].id]
        assert told == set(phones_of(session, still).values())
    assert [row.state for row in messages(made)].count(OutboxState.CANCELLED) == 2
    assert {row.sealed_to for row in messages(made) if row.state is OutboxState.CANCELLED} == {None}


def test_whoever_leaves_with_one_of_two_shops_is_told_of_the_other(made: Road) -> None:
    night = NOW.replace(hour=15)
    with made.database.write() as session:
        second = session.scalars(
            select(PremisesOperator).where(PremisesOperator.person_id == made.owners[2].id)
        ).one()
        second.person_id = made.owners[1].id
    made.do(post_notice, made.desk, made.number, "夜间", "明早清扫", now=night)
    made.do(leave, made.owners[1], made.number, made.members[2], now=night)
    assert {row.state for row in messages(made)} == {OutboxState.WAITING}
    made.do(leave, made.owners[1], made.number, made.members[1], now=night)
    states = [row.state for row in messages(made)]
    assert sorted(states) == [OutboxState.CANCELLED, OutboxState.WAITING]
