"""The day of a shift: windows with both edges, codes that change, one record of two at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Entry, Matter
from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.moving_codes import code_holds
from portal.kernel.outbox import OutboxMessage
from tests.make import volunteers as make
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.together import at_once
from volunteers.models import Absence, Attendance, AttendanceVoid, Shift, ShiftPost, SignUp
from volunteers.queries.absences import absences_in
from volunteers.queries.on_the_day import RollRow, roll_of
from volunteers.rules.calling_off import CallOffRefusal
from volunteers.rules.on_the_day import UNDO, AbsenceState, DayRefusal, Mark
from volunteers.rules.shifts import ShiftState
from volunteers.rules.signing_up import SignUpState
from volunteers.service.absences import decide_absence, reply_to_absence, tell_absent
from volunteers.service.calling_day_off import call_off_day, day_here, plan_again
from volunteers.service.on_the_day import come_by_code, screen_code
from volunteers.service.roll_call import Times, call_roll, strike, undo_rest, write_times

STREET = "370283001"
START = make.NOW + timedelta(days=2)
END = START + timedelta(hours=2)
WINDOW = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


class Day:
    """A shift with three volunteers and an organiser."""

    def __init__(self, database: Database, people: int = 3) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            self.area, self.other = tree[STREET], tree["370283002"].id
            on = make.shift(
                session, make.activity(session, self.area), seats={"member": 9}, starts_at=START
            )
            self.shift_id, self.number = on.id, on.number
            who = [person(session, phone=f"+861380000120{at}") for at in range(people)]
            self.sign_ups = [make.sign_up(session, on, one.id).number for one in who]
            self.actors = [actor(session, one) for one in who]
            desk = staff(session, "volunteer_organiser", area=self.area)
            self.desk = actor(session, desk)

    def act(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self.database.write() as session:
            return act(session, *given, **named)

    def come(self, who: Actor, now: datetime, mark: Mark = Mark.ARRIVED) -> Any:
        def run(session: Session) -> str:
            code = screen_code(session, self.shift_id, now)
            return come_by_code(session, who, self.number, code, mark, now=now)

        return self.act(run)

    def roll(self) -> dict[str, RollRow]:
        with self.database.read() as session:
            return {row.number: row for row in roll_of(session, self.shift_id)}

    def call(self, here: list[str], *, rest: bool = False, now: datetime = START) -> int:
        made: int = self.act(call_roll, self.desk, self.number, here, rest=rest, now=now)
        return made

    def count(self, model: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def day(database: Database) -> Day:
    return Day(database)


def refused(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_coming_is_taken_at_both_edges_of_its_window_and_not_beside_them(day: Day) -> None:
    first, second, third = day.actors
    assert refused(lambda: day.come(first, START - timedelta(days=1))) is DayRefusal.EARLY
    assert refused(lambda: day.come(first, START - WINDOW - SECOND)) is DayRefusal.EARLY
    day.come(first, START - WINDOW)
    day.come(second, END - SECOND)
    assert refused(lambda: day.come(third, END)) is DayRefusal.OVER
    assert [row.here for row in day.roll().values()].count(True) == 2


def test_leaving_is_taken_until_the_edge_and_only_of_who_came(day: Day) -> None:
    first, second = day.actors[:2]
    assert refused(lambda: day.come(first, START, Mark.LEFT)) is DayRefusal.NOT_HERE_YET
    day.come(first, START)
    day.come(second, START)
    day.come(first, END + WINDOW, Mark.LEFT)
    late = refused(lambda: day.come(second, END + WINDOW + SECOND, Mark.LEFT))
    assert late is DayRefusal.LATE
    # what nobody checked out of is written down by the organiser, with a reason
    times = {day.sign_ups[1]: Times(None, END)}
    after = END + timedelta(hours=3)
    none = refused(lambda: day.act(write_times, day.desk, day.number, times, " ", now=after))
    assert none is DayRefusal.NO_REASON
    day.act(write_times, day.desk, day.number, times, "忘记签退", now=after)
    going = day.roll()[day.sign_ups[1]].going
    assert going is not None
    assert (going.at, going.reason) == (END, "忘记签退")


def test_a_code_counts_in_its_step_and_the_next_and_for_its_shift_alone(day: Day) -> None:
    with day.database.read() as session:
        code, vault = screen_code(session, day.shift_id, START), instance_of(session).vault
        holds = partial(code_holds, vault, "volunteers/check-in")
        for seconds, good in ((0, True), (59, True), (60, True), (119, True), (120, False)):
            at = START + timedelta(seconds=seconds)
            assert holds(day.shift_id, code, at) is good, seconds
        assert not holds(UUID(int=1), code, START)
        assert not holds(day.shift_id, code, START - SECOND)

    def old(session: Session) -> None:
        come_by_code(
            session, day.actors[0], day.number, code, Mark.ARRIVED, now=START + 5 * WINDOW / 15
        )

    assert refused(lambda: day.act(old)) is DayRefusal.OLD_CODE


def test_who_is_not_on_the_shift_is_told_so(day: Day) -> None:
    with day.database.write() as session:
        stranger = actor(session, person(session))
    assert refused(lambda: day.come(stranger, START)) is DayRefusal.NOT_ON_IT
    with day.database.write() as session:
        elsewhere = actor(session, staff(session, "volunteer_organiser", area=day.other))
    with pytest.raises(Missing):
        day.act(call_roll, elsewhere, day.number, day.sign_ups, rest=False, now=START)


def test_coming_twice_at_once_makes_one_record(day: Day) -> None:
    at_once(*[lambda: day.come(day.actors[0], START)] * 4)
    assert day.count(Attendance) == 1


def test_two_organisers_who_call_the_same_roll_write_each_row_once(day: Day) -> None:
    def call(here: list[str]) -> Callable[[], int]:
        return lambda: day.call(here, rest=True, now=START + WINDOW)

    made = at_once(call(day.sign_ups[:1]), call(day.sign_ups[:2]))
    rows = day.roll()
    # whoever was ticked by either of them is here; the third did not come
    assert [rows[number].here for number in day.sign_ups] == [True, True, False]
    assert day.count(Attendance) - day.count(AttendanceVoid) == 3
    assert sum(made) == day.count(Attendance)


def test_ticks_that_cross_never_wait_for_each_other(day: Day) -> None:
    """Who stands last on the roll is the first that one of them ticks."""
    order = list(day.roll())

    def call(number: str) -> Callable[[], int]:
        return lambda: day.call([number], rest=True, now=START + WINDOW)

    made = at_once(call(order[-1]), call(order[0]), call(order[1]))
    rows = day.roll()
    assert [rows[number].here for number in order] == [True, True, True]
    assert day.count(Attendance) - day.count(AttendanceVoid) == 3
    assert sum(made) == day.count(Attendance)


def test_the_rest_is_taken_back_before_anybody_is_told(day: Day) -> None:
    day.call(day.sign_ups[:1], rest=True, now=START + WINDOW)
    assert tell_absent(day.database, START + WINDOW + UNDO - SECOND) == 0
    soon = START + WINDOW + timedelta(minutes=5)
    assert day.act(undo_rest, day.desk, day.number, now=soon) == 2
    assert refused(lambda: day.act(undo_rest, day.desk, day.number, now=soon)) is (
        DayRefusal.NOTHING_TO_UNDO
    )
    assert tell_absent(day.database, START + timedelta(days=1)) == 0
    assert day.count(Absence) == 0


def test_nobody_is_marked_absent_before_the_start(day: Day) -> None:
    early = refused(lambda: day.call([], rest=True, now=START - SECOND))
    assert early is DayRefusal.NOT_STARTED


def absent(day: Day) -> str:
    day.call(day.sign_ups[1:], rest=True, now=START)
    assert tell_absent(day.database, START + UNDO) == 1
    # told once, however often the job runs
    assert tell_absent(day.database, START + 2 * UNDO) == 0
    with day.database.read() as session:
        number = session.scalar(select(Absence.number))
        assert number is not None
        told = select(func.count()).select_from(OutboxMessage)
        where = OutboxMessage.template == "volunteers.absence_told"
        assert session.scalar(told.where(where)) == 1
    return number


def test_a_no_show_is_told_has_her_word_and_gets_an_answer(day: Day) -> None:
    number = absent(day)
    told = START + UNDO
    mine, other = day.actors[:2]
    with pytest.raises(Missing):
        day.act(reply_to_absence, other, number, "不是我", now=told)
    early = refused(
        lambda: day.act(decide_absence, day.desk, number, accepted=True, answer="好", now=told)
    )
    assert early is DayRefusal.EARLY_ANSWER
    edge = told + timedelta(days=7)
    late = refused(lambda: day.act(reply_to_absence, mine, number, "生病", now=edge + SECOND))
    assert late is DayRefusal.TOO_LATE
    day.act(reply_to_absence, mine, number, "生病", now=edge)
    with pytest.raises(Conflict):
        day.act(reply_to_absence, mine, number, "再说一次", now=edge)
    with day.database.read() as session:
        assert [row.number for row in absences_in(session, None, open_only=True)] == [number]
    day.act(decide_absence, day.desk, number, accepted=True, answer="可以理解", now=edge)
    with day.database.read() as session:
        assert session.scalar(select(Absence.state)) is AbsenceState.ACCEPTED
        assert absences_in(session, None, open_only=True) == []
    assert (
        refused(
            lambda: day.act(decide_absence, day.desk, number, accepted=False, answer="不", now=edge)
        )
        is DayRefusal.DECIDED
    )


def test_L11_a_no_show_deducts_nothing_by_itself(day: Day) -> None:
    number = absent(day)
    after = START + timedelta(days=30)
    day.act(decide_absence, day.desk, number, accepted=False, answer="没有联系", now=after)
    assert day.count(Entry) == day.count(Matter) == 0


def test_who_came_after_all_is_no_longer_absent(day: Day) -> None:
    absent(day)
    day.come(day.actors[0], START + UNDO + SECOND)
    assert day.roll()[day.sign_ups[0]].here
    with day.database.read() as session:
        assert session.scalar(select(Absence.state)) is AbsenceState.WITHDRAWN


def test_what_stands_is_struck_with_a_reason_and_stays_readable(day: Day) -> None:
    day.come(day.actors[0], START)
    one = day.sign_ups[0]
    assert refused(lambda: day.act(strike, day.desk, day.number, one, "", now=END)) is (
        DayRefusal.NO_REASON
    )
    day.act(strike, day.desk, day.number, one, "扫错了", now=END)
    assert day.roll()[one].coming is None
    assert day.count(Attendance) == day.count(AttendanceVoid) == 1
    day.call([one], now=START + SECOND)
    assert day.roll()[one].here


@pytest.mark.parametrize(
    ("arrived", "left", "why"),
    [
        (START - WINDOW, END + WINDOW, None),
        (START - WINDOW - SECOND, END, DayRefusal.OUTSIDE),
        (START, END + WINDOW + SECOND, DayRefusal.OUTSIDE),
        (END, START, DayRefusal.BACKWARDS),
        (None, END, DayRefusal.LEFT_ONLY),
    ],
)
def test_times_of_a_list_lie_within_the_windows(
    day: Day, arrived: datetime | None, left: datetime, why: DayRefusal | None
) -> None:
    times = {day.sign_ups[0]: Times(arrived, left)}

    def write() -> Any:
        return day.act(
            write_times, day.desk, day.number, times, "纸质名单", now=END + timedelta(days=1)
        )

    if why is None:
        assert write() == 2
    else:
        assert refused(write) is why
        assert day.count(Attendance) == 0


def test_lists_that_are_typed_crosswise_never_wait_for_each_other(day: Day) -> None:
    order = list(day.roll())

    def write(numbers: list[str]) -> Callable[[], int]:
        times = dict.fromkeys(numbers, Times(START, END))
        late = END + timedelta(days=1)
        return lambda: day.act(write_times, day.desk, day.number, times, "纸质名单", now=late)

    made = at_once(write(order), write(order[::-1]))
    assert sum(made) == day.count(Attendance) == 2 * len(order)


def test_a_day_is_called_off_in_one_act_and_everybody_is_told(day: Day) -> None:
    on, now = START.date(), make.NOW
    with day.database.read() as session:
        shown = day_here(session, day.desk, STREET, on, now)
    assert [shift.number for shift in shown.shifts] == [day.number]
    gone = {"on": on, "now": now}

    def call_off(seen: str) -> Any:
        return day.act(call_off_day, day.desk, STREET, reason="大风", seen=seen, **gone)

    assert refused(lambda: call_off("another")) is CallOffRefusal.CHANGED
    call_off(shown.mark)
    with day.database.read() as session:
        assert set(session.scalars(select(SignUp.state))) == {SignUpState.CALLED_OFF}
        assert session.scalar(select(Shift.state)) is ShiftState.CANCELLED
        assert session.scalar(select(ShiftPost.taken)) == 0
        sent = select(func.count()).select_from(OutboxMessage)
        where = OutboxMessage.template == "volunteers.shift_called_off"
        assert session.scalar(sent.where(where)) == 3
    assert refused(lambda: call_off(shown.mark)) is CallOffRefusal.NOTHING
    made = day.act(
        plan_again, day.desk, day.number, START + timedelta(days=7), now=now + timedelta(hours=1)
    )
    with day.database.read() as session:
        new = session.scalars(select(Shift).where(Shift.number == made)).one()
        assert (new.state, new.ends_at - new.starts_at) == (ShiftState.PLANNED, END - START)
        assert session.scalar(select(ShiftPost.seats).where(ShiftPost.shift_id == new.id)) == 9
