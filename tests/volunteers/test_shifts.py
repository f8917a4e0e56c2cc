"""Activities and shifts: written, published, changed, called off; series; batches; files."""

from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from tests.make import volunteers as make
from tests.make.accounts import actor, person, staff
from tests.make.together import at_once
from tests.make.volunteers import NOW
from tests.volunteers.planning import (
    OTHER,
    STREET,
    TOMORROW,
    Town,
    activity_wish,
    in_days,
    plan_wish,
)
from volunteers.models import Activity, Shift, ShiftPost, SignUp
from volunteers.queries.shifts import shift
from volunteers.rules.batches import BatchRefusal, DaysWish
from volunteers.rules.offering import ActivityRefusal, ActivityStep
from volunteers.rules.planning import PostWish, ShiftRefusal, TimesWish
from volunteers.rules.signing_up import SignUpState
from volunteers.service.activities import change_activity, step_activity, write_activity
from volunteers.service.batches import make_batch, undo_batch
from volunteers.service.calling_off import call_off_shift
from volunteers.service.seats import take_seat
from volunteers.service.shifts import change_shift, plan_shift

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = DaysWish(in_days(1), in_days(7), frozenset(range(1, 8)))


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Shift)) or 0


def planned(town: Town, activity: str | None = None) -> str:
    number = activity or town.activity()
    with town.database.write() as session:
        return plan_shift(session, town.actor(session), number, plan_wish(), day=TOMORROW, now=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"titles": {}}, ActivityRefusal.NO_TITLE),
        ({"words": {}}, ActivityRefusal.NO_WORDS),
        ({"meeting_place": ""}, ActivityRefusal.NO_MEETING_PLACE),
        ({"risks": ""}, ActivityRefusal.NO_RISKS),
        ({"risky": True, "insurance": ""}, ActivityRefusal.NOT_INSURED),
        ({"tags": frozenset({"nothing"})}, ActivityRefusal.NO_TAG),
        ({"teams": frozenset({"nothing"})}, ActivityRefusal.NO_TEAM),
        ({"organisation": "NONE"}, ActivityRefusal.NO_ORGANISATION),
        ({"kind": "order"}, ActivityRefusal.NO_KIND),
    ],
)
def test_what_the_law_wants_told_is_told_or_nothing_is_written(
    town: Town, changes: dict[str, object], code: ActivityRefusal
) -> None:
    with town.database.write() as session:
        who, wish = town.actor(session), activity_wish(**changes)
        with pytest.raises(Refused) as refused:
            write_activity(session, who, wish, area_code=STREET, now=NOW)
    assert refused.value.code is code


def test_an_activity_is_of_the_organisers_own_places(town: Town) -> None:
    number = town.activity()
    with town.database.write() as session:
        with pytest.raises(Refused) as refused:
            write_activity(session, town.actor(session), activity_wish(), area_code=OTHER, now=NOW)
        assert refused.value.code is ActivityRefusal.NO_PLACE
        stranger = actor(session, staff(session, "volunteer_organiser", area=town.tree[OTHER]))
        with pytest.raises(Missing):
            change_activity(session, stranger, number, activity_wish(), seen=2, now=NOW)


def test_two_who_publish_at_once_publish_once(town: Town) -> None:
    with town.database.write() as session:
        who = town.actor(session)
        number = write_activity(session, who, activity_wish(), area_code=STREET, now=NOW)

    def publish() -> StrEnum | None:
        try:
            with town.database.write() as session:
                step_activity(session, who, number, ActivityStep.PUBLISH, seen=1, now=NOW)
        except Conflict as lost:
            return lost.code
        return None

    found = at_once(*[publish] * 4)
    assert found.count(None) == 1
    with town.database.read() as session:
        assert session.scalar(select(Activity.version)) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"times": TimesWish(time(22), time(2))}, ShiftRefusal.ENDS_BEFORE),
        ({"times": TimesWish(time(8), time(1), next_day=True)}, ShiftRefusal.TOO_LONG),
        ({"times": TimesWish(None, time(1))}, ShiftRefusal.NO_TIME),
        ({"posts": ()}, ShiftRefusal.NO_SEATS),
        ({"posts": (PostWish("member", 0, 0),)}, ShiftRefusal.MANY_SEATS),
        ({"posts": (PostWish("member", 2, 3),)}, ShiftRefusal.LEAST_ABOVE),
        ({"posts": (PostWish("king", 2),)}, ShiftRefusal.NO_ROLE),
        ({"duty": "fine"}, ShiftRefusal.NO_DUTY),
    ],
)
def test_a_shift_that_cannot_be_is_refused_in_words(
    town: Town, changes: dict[str, object], code: ShiftRefusal
) -> None:
    number = town.activity()
    with town.database.write() as session:
        who, wish = town.actor(session), plan_wish(**changes)
        with pytest.raises(Refused) as refused:
            plan_shift(session, who, number, wish, day=TOMORROW, now=NOW)
    assert refused.value.code is code
    assert count(town.database) == 0


def test_a_night_patrol_ends_on_the_next_day(town: Town) -> None:
    activity, wish = town.activity(), plan_wish(times=TimesWish(time(22), time(2), next_day=True))
    with town.database.write() as session:
        number = plan_shift(session, town.actor(session), activity, wish, day=TOMORROW, now=NOW)
    with town.database.read() as session:
        row = shift(session, number)
    assert row is not None
    assert row.span.minutes == 240
    assert row.ends_at.astimezone(ZONE) == datetime(2026, 12, 2, 2, tzinfo=ZONE)


def test_a_change_of_time_is_counted_and_one_of_seats_is_not(town: Town) -> None:
    number = planned(town)
    for wish, sequence in (
        (plan_wish(posts=(PostWish("member", 9),)), 0),
        (plan_wish(times=TimesWish(time(9), time(11))), 1),
    ):
        with town.database.write() as session:
            before = shift(session, number)
            assert before is not None
            change_shift(
                session, town.actor(session), number, wish, day=TOMORROW, seen=before.sequence,
                now=NOW,
            )  # fmt: skip
        with town.database.read() as session:
            after = shift(session, number)
        assert after is not None
        assert after.sequence == sequence


def test_a_cap_below_the_people_who_have_a_seat_is_refused(town: Town) -> None:
    number = planned(town)
    with town.database.write() as session:
        row = session.scalars(select(Shift)).one()
        for _ in range(3):
            make.sign_up(session, row, person(session).id)
    for posts in ((PostWish("member", 2),), (PostWish("leader", 1),)):
        with pytest.raises(Refused) as refused, town.database.write() as session:
            change_shift(
                session, town.actor(session), number, plan_wish(posts=posts), day=TOMORROW, seen=0,
                now=NOW,
            )  # fmt: skip
        assert refused.value.code is ShiftRefusal.BELOW_TAKEN
        assert refused.value.field == "seats_member"


def test_who_was_on_a_shift_is_told_why_it_is_off_and_nothing_is_deleted(town: Town) -> None:
    number = planned(town)
    with town.database.write() as session:
        row = session.scalars(select(Shift)).one()
        for state in (SignUpState.TAKEN, SignUpState.WAITING):
            make.sign_up(session, row, person(session).id, state=state)
    with town.database.write() as session:
        known = shift(session, number)
        assert known is not None
        call_off_shift(session, town.actor(session), known, reason="台风", now=NOW)
    with town.database.read() as session:
        assert set(session.scalars(select(SignUp.state))) == {SignUpState.CALLED_OFF}
        assert session.scalar(select(func.sum(ShiftPost.taken))) == 0
        told = session.scalar(select(func.count()).select_from(OutboxMessage))
    assert told == 2


def test_a_batch_is_undone_until_somebody_signs_up(town: Town) -> None:
    activity = town.activity()
    with town.database.write() as session:
        who = town.actor(session)
        first = make_batch(session, who, activity, plan_wish(), WEEK, ["东街", "西街"], now=NOW)
        again = make_batch(session, who, activity, plan_wish(), WEEK, ["东街"], now=NOW)
    assert count(town.database) == 14
    with town.database.write() as session:
        undo_batch(session, who, again, now=NOW)
    assert count(town.database) == 14
    with town.database.write() as session:
        row = session.scalars(select(Shift).limit(1)).one()
        make.sign_up(session, row, person(session).id, state=SignUpState.WITHDRAWN)
    with pytest.raises(Conflict) as kept, town.database.write() as session:
        undo_batch(session, who, first, now=NOW)
    assert kept.value.code is BatchRefusal.HAS_PEOPLE
    assert count(town.database) == 14


@pytest.mark.parametrize("turn", range(4))
def test_an_undo_and_a_sign_up_at_once_leave_no_sign_up_without_a_shift(
    town: Town, turn: int
) -> None:
    activity = town.activity()
    with town.database.write() as session:
        who = town.actor(session)
        number = make_batch(session, who, activity, plan_wish(), WEEK, [], now=NOW)
        someone = person(session).id
        seat = session.scalars(select(ShiftPost).where(ShiftPost.role == "member").limit(1)).one()

    def undo() -> bool:
        try:
            with town.database.write() as session:
                undo_batch(session, who, number, now=NOW)
        except Conflict:
            return False
        return True

    def sign_up() -> bool:
        try:
            with town.database.write() as session:
                take_seat(session, seat.id)
                session.add(
                    SignUp(
                        shift_id=seat.shift_id, post_id=seat.id, person_id=someone, made_at=NOW,
                        changed_at=NOW, state=SignUpState.TAKEN,
                    )
                )  # fmt: skip
        except Conflict:
            return False
        return True

    acts = [undo, sign_up] if turn % 2 else [sign_up, undo]
    found = at_once(*acts)
    assert sorted(found) == [False, True]
    with town.database.read() as session:
        signed = session.scalar(select(func.count()).select_from(SignUp)) or 0
    assert (count(town.database), signed) in {(0, 0), (7, 1)}
