"""Signing up, waiting, answering, leaving: what each step does, and what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from tests.make import volunteers as make
from tests.make.accounts import actor, staff
from tests.make.areas import small_tree
from tests.make.volunteers import NOW
from volunteers.models import Shift, ShiftPost, SignUp
from volunteers.queries.sign_ups import my_place, sign_up_by_number, steps_of
from volunteers.rules.signing_up import SignUpRefusal, SignUpState
from volunteers.service import organising, signing_up
from volunteers.service.messages import Told
from volunteers.service.waiting import settle_waiting

HOUR = timedelta(hours=1)


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


def told(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)))


class Scene:
    """One shift of one seat in two days, somebody on it, and others who would like to be."""

    def __init__(self, database: Database, tree: dict[str, Area]) -> None:
        self.database = database
        with database.write() as session:
            self.activity = make.activity(session, tree["370283"])
            self.shift = make.shift(session, self.activity)
            self.post = make.post(session, self.shift)
            self.first, self.second, self.third = (make.volunteer(session) for _ in range(3))
        self.number = self.sign_up(self.first)

    def sign_up(self, who: Person, post: ShiftPost | None = None) -> str:
        with self.database.write() as session:
            return signing_up.sign_up(
                session, who.id, (post or self.post).id, has_read=True, now=NOW
            )

    def wait(self, who: Person, *, standby: bool = False) -> str:
        with self.database.write() as session:
            return signing_up.wait(
                session, who.id, self.post.id, has_read=True, standby=standby, now=NOW
            )

    def leave(self, who: Person, number: str, *, after: timedelta = HOUR, why: str = "") -> bool:
        with self.database.write() as session:
            return signing_up.withdraw(session, number, who.id, reason=why, now=NOW + after)

    def state(self, who: Person, *, after: timedelta = HOUR) -> SignUpState | None:
        with self.database.read() as session:
            found = my_place(session, self.shift.id, who.id)
        return found.state_at(NOW + after) if found else None


@pytest.fixture
def scene(database: Database, tree: dict[str, Area]) -> Scene:
    return Scene(database, tree)


def refusal(act: Callable[..., Any], *given: Any, **named: Any) -> SignUpRefusal:
    with pytest.raises(Refused) as refused:
        act(*given, **named)
    assert isinstance(refused.value.code, SignUpRefusal)
    return refused.value.code


def test_a_freed_seat_is_kept_for_the_next_and_goes_on_when_nobody_answers(scene: Scene) -> None:
    scene.wait(scene.second)
    scene.wait(scene.third)
    scene.leave(scene.first, scene.number)
    assert scene.state(scene.second) is SignUpState.OFFERED
    assert refusal(scene.sign_up, scene.first) is SignUpRefusal.FULL
    later = NOW + 14 * HOUR
    # it has lapsed before any job says so
    assert scene.state(scene.second, after=14 * HOUR) is SignUpState.LAPSED
    with scene.database.read() as session:
        place = my_place(session, scene.shift.id, scene.second.id)
    assert place is not None
    with pytest.raises(Conflict), scene.database.write() as session:
        signing_up.accept(session, place.number, scene.second.id, now=later)
    assert settle_waiting(scene.database, later) == 1
    assert scene.state(scene.second) is None
    assert scene.state(scene.third) is SignUpState.OFFERED
    assert told(scene.database).count(Told.OFFERED) == 2
    assert settle_waiting(scene.database, later) == 0


def test_who_cannot_is_skipped_and_keeps_her_place(scene: Scene, tree: dict[str, Area]) -> None:
    scene.wait(scene.second)
    scene.wait(scene.third)
    with scene.database.write() as session:
        busy = make.shift(session, scene.activity, starts_at=scene.shift.starts_at + HOUR)
        post = make.post(session, busy)
    scene.sign_up(scene.second, post)
    scene.leave(scene.first, scene.number)
    assert scene.state(scene.second) is SignUpState.WAITING
    assert scene.state(scene.third) is SignUpState.OFFERED


def test_standby_is_asked_after_those_who_wait(scene: Scene) -> None:
    scene.wait(scene.second, standby=True)
    scene.wait(scene.third)
    scene.leave(scene.first, scene.number)
    assert scene.state(scene.second) is SignUpState.STANDBY
    assert scene.state(scene.third) is SignUpState.OFFERED


def test_an_accepted_offer_is_a_seat_and_a_declined_one_goes_on(scene: Scene) -> None:
    numbers = [scene.wait(scene.second), scene.wait(scene.third)]
    scene.leave(scene.first, scene.number)
    with scene.database.write() as session:
        signing_up.decline(session, numbers[0], scene.second.id, now=NOW + HOUR)
    with scene.database.write() as session:
        signing_up.accept(session, numbers[1], scene.third.id, now=NOW + HOUR)
    assert scene.state(scene.third) is SignUpState.TAKEN
    with scene.database.read() as session:
        assert session.scalar(select(ShiftPost.taken)) == 1


def test_whoever_asks_for_a_seat_ends_an_offer_that_ran_out(scene: Scene) -> None:
    scene.wait(scene.second)
    scene.leave(scene.first, scene.number)
    with scene.database.write() as session:
        signing_up.sign_up(
            session, scene.third.id, scene.post.id, has_read=True, now=NOW + 14 * HOUR
        )
    assert scene.state(scene.third) is SignUpState.TAKEN


def test_leaving_late_needs_a_reason_and_the_organiser_hears_of_it(
    scene: Scene, tree: dict[str, Area]
) -> None:
    with scene.database.write() as session:
        staff(session, "volunteer_organiser", area=tree["370283"])
    late = 25 * HOUR
    found = refusal(scene.leave, scene.first, scene.number, after=late)
    assert found is SignUpRefusal.NO_REASON
    assert scene.leave(scene.first, scene.number, after=late, why="孩子发烧")
    with scene.database.read() as session:
        row = sign_up_by_number(session, scene.number)
    assert row is not None
    assert row.state is SignUpState.WITHDRAWN_LATE
    assert told(scene.database) == [Told.SEAT_OPEN]


def test_a_changed_shift_is_confirmed_again_or_left_without_being_late(scene: Scene) -> None:
    with scene.database.write() as session:
        session.get_one(Shift, scene.shift.id).sequence = 1
    with pytest.raises(Conflict), scene.database.write() as session:
        signing_up.confirm_again(session, scene.number, scene.first.id, sequence=0, now=NOW)
    with scene.database.write() as session:
        signing_up.confirm_again(session, scene.number, scene.first.id, sequence=1, now=NOW)
    with scene.database.read() as session:
        row = sign_up_by_number(session, scene.number)
    assert row is not None
    assert not row.changed()
    with scene.database.write() as session:
        session.get_one(Shift, scene.shift.id).sequence = 2
    assert not scene.leave(scene.first, scene.number, after=30 * HOUR)


def test_a_stranger_does_not_know_of_a_sign_up(scene: Scene) -> None:
    with pytest.raises(Missing), scene.database.write() as session:
        signing_up.withdraw(session, scene.number, scene.second.id, now=NOW)


def test_the_risks_are_read_before_the_yes(scene: Scene) -> None:
    with scene.database.write() as session:
        post = make.post(session, make.shift(session, scene.activity))
    with scene.database.read() as session:
        before = session.scalar(select(ShiftPost.taken).where(ShiftPost.id == post.id))
    with pytest.raises(Refused) as refused, scene.database.write() as session:
        signing_up.sign_up(session, scene.second.id, post.id, has_read=False, now=NOW)
    assert refused.value.code is SignUpRefusal.NOT_READ
    with scene.database.read() as session:
        assert session.scalar(select(ShiftPost.taken).where(ShiftPost.id == post.id)) == before


def test_nobody_waits_where_a_seat_is_free_for_her(scene: Scene) -> None:
    scene.leave(scene.first, scene.number)
    assert refusal(scene.wait, scene.second) is SignUpRefusal.SEATS_FREE


def test_a_newcomer_comes_with_somebody_who_knows_the_work(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        on = make.shift(session, make.activity(session, tree["370283"]), seats={"member": 3})
        post = make.post(session, on)
        new = make.volunteer(session, experienced=False)
        old = make.volunteer(session)
    with pytest.raises(Refused) as refused, database.write() as session:
        signing_up.sign_up(session, new.id, post.id, has_read=True, now=NOW)
    assert refused.value.code is SignUpRefusal.NEWCOMER
    for who in (old, new):
        with database.write() as session:
            signing_up.sign_up(session, who.id, post.id, has_read=True, now=NOW)


def test_an_organiser_proposes_and_sets_a_rule_aside_in_writing(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        on = make.shift(session, make.activity(session, tree["370283"]), seats={"member": 3})
        post = make.post(session, on)
        new = make.volunteer(session, experienced=False)
        who = staff(session, "volunteer_organiser", area=tree["370283"])
        desk = actor(session, who)
    given: dict[str, Any] = {"asked_for": False, "override": False, "reason": "", "now": NOW}
    with pytest.raises(Refused) as refused, database.write() as session:
        organising.put_on(session, desk, post.id, new.number, **given)
    assert refused.value.code is SignUpRefusal.NEWCOMER
    given |= {"override": True}
    with pytest.raises(Refused) as refused, database.write() as session:
        organising.put_on(session, desk, post.id, new.number, **given)
    assert refused.value.code is SignUpRefusal.NO_REASON
    given |= {"reason": "队长当天在旁边的路口"}
    with database.write() as session:
        number = organising.put_on(session, desk, post.id, new.number, **given)
    with database.read() as session:
        row = sign_up_by_number(session, number)
        assert row is not None
        assert row.state is SignUpState.PROPOSED
        assert [step.overridden for step in steps_of(session, row.id)] == [
            (SignUpRefusal.NEWCOMER,)
        ]
    with database.write() as session:
        signing_up.accept(session, number, new.id, now=NOW)
    with database.read() as session:
        accepted = sign_up_by_number(session, number)
    assert accepted is not None
    assert accepted.state is SignUpState.TAKEN


def test_law_is_not_set_aside(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        on = make.shift(session, make.activity(session, tree["370283"], youngest=AgeBand.ADULT))
        post = make.post(session, on)
        young = make.volunteer(session, age=AgeBand.UNDER_18)
        desk = actor(session, staff(session, "volunteer_organiser", area=tree["370283"]))
    with pytest.raises(Refused) as refused, database.write() as session:
        organising.put_on(
            session, desk, post.id, young.number, asked_for=True, override=True, reason="想来",
            now=NOW,
        )  # fmt: skip
    assert refused.value.code is SignUpRefusal.TOO_YOUNG
    with database.read() as session:
        assert session.scalars(select(SignUp.id)).all() == []
