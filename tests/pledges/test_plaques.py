"""Plaques: codes that are issued, hung, taken off, replaced and withdrawn; who is refused, why."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from pledges.models import Plaque, PlaqueBinding, Premises, PremisesEvent
from pledges.queries.plaques import batch_by_number, bindings_of, codes_of_batch, plaque_by_code
from pledges.rules.plaques import MOST_AT_ONCE, BindingEnd, PlaqueRefusal, PlaqueState
from pledges.rules.premises import PremisesState, PremisesStep
from pledges.rules.refusals import PledgeRefusal
from pledges.service.plaques import (
    By,
    bind_plaque,
    issue_plaques,
    replace_plaque,
    take_off_plaque,
    withdraw_plaque,
)
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import ALPHABET, clean_number, number_of
from tests.make import pledges as make
from tests.make.accounts import actor, staff
from tests.make.areas import small_tree
from tests.make.pledges import NOW, TODAY
from tests.make.together import at_once

STREET, OTHER_STREET = "370283001", "370283002"


class Street:
    """A street with two shops, and a desk that looks after it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.by = By(actor(session, staff(session, "street_desk", area=tree[STREET])), NOW)
            other = staff(session, "street_desk", area=tree[OTHER_STREET])
            self.neighbour = By(actor(session, other), NOW)
            first = make.premises(session, tree[STREET])
            make.operator(session, first)
            second = make.premises(session, tree[STREET], "14号", title="西阁面馆")
            self.doors = (first.number, second.number)
            batch = issue_plaques(session, self.by, STREET, 3)
        with database.read() as session:
            found = batch_by_number(session, batch)
            assert found is not None
            self.codes = [row.code for row in codes_of_batch(session, found.id, limit=9)]

    def do(self, act: Callable[..., Any], *given: Any, by: By | None = None) -> Any:
        with self.database.write() as session:
            return act(session, by or self.by, *given)

    def state(self, code: str) -> PlaqueState:
        with self.database.read() as session:
            return session.get_one(Plaque, code).state


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


@given(st.binary(min_size=9, max_size=9))
def test_every_single_wrong_character_of_a_code_is_refused(chance: bytes) -> None:
    code = number_of(chance)
    assert clean_number(code) == code
    for at, right in enumerate(code):
        if right == "-":
            continue
        for wrong in set(ALPHABET) - {right}:
            assert clean_number(code[:at] + wrong + code[at + 1 :]) is None


def test_a_batch_holds_as_many_codes_as_asked_for_and_none_twice(street: Street) -> None:
    assert len(set(street.codes)) == 3
    for code in street.codes:
        assert clean_number(code) == code


@pytest.mark.parametrize("how_many", [0, -1, MOST_AT_ONCE + 1])
def test_a_batch_of_none_or_too_many_is_refused(street: Street, how_many: int) -> None:
    with pytest.raises(Refused) as told:
        street.do(issue_plaques, STREET, how_many)
    assert told.value.code is PlaqueRefusal.HOW_MANY


def test_codes_are_issued_only_for_ones_own_places(street: Street) -> None:
    with pytest.raises(Refused) as told:
        street.do(issue_plaques, OTHER_STREET, 1)
    assert told.value.code is PledgeRefusal.NOT_YOUR_PLACE
    with pytest.raises(Refused) as told:
        street.do(issue_plaques, "nowhere at all", 1)
    assert told.value.code is PlaqueRefusal.NO_PLACE


def test_from_the_drawer_to_a_door_to_a_newer_one_to_the_end(street: Street) -> None:
    first, second, _ = street.codes
    street.do(bind_plaque, first.lower().replace("-", " "), street.doors[0])
    with street.database.read() as session:
        row = plaque_by_code(session, first)
        assert row is not None
        assert (row.title, row.state) == ("东阁早点铺", PlaqueState.BOUND)
        binding = session.scalars(select(PlaqueBinding)).one()
        assert binding.operator_id is not None
    street.do(take_off_plaque, first, "贴错门")
    assert street.state(first) is PlaqueState.ISSUED
    street.do(bind_plaque, first, street.doors[0])
    street.do(replace_plaque, first, second, "旧牌破损")
    assert (street.state(first), street.state(second)) == (
        PlaqueState.REPLACED, PlaqueState.BOUND,
    )  # fmt: skip
    street.do(withdraw_plaque, second, "店铺关门")
    assert street.state(second) is PlaqueState.WITHDRAWN
    with street.database.read() as session:
        ends = [row.ended_why for row in bindings_of(session, first)]
        assert sorted(ends) == [BindingEnd.MISTAKE, BindingEnd.REPLACED]
        assert [row.ended_why for row in bindings_of(session, second)] == [BindingEnd.WITHDRAWN]
        steps = session.scalars(select(PremisesEvent.step)).all()
        assert steps.count(PremisesStep.PLAQUE_BOUND) == 3
        assert steps.count(PremisesStep.PLAQUE_ENDS) == 3
        old = plaque_by_code(session, first)
        assert old is not None
        assert (old.replaced_by, old.title) == (second, None)


def withdrawn(street: Street) -> str:
    street.do(withdraw_plaque, street.codes[2], "丢失")
    return street.codes[2]


def hung(street: Street) -> str:
    street.do(bind_plaque, street.codes[0], street.doors[0])
    return street.codes[0]


BAD = (
    (lambda s: s.do(bind_plaque, "7K3M9-QX2H0", s.doors[0]), PlaqueRefusal.NOT_A_CODE),
    (lambda s: s.do(bind_plaque, number_of(b"not-ours!"), s.doors[0]), PlaqueRefusal.NOT_OURS),
    (lambda s: s.do(bind_plaque, s.codes[0], "none"), PlaqueRefusal.NO_PREMISES),
    (lambda s: s.do(bind_plaque, hung(s), s.doors[1]), PlaqueRefusal.HANGS),
    (lambda s: (hung(s), s.do(bind_plaque, s.codes[1], s.doors[0])), PlaqueRefusal.DOOR_HAS_ONE),
    (lambda s: s.do(bind_plaque, withdrawn(s), s.doors[0]), PlaqueRefusal.ENDED),
    (lambda s: s.do(withdraw_plaque, withdrawn(s), "再来"), PlaqueRefusal.ENDED),
    (lambda s: s.do(withdraw_plaque, s.codes[0], "  "), PledgeRefusal.NO_REASON),
    (lambda s: s.do(withdraw_plaque, s.codes[0], "久" * 201), PledgeRefusal.LONG),
    (lambda s: s.do(take_off_plaque, s.codes[0], "错"), PlaqueRefusal.HANGS_NOWHERE),
    (lambda s: s.do(replace_plaque, s.codes[0], s.codes[1], "旧"), PlaqueRefusal.HANGS_NOWHERE),
    (lambda s: s.do(replace_plaque, hung(s), s.codes[0], "旧"), PlaqueRefusal.SAME_PLAQUE),
    (lambda s: s.do(replace_plaque, hung(s), withdrawn(s), "旧"), PlaqueRefusal.ENDED),
    (
        lambda s: s.do(replace_plaque, hung(s), number_of(b"not-ours!"), "旧"),
        PlaqueRefusal.NOT_OURS,
    ),
    (
        lambda s: s.do(bind_plaque, s.codes[0], s.doors[0], by=s.neighbour),
        PlaqueRefusal.NO_PREMISES,
    ),
)


@pytest.mark.parametrize(("act", "why"), BAD)
def test_what_cannot_be_done_is_said(
    street: Street, act: Callable[[Street], Any], why: Any
) -> None:
    with pytest.raises(Refused) as told:
        act(street)
    assert told.value.code is why


def test_a_plaque_of_another_district_hangs_at_no_door_of_this_one(street: Street) -> None:
    with street.database.write() as session:
        session.get_one(Plaque, street.codes[0]).district = "370202"
    with pytest.raises(Refused) as told:
        street.do(bind_plaque, street.codes[0], street.doors[0])
    assert told.value.code is PlaqueRefusal.OTHER_DISTRICT


def test_no_plaque_hangs_at_a_door_that_is_gone(street: Street) -> None:
    with street.database.write() as session:
        door = session.scalars(select(Premises).where(Premises.number == street.doors[0])).one()
        door.state, door.gone_on = PremisesState.GONE, TODAY
    with pytest.raises(Refused) as told:
        street.do(bind_plaque, street.codes[0], street.doors[0])
    assert told.value.code is PledgeRefusal.GONE


def test_a_plaque_of_another_street_is_not_there(street: Street) -> None:
    for act in (withdraw_plaque, take_off_plaque):
        with pytest.raises(Missing):
            street.do(act, street.codes[0], "别街", by=street.neighbour)


def tried(street: Street, act: Callable[..., Any], *given: Any) -> Callable[[], str]:
    """An act in a transaction of its own: what became of it."""

    def run() -> str:
        try:
            street.do(act, *given)
        except Conflict as told:
            return str(told.code)
        return "done"

    return run


def hanging(street: Street) -> list[str]:
    with street.database.read() as session:
        now_there = select(PlaqueBinding.code).where(PlaqueBinding.ended_at.is_(None))
        return sorted(session.scalars(now_there))


def test_one_plaque_is_bound_to_two_doors_at_once_and_hangs_at_one(street: Street) -> None:
    outcomes = at_once(*(tried(street, bind_plaque, street.codes[0], at) for at in street.doors))
    assert sorted(outcomes) == ["done", PlaqueRefusal.HANGS]
    assert hanging(street) == [street.codes[0]]


def test_of_two_plaques_for_one_door_at_once_one_hangs(street: Street) -> None:
    outcomes = at_once(
        *(tried(street, bind_plaque, code, street.doors[0]) for code in street.codes)
    )
    assert sorted(outcomes) == ["done", *[PlaqueRefusal.DOOR_HAS_ONE] * 2]
    assert len(hanging(street)) == 1


def test_of_two_who_replace_with_the_same_new_one_at_once_one_does(street: Street) -> None:
    first, second, new = street.codes
    for code, door in zip((first, second), street.doors, strict=True):
        street.do(bind_plaque, code, door)
    outcomes = at_once(
        *(tried(street, replace_plaque, code, new, "旧牌破损") for code in (first, second))
    )
    assert sorted(outcomes) == ["done", PlaqueRefusal.HANGS]
    assert len(hanging(street)) == 2


def test_a_plaque_that_is_replaced_and_withdrawn_at_once_is_one_of_both(street: Street) -> None:
    old, new, _ = street.codes
    street.do(bind_plaque, old, street.doors[0])
    outcomes = at_once(
        tried(street, replace_plaque, old, new, "旧牌破损"),
        tried(street, withdraw_plaque, old, "店铺关门"),
    )
    assert outcomes.count("done") == 1
    replaced = street.state(old) is PlaqueState.REPLACED
    assert hanging(street) == ([new] if replaced else [])


def test_what_was_refused_changed_nothing(street: Street) -> None:
    code = hung(street)
    with pytest.raises(Conflict):
        street.do(replace_plaque, code, withdrawn(street), "旧")
    assert hanging(street) == [code]
    with street.database.read() as session:
        assert session.scalar(select(func.count()).select_from(PlaqueBinding)) == 1
