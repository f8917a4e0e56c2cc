"""L1: what the desk finds out about an age, the ledger honours: nothing is held against a minor."""

from datetime import timedelta

import pytest

from credit.rules.process import MatterState
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand, Seen
from portal.accounts.service import Confirmation, confirm_age
from portal.kernel.db import Database
from tests.credit.heard import conduct, objected
from tests.make.process import DAY, START, World, announced, waiting, world

S = MatterState


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def found_to_be(made: World, band: AgeBand) -> None:
    """The desk looked at a paper."""
    with made.database.write() as session:
        number = session.get_one(Person, made.subject.id).number
        confirm_age(session, None, number, Confirmation(band, Seen.IDENTITY_CARD), now=START)


def test_L1_whatever_is_held_against_somebody_found_to_be_under_18_falls(made: World) -> None:
    posted = announced(made, source="case:1")
    made.run(START + 17 * DAY)
    assert made.row(posted).state is S.IN_EFFECT
    later = START + 18 * DAY
    announced_one = announced(made, now=later, source="case:2")
    disputed = announced(made, now=later, source="case:3")
    objected(made, disputed, later + DAY)
    unconfirmed = waiting(made, now=later, source="case:4")
    found_to_be(made, AgeBand.UNDER_18)
    made.run(later + DAY + timedelta(minutes=1))
    states = [made.row(one).state for one in (posted, announced_one, disputed, unconfirmed)]
    assert states == [S.REVERSED, S.VOIDED, S.VOIDED, S.VOIDED]
    assert conduct(made) == (0, 0)


def test_L1_who_is_confirmed_to_be_grown_up_keeps_it(made: World) -> None:
    one = announced(made)
    found_to_be(made, AgeBand.ADULT)
    made.run(START + 17 * DAY)
    assert made.row(one).state is S.IN_EFFECT
