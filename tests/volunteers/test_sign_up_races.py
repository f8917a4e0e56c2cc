"""Several at once: nobody is oversold, nobody is forgotten, nobody waits for ever."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make import volunteers as make
from tests.make.areas import small_tree
from tests.make.together import at_once
from tests.make.volunteers import NOW
from volunteers.models import Handover, ShiftPost, SignUp
from volunteers.queries.sign_ups import my_place
from volunteers.rules.handovers import HandoverRefusal
from volunteers.rules.signing_up import SEATED, SignUpRefusal, SignUpState
from volunteers.service.handovers import accept_offer, offer_seat
from volunteers.service.signing_up import sign_up, wait, withdraw
from volunteers.service.waiting import settle_post

CITY = "370283"


def acting(database: Database, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """An act in a transaction of its own: "ok", or the code of its refusal."""

    def run() -> StrEnum | str:
        try:
            with database.write() as session:
                act(session, *given, now=NOW, **named)
        except Refused as refused:
            return refused.code
        return "ok"

    return run


class Town:
    """An activity with shifts of a day each, and volunteers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.at = 0
        with database.write() as session:
            self.activity = make.activity(session, small_tree(session)[CITY])

    def people(self, many: int) -> list[Person]:
        with self.database.write() as session:
            return [make.volunteer(session) for _ in range(many)]

    def shift(self, seats: int = 1) -> ShiftPost:
        self.at += 1
        with self.database.write() as session:
            on = make.shift(session, self.activity, seats={"member": seats},
                            starts_at=NOW + timedelta(days=2 + self.at))  # fmt: skip
            return make.post(session, on)

    def on(self, who: Person, post: ShiftPost) -> str:
        with self.database.write() as session:
            return sign_up(session, who.id, post.id, has_read=True, now=NOW)

    def states(self, post: ShiftPost) -> Counter[SignUpState]:
        with self.database.read() as session:
            found = session.scalars(select(SignUp.state).where(SignUp.post_id == post.id))
            counted = Counter(found)
            taken = session.scalar(select(ShiftPost.taken).where(ShiftPost.id == post.id))
        assert taken == sum(counted[state] for state in SEATED)
        return counted


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def test_sixteen_for_one_seat_and_one_has_it(town: Town) -> None:
    people, post = town.people(16), town.shift()
    acts = [acting(town.database, sign_up, who.id, post.id, has_read=True) for who in people]
    found = Counter(at_once(*acts))
    assert found == {"ok": 1, SignUpRefusal.FULL: 15}
    assert town.states(post) == {SignUpState.TAKEN: 1}


def test_a_double_click_takes_one_seat(town: Town) -> None:
    (who,), post = town.people(1), town.shift(4)
    act = acting(town.database, sign_up, who.id, post.id, has_read=True)
    found = at_once(act, act, act)
    assert Counter(found)["ok"] == 1
    assert set(found) <= {"ok", SignUpRefusal.TWICE, SignUpRefusal.OVERLAP}
    assert town.states(post) == {SignUpState.TAKEN: 1}


def test_two_windows_do_not_put_her_on_two_shifts_at_once(town: Town) -> None:
    for _ in range(4):
        (who,) = town.people(1)
        one = town.shift()
        town.at -= 1
        other = town.shift()
        acts = [
            acting(town.database, sign_up, who.id, post.id, has_read=True) for post in (one, other)
        ]
        assert Counter(at_once(*acts)) == {"ok": 1, SignUpRefusal.OVERLAP: 1}


def test_two_seats_freed_at_once_are_kept_for_the_first_two_of_three(town: Town) -> None:
    for _ in range(4):
        leavers, waiters, post = town.people(2), town.people(3), town.shift(2)
        numbers = [town.on(who, post) for who in leavers]
        for who in waiters:
            with town.database.write() as session:
                wait(session, who.id, post.id, has_read=True, now=NOW)
        acts = [
            acting(town.database, withdraw, number, who.id)
            for number, who in zip(numbers, leavers, strict=True)
        ]
        # the job comes by in the same moment
        acts += [acting(town.database, settle_post, post.id)] * 2
        assert set(at_once(*acts)) == {"ok"}
        assert town.states(post) == {
            SignUpState.WITHDRAWN: 2, SignUpState.OFFERED: 2, SignUpState.WAITING: 1,
        }  # fmt: skip
        with town.database.read() as session:
            last = my_place(session, post.shift_id, waiters[2].id)
        assert last is not None
        assert last.state is SignUpState.WAITING


def test_nobody_joins_the_list_of_a_shift_that_has_just_become_free(town: Town) -> None:
    """Who waits is asked, or is told that a seat is free: never forgotten on the list."""
    for _ in range(4):
        (leaver, comer), post = town.people(2), town.shift()
        number = town.on(leaver, post)
        left, joined = at_once(
            acting(town.database, withdraw, number, leaver.id),
            acting(town.database, wait, comer.id, post.id, has_read=True),
        )
        assert left == "ok"
        states = town.states(post)
        assert (joined, states[SignUpState.OFFERED]) in {
            ("ok", 1), (SignUpRefusal.SEATS_FREE, 0),
        }  # fmt: skip


def test_a_swap_and_a_withdrawal_at_once_leave_every_seat_with_one(town: Town) -> None:
    for _ in range(4):
        (giver, taker), one, other = town.people(2), town.shift(), town.shift()
        number = town.on(giver, one)
        town.on(taker, other)
        with town.database.read() as session:
            wanted = my_place(session, other.shift_id, taker.id)
        assert wanted is not None
        with town.database.write() as session:
            offer = offer_seat(session, number, giver.id, wanted=wanted.shift.number, now=NOW)
        swapped, left = at_once(
            acting(town.database, accept_offer, offer, taker.id, has_read=True),
            acting(town.database, withdraw, number, giver.id),
        )
        assert {swapped, left} in (
            {"ok", HandoverRefusal.OVER}, {"ok", SignUpRefusal.CHANGED},
        )  # fmt: skip
        states = town.states(one) + town.states(other)
        assert states[SignUpState.TAKEN] == (2 if swapped == "ok" else 1)


def test_of_two_swaps_that_cross_one_is_done(town: Town) -> None:
    for _ in range(4):
        people, posts = town.people(2), [town.shift(), town.shift()]
        numbers = [town.on(who, post) for who, post in zip(people, posts, strict=True)]
        with town.database.read() as session:
            shifts = [
                my_place(session, post.shift_id, who.id)
                for who, post in zip(people, posts, strict=True)
            ]
        offers = []
        for at in (0, 1):
            wanted = shifts[1 - at]
            assert wanted is not None
            with town.database.write() as session:
                offers.append(
                    offer_seat(
                        session, numbers[at], people[at].id, wanted=wanted.shift.number, now=NOW
                    )
                )
        found = at_once(
            *(
                acting(town.database, accept_offer, offers[at], people[1 - at].id, has_read=True)
                for at in (0, 1)
            )
        )
        assert "ok" in found
        assert Counter(found)["ok"] == 1
        for post in posts:
            assert town.states(post) == {SignUpState.TAKEN: 1, SignUpState.HANDED_OVER: 1}


def test_one_seat_is_handed_to_one_of_four_who_stand_in(town: Town) -> None:
    (giver, *others), post = town.people(5), town.shift()
    number = town.on(giver, post)
    with town.database.write() as session:
        offer = offer_seat(session, number, giver.id, now=NOW)
    acts = [acting(town.database, accept_offer, offer, who.id, has_read=True) for who in others]
    assert Counter(at_once(*acts)) == {"ok": 1, HandoverRefusal.OVER: 3}
    assert town.states(post) == {SignUpState.TAKEN: 1, SignUpState.HANDED_OVER: 1}
    with town.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Handover)) == 1
