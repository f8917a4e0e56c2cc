"""Reminders: at the right moment, once, to whom they are for, and never at night."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.areas.rules import Keeper
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.organisations.service import end_organisation
from tests.make import volunteers as make
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.together import at_once
from tests.make.volunteers import NOW
from volunteers.models import Shift, ShiftReminder, SignUp
from volunteers.queries.shifts import shift
from volunteers.rules.reminders import (
    AHEAD,
    SETTINGS,
    Due,
    Held,
    Quiet,
    Reminder,
    due_of,
    messaging_from,
)
from volunteers.rules.shifts import ShiftState
from volunteers.rules.signing_up import SignUpState
from volunteers.service.messages import Told
from volunteers.service.personal import ServiceOfAPerson
from volunteers.service.reminders import choose_reminders, remind_of_shifts
from volunteers.service.shifts import write_shift
from volunteers.service.signing_up import confirm_again, withdraw

CITY = ZoneInfo("Asia/Shanghai")
NIGHT = Quiet(CITY)
EARLY = timedelta(days=30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY).astimezone(UTC)


def first(kind: Reminder, starts: str, quiet: Quiet = NIGHT) -> str | None:
    """The first minute at which a reminder is due, in the city."""
    held = Held(at(starts), at(starts) - EARLY)
    moment = held.starts_at - AHEAD - timedelta(hours=1)
    while moment < held.starts_at:
        if Due(kind, held.starts_at) in due_of(held, moment, quiet):
            return f"{moment.astimezone(CITY):%m-%d %H:%M}"
        moment += timedelta(minutes=10)
    return None


@pytest.mark.parametrize(
    ("kind", "starts", "due"),
    [
        (Reminder.DAY_BEFORE, "2026-12-02 14:00", "12-01 14:00"),
        (Reminder.HOURS_BEFORE, "2026-12-02 14:00", "12-02 12:00"),
        # both edges of the night: its first minute belongs to it, its last hour does not
        (Reminder.HOURS_BEFORE, "2026-12-02 10:00", "12-02 08:00"),
        (Reminder.HOURS_BEFORE, "2026-12-02 09:50", "12-01 21:30"),
        (Reminder.DAY_BEFORE, "2026-12-02 21:50", "12-01 21:50"),
        (Reminder.DAY_BEFORE, "2026-12-02 22:00", "12-01 21:30"),
        # a shift at seven: the evening before, and the evening before that
        (Reminder.HOURS_BEFORE, "2026-12-02 07:00", "12-01 21:30"),
        (Reminder.DAY_BEFORE, "2026-12-02 07:00", "11-30 21:30"),
        (Reminder.HOURS_BEFORE, "2026-12-03 01:00", "12-02 21:30"),
    ],
)
def test_a_reminder_of_the_night_leaves_before_it(kind: Reminder, starts: str, due: str) -> None:
    assert first(kind, starts) == due


def test_without_quiet_hours_it_leaves_to_the_minute() -> None:
    assert first(Reminder.HOURS_BEFORE, "2026-12-02 07:00", Quiet(CITY, 0, 0)) == "12-02 05:00"


MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(
    MOMENTS,
    st.integers(0, 23),
    st.integers(0, 14),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_no_moment_is_quiet_and_the_day_comes_before_the_hours(
    starts_at: datetime, start: int, hours: int, zone: str
) -> None:
    quiet = Quiet(ZoneInfo(zone), start, (start + hours) % 24)
    day = quiet.moved(starts_at - timedelta(hours=24))
    soon = quiet.moved(starts_at - timedelta(hours=2))
    assert day < soon <= starts_at - timedelta(hours=2)
    assert starts_at - day <= AHEAD + timedelta(hours=1)
    assert quiet.begun(quiet.ended(starts_at)) is None
    assert quiet.begun(day) is None
    assert quiet.begun(soon) is None


@given(MOMENTS, st.integers(0, 40 * 60), st.integers(0, 40 * 60))
def test_whoever_came_later_than_the_moment_is_not_reminded(
    starts_at: datetime, taken: int, asked: int
) -> None:
    held = Held(starts_at, starts_at - timedelta(minutes=taken))
    now = starts_at - timedelta(minutes=asked)
    for due in due_of(held, now, NIGHT):
        ideal = {Reminder.DAY_BEFORE: 24, Reminder.HOURS_BEFORE: 2}[due.kind]
        moment = NIGHT.moved(starts_at - timedelta(hours=ideal))
        assert held.taken_at <= moment <= now < starts_at


@pytest.mark.parametrize(
    "wrong",
    [
        {"volunteer_quiet_from_hour": 24},
        {"volunteer_quiet_until_hour": "8"},
        {"volunteer_quiet_from_hour": 8, "volunteer_quiet_until_hour": 7},
        {"volunteer_alarm_hours": True},
        {"volunteer_board_days": 0},
        {"volunteer_messages_a_day": 0},
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="volunteer_") as found:
        messaging_from(wrong, CITY)
    assert str(found.value).split(":")[0] in SETTINGS


class Seat:
    """Somebody with a seat on a shift that begins tomorrow at noon in the city."""

    def __init__(self, database: Database, starts: str = "2026-12-02 12:00") -> None:
        self.database = database
        self.starts_at = at(starts)
        with database.write() as session:
            tree = small_tree(session)
            organiser = unit(session, "GREEN", "绿化志愿服务队", area=tree["370283"])
            organiser.phone = "0532-0000 1234"
            activity = make.activity(
                session, tree["370283"], gear="反光背心", organisation_id=organiser.id
            )
            self.shift = make.shift(
                session, activity, starts_at=self.starts_at, seats={"member": 9}
            )
            self.who = make.volunteer(session)
            self.sign_up = make.sign_up(
                session, self.shift, self.who.id, at=NOW - timedelta(days=9)
            )

    def job(self, moment: str) -> int:
        return remind_of_shifts(self.database, at(moment))

    def told(self) -> Counter[str]:
        with self.database.read() as session:
            return Counter(session.scalars(select(OutboxMessage.template)))

    def facts(self, what: Told) -> Iterator[dict[str, Any]]:
        with self.database.read() as session:
            vault = instance_of(session).vault
            found = select(OutboxMessage.sealed_facts).where(OutboxMessage.template == what.value)
            for sealed in session.scalars(found):
                yield json.loads(vault.unseal(str(sealed)))

    def move(self, now: str, **changes: Any) -> None:
        with self.database.write() as session:
            row = shift(session, self.shift.number)
            assert row is not None
            write_shift(session, row, row.sequence, moved=True, now=at(now), **changes)


@pytest.fixture
def seat(database: Database) -> Seat:
    return Seat(database)


def test_she_is_told_where_when_what_to_bring_whom_to_call_and_how_to_cancel(seat: Seat) -> None:
    assert seat.job("2026-12-01 11:59") == 0
    assert seat.job("2026-12-01 12:00") == 1
    [facts] = seat.facts(Told.SHIFT_SOON)
    assert facts["title"] == "文明劝导"
    assert facts["moment"] == "2026-12-02 12:00"
    assert facts["place"] == "胜利路与红旗路路口"
    assert facts["gear"] == "反光背心"
    assert facts["phone"] == "0532-0000 1234"
    assert facts["link"].endswith(f"/volunteers/mine/{seat.sign_up.number}")


def test_r004_she_is_given_the_telephone_of_the_unit_that_goes_on(seat: Seat) -> None:
    with seat.database.write() as session:
        unit(session, "PARKS", "园林中心").phone = "0532-0000 9999"
        session.flush()
        end_organisation(
            session, Keeper(None, None), "GREEN", on=date(2026, 12, 2), successor_code="PARKS",
            now=NOW,
        )  # fmt: skip
    seat.job("2026-12-01 12:00")
    [facts] = seat.facts(Told.SHIFT_SOON)
    assert facts["phone"] == "0532-0000 9999"


def test_two_reminders_once_each_however_often_and_late_the_job_runs(seat: Seat) -> None:
    for moment in ("2026-12-01 12:00", "2026-12-01 12:00", "2026-12-01 20:00"):
        seat.job(moment)
    assert seat.told() == {Told.SHIFT_SOON.value: 1}
    # the job stood still from the evening on
    for moment in ("2026-12-02 11:30", "2026-12-02 11:31", "2026-12-02 12:00"):
        seat.job(moment)
    assert seat.told() == {Told.SHIFT_SOON.value: 2}


def test_a_job_that_was_down_all_day_sends_only_what_is_still_of_use(seat: Seat) -> None:
    assert seat.job("2026-12-02 11:00") == 1
    assert seat.job("2026-12-02 11:05") == 0
    assert seat.job("2026-12-02 12:00") == 0


def test_jobs_at_once_remind_once(seat: Seat) -> None:
    with seat.database.write() as session:
        for _ in range(4):
            who = make.volunteer(session)
            make.sign_up(session, seat.shift, who.id, at=NOW - timedelta(days=2))
    found = at_once(*[lambda: seat.job("2026-12-01 12:00")] * 4)
    assert sum(found) == 5
    assert seat.told() == {Told.SHIFT_SOON.value: 5}


def test_a_job_and_a_withdrawal_at_once_never_remind_who_is_gone(seat: Seat) -> None:
    def leave() -> None:
        with seat.database.write() as session:
            withdraw(
                session, seat.sign_up.number, seat.who.id, reason="病", now=at("2026-12-01 12:00")
            )

    at_once(leave, lambda: seat.job("2026-12-01 12:00"))
    before = seat.told()[Told.SHIFT_SOON.value]
    seat.job("2026-12-02 10:00")
    assert seat.told()[Told.SHIFT_SOON.value] == before <= 1


@pytest.mark.parametrize("state", [SignUpState.WAITING, SignUpState.OFFERED, SignUpState.REMOVED])
def test_nobody_without_a_seat_is_reminded(seat: Seat, state: SignUpState) -> None:
    with seat.database.write() as session:
        session.get_one(SignUp, seat.sign_up.id).state = state
    assert seat.job("2026-12-01 12:00") == 0


def test_a_shift_that_is_called_off_is_nobodys(seat: Seat) -> None:
    with seat.database.write() as session:
        row = session.get_one(Shift, seat.shift.id)
        row.state, row.cancelled_at = ShiftState.CANCELLED, NOW
    assert seat.job("2026-12-01 12:00") == 0


def test_she_chooses_which_reminders_she_wants(seat: Seat) -> None:
    with seat.database.write() as session:
        choose_reminders(session, seat.who.id, day_before=False, hours_before=True)
    assert seat.job("2026-12-01 12:00") == 0
    assert seat.job("2026-12-02 10:00") == 1


def test_a_moved_shift_is_told_asked_about_once_more_and_reminded_of_anew(seat: Seat) -> None:
    later = {"starts_at": at("2026-12-05 12:00"), "ends_at": at("2026-12-05 14:00")}
    assert seat.job("2026-12-01 12:00") == 1
    seat.move("2026-12-01 13:00", **later)
    [facts] = seat.facts(Told.SHIFT_CHANGED)
    assert facts["moment"] == "2026-12-05 12:00"
    assert seat.job("2026-12-02 12:59") == 0
    assert seat.job("2026-12-02 13:00") == 1
    assert seat.job("2026-12-02 13:05") == 0
    assert seat.told()[Told.CONFIRM_AGAIN.value] == 1
    # the same shift, and another start: her reminder comes again
    assert seat.job("2026-12-04 12:00") == 1
    assert seat.told()[Told.SHIFT_SOON.value] == 2


def test_who_said_yes_again_is_not_asked_once_more(seat: Seat) -> None:
    seat.move("2026-12-01 09:00", starts_at=at("2026-12-05 12:00"), ends_at=at("2026-12-05 14:00"))
    with seat.database.write() as session:
        confirm_again(
            session, seat.sign_up.number, seat.who.id, sequence=1, now=at("2026-12-01 10:00")
        )
    assert seat.job("2026-12-02 10:00") == 0


def test_an_erasure_takes_what_was_told_along(seat: Seat) -> None:
    seat.job("2026-12-01 12:00")
    with seat.database.write() as session:
        ServiceOfAPerson().erase(session, seat.who.id, NOW)
        assert session.scalar(select(func.count()).select_from(ShiftReminder)) == 0
