"""What runs out by itself: points, holds, notices, deductions; always by the same entries."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Due, EntryDetail
from credit.queries.accounts import unit_sums, wrong_balances
from credit.queries.entries import EntryRow, entries_of
from credit.rules.kinds import Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.service import Posted, Rejected, correct, give_back_held, spend_held
from credit.service.conduct import post_deduction, repair_deduction
from credit.service.due import settle_due
from credit.service.posting import Details
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.make.credit import (
    DISTRICT,
    NOW,
    account,
    given,
    posted,
    standing,
    try_hold,
    try_notice,
)

DAY = timedelta(days=1)


def end(session: Session, act: Any, of: UUID, now: datetime = NOW, **more: Any) -> EntryRow:
    wish = {"district": DISTRICT, "entry_id": new_id(), "of": of, "details": Details("desk:1")}
    return posted(act(session, **wish, now=now, **more)).entry


def rows_of(database: Database, mine: UUID, *kinds: Kind) -> list[EntryRow]:
    with database.read() as session:
        assert wrong_balances(session) == []
        assert set(unit_sums(session).values()) <= {0}
        return [row for row in entries_of(session, DISTRICT, mine) if row.kind in kinds]


def due_rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Due)) or 0


def test_N5_points_expire_on_their_day_first_in_first_out(database: Database) -> None:
    with database.write() as session:
        mine = account(session)
        first = given(session, mine, 5, until=NOW + 10 * DAY).entry
        given(session, mine, 5, until=NOW + 20 * DAY, now=NOW + DAY)
        hold = posted(try_hold(session, mine, 3, now=NOW + DAY)).entry
        end(session, spend_held, hold.id)
    assert settle_due(database, NOW + 9 * DAY) == 0
    assert settle_due(database, NOW + 12 * DAY) == 1
    assert settle_due(database, NOW + 12 * DAY) == 0
    (made,) = rows_of(database, mine, Kind.EXPIRY)
    assert (made.amount, made.of_id, made.rule) == (2, first.id, first.rule)
    # it says when it happened, not when the job came to it
    assert made.at == NOW + 10 * DAY
    assert settle_due(database, NOW + 30 * DAY) == 1
    with database.read() as session:
        assert standing(session, mine).balance == 0
        assert due_rows(session) == 0


def test_points_that_ran_out_are_not_spent_because_the_job_is_late(database: Database) -> None:
    with database.write() as session:
        mine = account(session, points=5, until=NOW + DAY)
        assert isinstance(try_hold(session, mine, 5, now=NOW + DAY), Rejected)
    assert settle_due(database, NOW + 2 * DAY) == 0
    (made,) = rows_of(database, mine, Kind.EXPIRY)
    assert made.at == NOW + DAY


def walk(database: Database, days: int) -> list[tuple[Kind, int | None, datetime]]:
    """A month of shifts and purchases; the job runs only each so many days."""
    with database.write() as session:
        mine = account(session)
    for day in range(24):
        at = NOW + day * DAY
        with database.write() as session:
            given(session, mine, 3, now=at, until=at + (4 + day % 3) * DAY)
            if day % 3 == 2:
                hold = try_hold(session, mine, 4, now=at, until=at + 2 * DAY)
            if day % 9 == 3 and isinstance(hold, Posted):
                end(session, give_back_held, hold.entry.id, at)
        if day % days == 0:
            settle_due(database, at + DAY / 2)
    settle_due(database, NOW + 60 * DAY)
    rows = rows_of(database, mine, *Kind)
    return sorted((row.kind, row.amount, row.at) for row in rows)


def test_whenever_the_job_runs_the_same_entries_are_made(database: Database) -> None:
    each_day = walk(database, 1)
    assert {kind for kind, _, _ in each_day} >= {Kind.EXPIRY, Kind.REDEEM_VOID}
    assert walk(database, 5) == each_day
    assert walk(database, 100) == each_day


def test_a_hold_that_nobody_ends_comes_back_and_what_is_over_of_it_expires(
    database: Database,
) -> None:
    with database.write() as session:
        mine = account(session, points=5, until=NOW + DAY)
        hold = posted(try_hold(session, mine, 4, until=NOW + 3 * DAY)).entry
    # what is held is promised: only the rest runs out
    assert settle_due(database, NOW + 2 * DAY) == 1
    assert settle_due(database, NOW + 4 * DAY) == 2
    rows = rows_of(database, mine, Kind.EXPIRY, Kind.REDEEM_VOID)
    assert [(row.kind, row.amount) for row in rows] == [
        (Kind.EXPIRY, 1), (Kind.REDEEM_VOID, 4), (Kind.EXPIRY, 4),
    ]  # fmt: skip
    assert rows[1].of_id == hold.id
    assert rows[1].at == NOW + 3 * DAY
    with database.read() as session:
        assert standing(session, mine).balance == 0


@pytest.mark.parametrize("way", ["void", "correction"])
def test_points_that_come_back_after_their_day_expire_too(database: Database, way: str) -> None:
    with database.write() as session:
        mine = account(session, points=5, until=NOW + DAY)
        hold = posted(try_hold(session, mine, 5, until=NOW + 30 * DAY)).entry
        spent = end(session, spend_held, hold.id) if way == "correction" else None
    assert settle_due(database, NOW + 2 * DAY) == 0
    with database.write() as session:
        if spent:
            end(session, correct, spent.id, NOW + 3 * DAY, amount=5)
        else:
            end(session, give_back_held, hold.id, NOW + 3 * DAY)
    assert settle_due(database, NOW + 4 * DAY) == 1
    with database.read() as session:
        assert standing(session, mine).balance == 0


def test_a_notice_that_nobody_posts_lapses(database: Database) -> None:
    with database.write() as session:
        mine = account(session, Unit.CONDUCT)
        posted(try_notice(session, mine, 9, until=NOW + 60 * DAY))
    assert settle_due(database, NOW + 59 * DAY) == 0
    assert settle_due(database, NOW + 61 * DAY) == 1
    (made,) = rows_of(database, mine, Kind.DEDUCTION_EXPIRE)
    assert made.at == NOW + 60 * DAY
    with database.read() as session:
        assert (standing(session, mine).balance, standing(session, mine).held) == (0, 0)


def test_L12_a_deduction_ends_within_three_months_and_nobody_can_read_of_it_then(
    database: Database,
) -> None:
    with database.write() as session:
        mine = account(session, Unit.CONDUCT)
        notice = posted(try_notice(session, mine, 9)).entry
        at = NOW + 20 * DAY
        counted = end(session, post_deduction, notice.id, at, life=400 * DAY)
        assert counted.until == at + 90 * DAY
        end(session, repair_deduction, counted.id, at, amount=4)
        assert standing(session, mine).balance == -5
    assert settle_due(database, at + 91 * DAY) == 1
    (made,) = rows_of(database, mine, Kind.EXPIRY)
    assert (made.amount, made.of_id) == (5, counted.id)
    with database.read() as session:
        assert standing(session, mine).balance == 0
        assert session.scalars(select(EntryDetail.entry_id)).all() == []


def test_a_deduction_that_was_repaired_whole_is_forgotten_on_its_day_all_the_same(
    database: Database,
) -> None:
    with database.write() as session:
        mine = account(session, Unit.CONDUCT)
        notice = posted(try_notice(session, mine, 9)).entry
        counted = end(session, post_deduction, notice.id, NOW + 20 * DAY)
        end(session, repair_deduction, counted.id, amount=9)
    assert settle_due(database, NOW + 200 * DAY) == 0
    with database.read() as session:
        assert session.scalars(select(EntryDetail.entry_id)).all() == []


def test_a_notice_that_lapsed_and_a_hold_that_ran_out_cannot_be_posted_late(
    database: Database,
) -> None:
    with database.write() as session:
        mine, conduct = account(session, points=5), account(session, Unit.CONDUCT)
        hold = posted(try_hold(session, mine, 5, until=NOW + DAY)).entry
        notice = posted(try_notice(session, conduct, 5, until=NOW + 20 * DAY)).entry
        wish: dict[str, Any] = {"district": DISTRICT, "details": Details("x")}
        late = NOW + 21 * DAY
        for act, of in ((spend_held, hold.id), (post_deduction, notice.id)):
            answer = act(session, entry_id=new_id(), of=of, now=late, **wish)
            assert answer == Rejected(LedgerRefusal.RESOLVED, "of")
