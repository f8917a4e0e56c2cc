"""Several at once: the last one is had once, comes back once, and nobody waits for ever."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from credit.models import Redemption
from credit.queries.accounts import unit_sums, wrong_balances
from credit.queries.benefits import BenefitRow
from credit.rules.benefits import BenefitRefusal, BenefitStep, RedemptionState
from credit.service.benefits import change_stock
from credit.service.due import settle_due
from credit.service.redeeming import cancel_redemption, find_by_code, hand_out, redeem
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.areas import small_tree
from tests.make.benefits import desk, kept, offer, pick_up_code, read, redeemed, saver
from tests.make.credit import NOW
from tests.make.together import at_once

ROUNDS = 5
DAY = timedelta(days=1)


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


def acting(database: Database, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """An act in a transaction of its own: what it returned, or the code of its refusal."""

    def run() -> Any:
        try:
            with database.write() as session:
                return act(session, *given, **named)
        except Refused as refused:
            return refused.code

    return run


def in_stock_and_taken(database: Database, row: BenefitRow) -> tuple[int | None, int]:
    with database.read() as session:
        taken = session.scalar(
            select(func.count()).where(
                Redemption.benefit_id == row.id,
                Redemption.state.in_((RedemptionState.HELD, RedemptionState.HANDED_OUT)),
            )
        )
        assert wrong_balances(session) == []
        assert set(unit_sums(session).values()) <= {0}
        return read(session, row.code).in_stock, int(taken or 0)


def test_the_last_one_is_had_once(database: Database, tree: dict[str, Area]) -> None:
    for _ in range(ROUNDS):
        with database.write() as session:
            row = offer(session, tree, stock=2)
            savers = [saver(session) for _ in range(5)]
        acts = [acting(database, redeem, who, row.code, price=row.price, now=NOW) for who in savers]
        found = at_once(*acts)
        assert sum(isinstance(one, BenefitRefusal) for one in found) == 3
        assert set(found) & set(BenefitRefusal) == {BenefitRefusal.SOLD_OUT}
        assert in_stock_and_taken(database, row) == (0, 2)


def test_one_person_in_two_windows_has_no_more_than_allowed(
    database: Database, tree: dict[str, Area]
) -> None:
    for _ in range(ROUNDS):
        with database.write() as session:
            row, who = offer(session, tree, stock=9, per_person=1), saver(session)
        wish = acting(database, redeem, who, row.code, price=row.price, now=NOW)
        found = at_once(*[wish] * 4)
        assert found.count(BenefitRefusal.HAD_ENOUGH) == 3
        assert in_stock_and_taken(database, row) == (8, 1)


def test_it_is_fetched_or_cancelled_or_lapses_once(
    database: Database, tree: dict[str, Area]
) -> None:
    for at in range(ROUNDS):
        late = NOW + 7 * DAY if at % 2 else NOW
        with database.write() as session:
            row, who, actor = offer(session, tree), saver(session), desk(session, tree)
            number = redeemed(session, who, row)
            find_by_code(session, actor, pick_up_code(session, number), now=late)
        at_once(
            acting(database, hand_out, actor, number, now=late),
            acting(database, cancel_redemption, who, number, now=late),
            acting(database, hand_out, actor, number, now=late),
            partial(settle_due, database, late),
        )
        settle_due(database, late)
        with database.read() as session:
            state = kept(session, number).state
        assert state is not RedemptionState.HELD
        assert (state is RedemptionState.LAPSED) == bool(at % 2)
        taken = int(state is RedemptionState.HANDED_OUT)
        assert in_stock_and_taken(database, row) == (1 - taken, taken)


def test_an_item_counted_out_and_had_at_once_is_one_or_the_other(
    database: Database, tree: dict[str, Area]
) -> None:
    for _ in range(ROUNDS):
        with database.write() as session:
            row, who, actor = offer(session, tree), saver(session), desk(session, tree)
        found = at_once(
            acting(database, redeem, who, row.code, price=row.price, now=NOW),
            acting(
                database, change_stock, actor, row.code, BenefitStep.STOCK_OUT,
                amount=1, reason="破损", now=NOW,
            ),
        )  # fmt: skip
        assert sum(isinstance(one, BenefitRefusal) for one in found) == 1
        assert in_stock_and_taken(database, row)[0] == 0


def walk(
    database: Database, rows: list[BenefitRow], savers: list[Actor], actor: Actor, seed: int
) -> None:
    """One of many who have things kept, fetch and cancel them as the days go by."""
    chance, numbers = Random(seed), list[tuple[str, Actor]]()
    for step in range(25):
        now = NOW + step * DAY / 2
        who, row = chance.choice(savers), chance.choice(rows)
        match chance.randint(0, 3):
            case 0 | 1:
                found = acting(database, redeem, who, row.code, price=row.price, now=now)()
                if isinstance(found, str) and not isinstance(found, BenefitRefusal):
                    numbers.append((found, who))
            case 2 if numbers:
                number, owner = numbers.pop()
                acting(database, cancel_redemption, owner, number, now=now)()
            case 3 if numbers:
                number, _ = chance.choice(numbers)
                with database.write() as session:
                    find_by_code(session, actor, pick_up_code(session, number), now=now)
                acting(database, hand_out, actor, number, now=now)()


def test_many_who_have_kept_and_cancel_at_once_never_wait_for_each_other(
    database: Database, tree: dict[str, Area]
) -> None:
    stock = 4
    with database.write() as session:
        rows = [offer(session, tree, stock=stock, hold_days=1 + n, price=1) for n in range(3)]
        savers = [saver(session, 30) for _ in range(4)]
        actors = [desk(session, tree) for _ in range(6)]
    at_once(
        *[partial(walk, database, rows, savers, actor, n) for n, actor in enumerate(actors)],
        *[partial(settle_due, database, NOW + n * DAY) for n in range(6)],
    )
    settle_due(database, NOW + 400 * DAY)
    for row in rows:
        left, taken = in_stock_and_taken(database, row)
        assert left is not None
        assert left + taken == stock
