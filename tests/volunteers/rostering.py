"""A town whose organiser proposes the seats of a week."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage
from tests.make import rosters, volunteers
from tests.make.accounts import actor, staff
from tests.make.areas import small_tree
from tests.make.volunteers import NOW
from volunteers.models import (
    ShiftPost,
    SignUp,
)
from volunteers.queries.sign_ups import MySignUp, sign_ups_of_roster
from volunteers.rules.signing_up import SEATED
from volunteers.service.rosters import (
    WeekPlan,
    plan_week,
    propose_week,
    roster_to_manage,
    undo_roster,
)

MONDAY = date(2026, 11, 30)
WEEK = MONDAY.isoformat()


class Town:
    """An activity with a shift on each of three days of a week, and its organiser."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            self.tree = small_tree(session)
            self.city = self.tree["370283"]
            self.activity = volunteers.activity(session, self.city)
            self.shifts = rosters.week_of_shifts(session, self.activity)
            self.organiser = staff(session, "volunteer_organiser", area=self.city)
            self.posts = [volunteers.post(session, shift) for shift in self.shifts]

    def people(self, many: int, **given: Any) -> list[Person]:
        with self.database.write() as session:
            return [rosters.asked(session, self.city, **given) for _ in range(many)]

    def plan(self, **changes: Any) -> WeekPlan:
        given = {"monday": WEEK, "team": "", "now": NOW} | changes
        with self.database.read() as session:
            desk = actor(session, self.organiser)
            return plan_week(
                session, desk, self.activity.number, given["monday"], given["team"],
                now=given["now"],
            )  # fmt: skip

    def propose(self) -> str:
        with self.database.write() as session:
            desk = actor(session, self.organiser)
            return rosters.propose(session, desk, self.activity.number, MONDAY)

    def undo(self, number: str) -> int:
        with self.database.write() as session:
            return undo_roster(session, actor(session, self.organiser), number, now=NOW)

    def proposals(self, number: str) -> list[MySignUp]:
        with self.database.read() as session:
            row = roster_to_manage(session, actor(session, self.organiser), number)
            return sign_ups_of_roster(session, row.id)

    def answer(self, one: MySignUp, act: Callable[..., None]) -> None:
        with self.database.write() as session:
            act(session, one.number, one.person_id, now=NOW)

    def taken(self) -> list[int]:
        with self.database.read() as session:
            counted = Counter(
                session.scalars(select(SignUp.post_id).where(SignUp.state.in_(SEATED)))
            )
            found = []
            for post in self.posts:
                taken = session.scalar(select(ShiftPost.taken).where(ShiftPost.id == post.id))
                assert taken == counted[post.id]
                found.append(taken)
        return found

    def told(self) -> Counter[str]:
        with self.database.read() as session:
            return Counter(session.scalars(select(OutboxMessage.template)))


def proposing(town: Town, seen: str) -> Callable[..., Any]:
    return lambda session: propose_week(
        session, actor(session, town.organiser), town.activity.number, WEEK, "", seen=seen, now=NOW
    )
