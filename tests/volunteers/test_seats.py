"""The last seat is sold once (facts §6: peers oversold 10 of 10)."""

from enum import StrEnum

import pytest
from sqlalchemy import select

from portal.accounts.service import erase_person
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from tests.make import volunteers as make
from tests.make.accounts import person
from tests.make.areas import small_tree
from tests.make.together import at_once
from volunteers.models import ShiftPost
from volunteers.rules.signing_up import SignUpRefusal
from volunteers.service.seats import give_seat_back, take_seat

CITY = "370283"


def seats(database: Database, many: int) -> ShiftPost:
    with database.write() as session:
        on = make.shift(session, make.activity(session, small_tree(session)[CITY]),
                        seats={"member": many})  # fmt: skip
        return make.post(session, on)


@pytest.mark.parametrize("many", [1, 3])
def test_eight_at_once_for_the_last_seats_fill_them_and_no_more(
    database: Database, many: int
) -> None:
    post = seats(database, many)

    def act() -> StrEnum | None:
        try:
            with database.write() as session:
                take_seat(session, post.id)
        except Conflict as refusal:
            return refusal.code
        return None

    found = at_once(*[act] * 8)
    assert sorted(map(str, found)) == ["None"] * many + [SignUpRefusal.FULL.value] * (8 - many)
    with database.read() as session:
        assert session.scalar(select(ShiftPost.taken)) == many


def test_an_empty_post_has_nothing_to_give_back(database: Database) -> None:
    post = seats(database, 1)
    with database.write() as session:
        give_seat_back(session, post.id)
    with database.read() as session:
        assert session.scalar(select(ShiftPost.taken)) == 0


def test_an_erasure_frees_her_seat_and_no_other(database: Database) -> None:
    with database.write() as session:
        on = make.shift(session, make.activity(session, small_tree(session)[CITY]),
                        seats={"member": 2})  # fmt: skip
        gone, stays = person(session), person(session)
        for who in (gone, stays):
            make.sign_up(session, on, who.id)
    with database.write() as session:
        erase_person(session, None, gone.id, now=make.NOW)
    with database.read() as session:
        assert session.scalar(select(ShiftPost.taken)) == 1
