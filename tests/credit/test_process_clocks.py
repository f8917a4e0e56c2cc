"""The clocks of due process: one that cannot be written down holds up no other."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from credit.models import MatterText
from credit.queries.entries import resolution_of
from credit.rules.kinds import Kind
from credit.rules.process import MatterState
from portal.kernel.db import Database
from tests.credit.halting import halted
from tests.credit.heard import conduct, objected
from tests.make.credit import DISTRICT
from tests.make.process import DAY, World, announced, waiting, world

S = MatterState


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def words(made: World) -> int:
    with made.database.read() as session:
        return session.scalar(select(func.count()).select_from(MatterText)) or 0


def test_L12_while_the_ledger_stands_still_the_other_clocks_run_and_details_are_erased(
    made: World,
) -> None:
    over = waiting(made)
    lapses = made.row(over).confirm_by
    assert lapses is not None
    made.run(lapses)
    now = lapses + 30 * DAY
    missed = announced(made, now=now - 10 * DAY, source="case:2")
    objected(made, missed, now - 9 * DAY)
    posted = announced(made, now=now - 16 * DAY, source="case:3")
    lapsed = waiting(made, now=now - 15 * DAY, source="case:4")
    with halted(made.database):
        made.run(now)
        states = [made.row(one).state for one in (missed, posted, lapsed)]
        assert states == [S.DISPUTED, S.ANNOUNCED, S.LAPSED]
        with made.database.read() as session:
            gone = select(func.count()).where(MatterText.matter_id == over)
            assert session.scalar(gone) == 0
        assert words(made) > 0
    made.run(now)
    assert [made.row(one).state for one in (missed, posted)] == [S.VOIDED, S.IN_EFFECT]


def test_L8_a_missed_clock_ends_what_the_ledger_has_ended_by_itself(made: World) -> None:
    """No job ran for weeks: the hold is over before the objection's clock is written down."""
    late, other = announced(made), announced(made, source="case:2")
    for one in (late, other):
        objected(made, one)
    row = made.row(late)
    assert row.lapses_at is not None
    now = row.lapses_at + timedelta(days=1)
    made.run(now)
    assert [made.row(one).state for one in (late, other)] == [S.VOIDED, S.VOIDED]
    assert conduct(made) == (0, 0)
    assert row.notice_id is not None
    with made.database.read() as session:
        end = resolution_of(session, DISTRICT, row.notice_id)
    assert end is not None
    assert (end.kind, made.row(late).end_id) == (Kind.DEDUCTION_EXPIRE, end.id)
