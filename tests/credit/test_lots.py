"""What is left of awards: first in, first out, and what runs out when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from credit.rules.lots import Lot, computed_id, left_of, over

START = datetime(2026, 1, 1, tzinfo=UTC)


def lot(number: int, amount: int, taken_back: int = 0, days: int | None = None) -> Lot:
    until = None if days is None else START + timedelta(days=days)
    return Lot(UUID(int=number), amount, taken_back, until)


def left(lots: list[Lot], available: int) -> list[int]:
    return list(left_of(lots, available).values())


def test_the_oldest_is_spent_first() -> None:
    lots = [lot(1, 5), lot(2, 5), lot(3, 5)]
    assert left(lots, 15) == [5, 5, 5]
    assert left(lots, 12) == [2, 5, 5]
    assert left(lots, 4) == [0, 0, 4]
    assert left(lots, 0) == [0, 0, 0]


def test_what_was_taken_back_of_one_is_not_spent_of_another() -> None:
    assert left([lot(1, 5, 5), lot(2, 5)], 3) == [0, 3]


def test_only_what_is_left_of_what_is_over_runs_out() -> None:
    lots = [lot(1, 5, days=10), lot(2, 5, days=5), lot(3, 5)]
    now = START + timedelta(days=5)
    assert over(lots, 13, now) == [(lots[1], 5)]
    assert over(lots, 13, now + timedelta(days=5)) == [(lots[0], 3), (lots[1], 5)]
    assert over(lots, 5, now) == []


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=8), st.integers(0, 99))
def test_nothing_is_made_and_nothing_is_lost(amounts: list[tuple[int, int]], spent: int) -> None:
    lots = [lot(at, amount, min(back, amount)) for at, (amount, back) in enumerate(amounts)]
    whole = sum(each.net for each in lots)
    available = max(whole - spent, 0)
    rest = left(lots, available)
    assert sum(rest) == available
    assert all(0 <= here <= each.net for here, each in zip(rest, lots, strict=True))
    # whatever is begun, everything before it is used up
    begun = [at for at, (here, each) in enumerate(zip(rest, lots, strict=True)) if here < each.net]
    assert all(rest[at] == 0 for at in range(begun[-1])) if begun else True


def test_a_computed_id_is_the_same_again_and_sorts_by_time() -> None:
    one = computed_id("expiry", "370283", UUID(int=7), 0, START)
    assert one == computed_id("expiry", "370283", UUID(int=7), 0, START)
    others = {
        computed_id("end", "370283", UUID(int=7), 0, START),
        computed_id("expiry", "370284", UUID(int=7), 0, START),
        computed_id("expiry", "370283", UUID(int=8), 0, START),
        computed_id("expiry", "370283", UUID(int=7), 1, START),
    }
    assert one not in others
    assert len(others) == 4
    assert one < computed_id("expiry", "370283", UUID(int=1), 0, START + timedelta(seconds=1))
