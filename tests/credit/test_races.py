"""Two at once: the last point is spent once, a hold ends once, an id is one entry."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Account, AccountHolder, Entry, EntryDetail, Unsealed
from credit.queries.accounts import unit_sums, wrong_balances
from credit.rules.kinds import DEEPEST_CONDUCT, Kind, LedgerRefusal, Party
from credit.rules.leaf import Unit
from credit.service import Posted, Rejected, correct, give_back_held, open_account, spend_held
from credit.service.conduct import post_deduction, repair_deduction, void_deduction
from credit.service.due import settle_account, settle_due
from credit.service.posting import Details
from credit.service.sealing import seal
from credit.service.verifying import verify
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.credit.life import give_ruled
from tests.make.credit import (
    DISTRICT,
    LATER,
    NOW,
    account,
    adult,
    given,
    posted,
    standing,
    try_give,
    try_hold,
    try_notice,
)
from tests.make.together import at_once

ROUNDS = 8
WHY = Details("desk:1")
CONDUCT_KINDS = {
    Kind.DEDUCTION_NOTICE, Kind.DEDUCTION_POST, Kind.DEDUCTION_VOID, Kind.REPAIR, Kind.CORRECTION,
}  # fmt: skip


def acting(database: Database, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """An act in a transaction of its own, ready to be let go."""

    def run() -> Any:
        with database.write() as session:
            return act(session, *given, **named)

    return run


def new_account(database: Database, points: int = 0) -> UUID:
    with database.write() as session:
        return account(session, points=points)


def check(database: Database) -> None:
    with database.read() as session:
        assert wrong_balances(session) == []
        assert set(unit_sums(session).values()) <= {0}
        entries = session.scalar(select(func.count()).select_from(Entry))
        for beside in (EntryDetail, Unsealed):
            assert session.scalar(select(func.count()).select_from(beside)) == entries


def only_one(outcomes: list[Any], code: LedgerRefusal) -> Posted:
    won = [outcome for outcome in outcomes if isinstance(outcome, Posted)]
    assert len(won) == 1, outcomes
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Rejected)} == {code}
    return won[0]


def test_two_who_spend_the_last_point_spend_it_once(database: Database) -> None:
    for _ in range(ROUNDS):
        mine = new_account(database, points=5)
        outcomes = at_once(*[acting(database, try_hold, mine, 5) for _ in range(3)])
        only_one(outcomes, LedgerRefusal.NOT_ENOUGH)
        with database.read() as session:
            assert standing(session, mine).available == 0
    check(database)


def test_a_hold_is_ended_once_even_when_another_one_would_cover_it(database: Database) -> None:
    for _ in range(ROUNDS):
        mine = new_account(database, points=10)
        with database.write() as session:
            hold, _ = (posted(try_hold(session, mine, 5)).entry for _ in range(2))
        wish = {"district": DISTRICT, "of": hold.id, "details": WHY, "now": NOW}
        acts = [spend_held, give_back_held, spend_held, give_back_held]
        outcomes = at_once(*[acting(database, act, entry_id=new_id(), **wish) for act in acts])
        only_one(outcomes, LedgerRefusal.RESOLVED)
        with database.read() as session:
            assert standing(session, mine).held == 5
    check(database)


def test_the_same_id_at_once_is_one_entry_and_everybody_is_given_it(database: Database) -> None:
    for _ in range(ROUNDS):
        mine, entry_id = new_account(database), new_id()
        outcomes = at_once(
            *[acting(database, try_give, mine, 5, entry_id=entry_id) for _ in range(4)]
        )
        assert {outcome.entry.id for outcome in outcomes} == {entry_id}
        assert sorted(outcome.again for outcome in outcomes) == [False, True, True, True]
        with database.read() as session:
            assert standing(session, mine).balance == 5
    check(database)


def test_the_same_id_with_two_bodies_at_once_is_one_of_them(database: Database) -> None:
    for _ in range(ROUNDS):
        mine, entry_id = new_account(database), new_id()
        acts = [
            acting(database, try_give, mine, n, entry_id=entry_id, source=f"shift:{entry_id}")
            for n in (1, 2, 3)
        ]
        only_one(at_once(*acts), LedgerRefusal.OTHER_BODY)
    check(database)


def test_the_same_source_at_once_earns_once(database: Database) -> None:
    for at in range(ROUNDS):
        mine = new_account(database)
        acts = [acting(database, try_give, mine, 5, source=f"shift:{at}") for _ in range(4)]
        outcomes = at_once(*acts)
        assert len({outcome.entry.id for outcome in outcomes}) == 1
        with database.read() as session:
            assert standing(session, mine).balance == 5
    check(database)


def test_two_who_take_back_at_once_never_take_more_than_there_was(database: Database) -> None:
    for _ in range(ROUNDS):
        mine = new_account(database, points=20)
        with database.write() as session:
            award = given(session, mine, 5).entry
        wish = {"district": DISTRICT, "of": award.id, "amount": 3, "details": WHY, "now": NOW}
        outcomes = at_once(
            *[acting(database, correct, entry_id=new_id(), **wish) for _ in range(3)]
        )
        only_one(outcomes, LedgerRefusal.TAKEN_BACK)
    check(database)


def test_the_job_and_a_purchase_let_the_same_points_expire_once(database: Database) -> None:
    for _ in range(ROUNDS):
        with database.write() as session:
            mine = account(session, points=5, until=NOW + timedelta(days=1))
            given(session, mine, 2)
        after = NOW + timedelta(days=2)
        settle = acting(database, settle_account, DISTRICT, mine, now=after)
        spend = acting(database, try_hold, mine, 3, now=after, until=LATER)
        *made, refused = at_once(settle, settle, spend)
        # the purchase lets them expire as well when it is first
        assert sum(made) in {0, 1}
        assert refused == Rejected(LedgerRefusal.NOT_ENOUGH, "amount")
        with database.read() as session:
            assert standing(session, mine).balance == 2
    check(database)


def test_an_account_is_opened_once(database: Database) -> None:
    with database.write() as session:
        who = adult(session).id
    wish = partial(acting, database, open_account, DISTRICT, Party.PERSON, who, Unit.POINTS)
    assert len(set(at_once(*[wish(now=NOW) for _ in range(4)]))) == 1
    with database.read() as session:
        for table in (Account, AccountHolder):
            assert session.scalar(select(func.count()).select_from(table)) == 1


@dataclass
class Walk:
    """What one of many has begun so far, and may end, take back or repair."""

    points: list[UUID]
    conduct: list[UUID]
    holds: list[UUID] = field(default_factory=list)
    spent: list[UUID] = field(default_factory=list)
    notices: list[UUID] = field(default_factory=list)
    counting: list[UUID] = field(default_factory=list)


def mixed_walk(database: Database, walk: Walk, seed: int, steps: int) -> None:
    """Everything that can happen to points and to conduct, in any order."""
    chance = Random(seed)
    for _ in range(steps):
        with database.write() as session:
            wish = {"district": DISTRICT, "entry_id": new_id(), "details": WHY, "now": NOW}
            act = chance.choice((step_of_points, step_of_points, step_of_conduct))
            act(session, chance, walk, wish)


def step_of_points(session: Session, chance: Random, walk: Walk, wish: dict[str, Any]) -> None:
    mine, amount = chance.choice(walk.points), chance.randint(1, 6)
    match chance.randint(0, 5):
        case 0:
            given(session, mine, amount)
        case 1:
            note(walk.holds, try_hold(session, mine, amount))
        case 2 if walk.holds:
            note(walk.spent, spend_held(session, **wish, of=walk.holds.pop()))
        case 3 if walk.holds:
            give_back_held(session, **wish, of=chance.choice(walk.holds))
        case 4 if walk.spent:
            correct(session, **wish, of=chance.choice(walk.spent), amount=amount)
        case 5:
            try_give(session, mine, amount, source=f"shift:{chance.randint(0, 9)}")


def step_of_conduct(session: Session, chance: Random, walk: Walk, wish: dict[str, Any]) -> None:
    """Announced three weeks ago, so that its window is over; posted, voided, repaired, reversed."""
    amount = chance.randint(1, 6)
    match chance.randint(0, 4):
        case 1 if walk.notices:
            of = chance.choice(walk.notices)
            note(walk.counting, post_deduction(session, **wish, of=of))
        case 2 if walk.notices:
            # one that counts already is not voided any more
            void_deduction(session, **wish, of=chance.choice(walk.notices))
        case 3 if walk.counting:
            repair_deduction(session, **wish, of=chance.choice(walk.counting), amount=amount)
        case 4 if walk.counting:
            correct(session, **wish, of=chance.choice(walk.counting), amount=amount)
        case _:
            given_at = {"now": NOW - timedelta(days=21), "entry_id": wish["entry_id"]}
            mine = chance.choice(walk.conduct)
            note(walk.notices, try_notice(session, mine, amount, **given_at))


def note(begun: list[UUID], outcome: Any) -> None:
    """What came about can be gone on with."""
    if isinstance(outcome, Posted):
        begun.append(outcome.entry.id)


def keep_sealing(database: Database, walkers: list[Any]) -> None:
    """Seal, let expire and look, as long as somebody is still at work."""
    while not all(walker.done for walker in walkers):
        seal(database, NOW)
        settle_due(database, NOW)
        assert verify(database, now=NOW).problems == []


class Walker:
    """One of many who do everything at random."""

    def __init__(self, database: Database, walk: Walk, seed: int, steps: int) -> None:
        self.given = (database, walk, seed, steps)
        self.done = False

    def __call__(self) -> None:
        try:
            mixed_walk(*self.given)
        finally:
            self.done = True


@pytest.mark.parametrize("steps", [25, pytest.param(10_000, marks=pytest.mark.long)])
def test_eight_at_once_do_everything_beside_a_sealer_and_the_ledger_verifies(
    database: Database, steps: int
) -> None:
    give_ruled(database, 0)
    points = [new_account(database, points=3) for _ in range(4)]
    with database.write() as session:
        conduct = [account(session, Unit.CONDUCT) for _ in range(4)]
    walkers = [Walker(database, Walk(points, conduct), seed, steps) for seed in range(8)]
    at_once(*walkers, partial(keep_sealing, database, walkers))
    seal(database, NOW)
    verdict = verify(database, now=NOW)
    assert (verdict.problems, verdict.waiting) == ([], 0)
    with database.read() as session:
        assert verdict.entries == session.scalar(select(func.count()).select_from(Entry))
        of_conduct = select(Entry.kind).where(Entry.unit == Unit.CONDUCT).distinct()
        happened = set(session.scalars(of_conduct))
        floor = [standing(session, one) for one in conduct]
    assert happened == CONDUCT_KINDS
    assert all(DEEPEST_CONDUCT <= one.available <= one.balance <= 0 for one in floor), floor
