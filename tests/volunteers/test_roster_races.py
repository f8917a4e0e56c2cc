"""Several at once: two organisers of a week, a yes and its end, the last seat."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make import volunteers
from tests.make.accounts import actor
from tests.make.together import at_once
from tests.make.volunteers import NOW
from tests.volunteers.rostering import Town, proposing
from volunteers.models import (
    RosterBatch,
    SignUp,
)
from volunteers.queries.sign_ups import MySignUp
from volunteers.rules.roster import RosterRefusal
from volunteers.rules.signing_up import SignUpRefusal, SignUpState
from volunteers.service import signing_up
from volunteers.service.personal import ServiceOfAPerson
from volunteers.service.rosters import (
    undo_roster,
)
from volunteers.service.waiting import settle_post

HOUR = timedelta(hours=1)


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def acting(database: Database, act: Callable[..., Any]) -> Callable[[], StrEnum | str]:
    """An act in a transaction of its own: "ok", or the code of its refusal."""

    def run() -> StrEnum | str:
        try:
            with database.write() as session:
                act(session)
        except Refused as refused:
            return refused.code
        return "ok"

    return run


def test_of_two_organisers_who_propose_the_same_week_one_does(town: Town) -> None:
    town.people(4)
    for _ in range(4):
        seen = town.plan().roster.digest
        act = acting(town.database, proposing(town, seen))
        found = Counter(at_once(act, act))
        assert found["ok"] == 1
        assert set(found) <= {"ok", RosterRefusal.CHANGED, RosterRefusal.NOTHING}
        assert town.taken() == [1, 1, 1]
        with town.database.read() as session:
            (number,) = _open_rosters(session)
        town.undo(number)


def _open_rosters(session: Any) -> list[str]:
    return list(session.scalars(select(RosterBatch.number).where(RosterBatch.undone_at.is_(None))))


def test_the_last_seat_goes_to_who_signs_up_or_to_who_is_proposed(town: Town) -> None:
    town.people(3)
    with town.database.write() as session:
        strangers = [volunteers.volunteer(session) for _ in range(4)]
    for stranger in strangers:
        seen = town.plan().roster.digest
        found = at_once(
            acting(town.database, proposing(town, seen)),
            acting(
                town.database,
                lambda session, who=stranger.id: signing_up.sign_up(
                    session, who, town.posts[0].id, has_read=True, now=NOW
                ),
            ),
        )
        assert tuple(found) in {
            ("ok", SignUpRefusal.FULL), (RosterRefusal.CHANGED, "ok"),
        }  # fmt: skip
        assert town.taken()[0] == 1
        _clear(town, found[0] == "ok")


def _clear(town: Town, proposed: bool) -> None:
    with town.database.write() as session:
        if proposed:
            (number,) = _open_rosters(session)
            undo_roster(session, actor(session, town.organiser), number, now=NOW)
            return
        row = session.scalars(select(SignUp).where(SignUp.state == SignUpState.TAKEN)).one()
        signing_up.withdraw(session, row.number, row.person_id, now=NOW)


def test_a_yes_and_the_end_of_its_time_leave_the_seat_with_her_or_free(town: Town) -> None:
    for _ in range(4):
        (who,) = town.people(1)
        number = town.propose()
        one = town.proposals(number)[0]
        assert one.until is not None

        def accept(session: Any, one: MySignUp = one, end: datetime = one.until) -> None:
            signing_up.accept(session, one.number, one.person_id, now=end - HOUR)

        def lapse(session: Any, post_id: UUID = one.post_id, end: datetime = one.until) -> None:
            settle_post(session, post_id, end)

        accepted, settled = at_once(acting(town.database, accept), acting(town.database, lapse))
        assert settled == "ok"
        assert accepted in {"ok", SignUpRefusal.OVER}
        state = town.proposals(number)[0].state
        assert state is (SignUpState.TAKEN if accepted == "ok" else SignUpState.LAPSED)
        assert town.taken()[0] == (accepted == "ok")
        with town.database.write() as session:
            ServiceOfAPerson().erase(session, who.id, NOW)


def test_a_yes_and_an_undo_do_not_both_succeed(town: Town) -> None:
    for _ in range(4):
        (who,) = town.people(1)
        number = town.propose()
        one = town.proposals(number)[0]

        def accept(session: Any, one: MySignUp = one) -> None:
            signing_up.accept(session, one.number, one.person_id, now=NOW)

        def undo(session: Any, number: str = number) -> None:
            undo_roster(session, actor(session, town.organiser), number, now=NOW)

        found = at_once(acting(town.database, accept), acting(town.database, undo))
        assert Counter(found)["ok"] == 1
        assert town.taken() == ([1, 1, 1] if found[0] == "ok" else [0, 0, 0])
        with town.database.write() as session:
            ServiceOfAPerson().erase(session, who.id, NOW)
