"""Series: made once, changed with a preview, ended; nothing with people is deleted."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make import volunteers as make
from tests.make.accounts import person
from tests.make.together import at_once
from tests.make.volunteers import NOW
from tests.volunteers.planning import (
    TOMORROW,
    Town,
    in_days,
    plan_wish,
)
from volunteers.models import Shift
from volunteers.queries.plans import series
from volunteers.queries.shifts import shifts_of_series
from volunteers.rules.planning import ShiftRefusal, TimesWish
from volunteers.rules.recurrence import RuleRefusal
from volunteers.rules.series import SeriesWish
from volunteers.service.series import (
    change_series,
    end_series,
    make_series,
    preview_change,
    start_series,
)

ZONE = ZoneInfo("Asia/Shanghai")
WEEKLY = SeriesWish("FREQ=WEEKLY;BYDAY=TU,SA;UNTIL=20270331", TOMORROW)


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Shift)) or 0


def begun(town: Town, wish: SeriesWish = WEEKLY) -> str:
    activity = town.activity()
    with town.database.write() as session:
        return start_series(session, town.actor(session), activity, plan_wish(), wish, now=NOW)


def original_days(town: Town, number: str) -> list[date | None]:
    with town.database.read() as session:
        row = series(session, number)
        assert row is not None
        return [one.original_on for one in shifts_of_series(session, row.id)]


def test_making_a_series_again_makes_nothing_twice(town: Town) -> None:
    number = begun(town)
    days = original_days(town, number)
    assert len(days) == 16

    def make_again() -> int:
        with town.database.write() as session:
            return make_series(session, number, now=NOW + timedelta(days=7))

    # the week after brings two more, whoever makes them
    assert sorted(at_once(*[make_again] * 3)) == [0, 0, 2]
    assert original_days(town, number)[:16] == days


def test_holidays_and_exceptions_are_left_out_and_no_unknown_year_is_guessed(town: Town) -> None:
    wish = SeriesWish(
        "FREQ=DAILY;UNTIL=20270301", TOMORROW, frozenset({in_days(3)}), skip_holidays=True
    )
    found = original_days(town, begun(town, wish))
    assert in_days(3) not in found
    assert in_days(2) in found
    assert max(day for day in found if day) <= date(2026, 12, 31) or date(2027, 1, 1) not in found


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=DAILY;UNTIL=20261130", RuleRefusal.ENDS_BEFORE),
        ("FREQ=DAILY;COUNT=10000", RuleRefusal.TOO_MANY),
        ("RRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=3", RuleRefusal.TWO_RULES),
    ],
)
def test_a_series_that_nobody_can_keep_changes_nothing(
    town: Town, rule: str, code: RuleRefusal
) -> None:
    with pytest.raises(Refused) as refused:
        begun(town, SeriesWish(rule, TOMORROW))
    assert refused.value.code is code
    assert count(town.database) == 0


def test_an_edit_shows_whom_it_touches_and_deletes_nothing_with_people(town: Town) -> None:
    number = begun(town)
    with town.database.write() as session:
        rows = session.scalars(select(Shift).order_by(Shift.starts_at)).all()
        tuesday, saturday = rows[0], rows[1]
        for row in (tuesday, saturday):
            make.sign_up(session, row, person(session).id)
    only_saturday = replace(WEEKLY, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20270331")
    later = plan_wish(times=TimesWish(time(9), time(11)))
    with town.database.write() as session:
        who = town.actor(session)
        seen = preview_change(session, who, number, later, only_saturday, now=NOW)
        assert (seen.people_moved, seen.people_off) == (1, 1)
        assert (len(seen.moved), len(seen.off), len(seen.gone)) == (1, 1, 7)
    with pytest.raises(Refused) as refused, town.database.write() as session:
        change_series(session, who, number, later, only_saturday, seen=1, reason="", now=NOW)
    assert refused.value.code is ShiftRefusal.NO_REASON
    with town.database.write() as session:
        done = change_series(
            session, who, number, later, only_saturday, seen=1, reason="人手不足", now=NOW
        )
    assert done == seen
    with town.database.read() as session:
        off = session.get_one(Shift, tuesday.id)
        moved = session.get_one(Shift, saturday.id)
        assert (off.state.value, off.cancel_reason) == ("cancelled", "人手不足")
        assert (moved.sequence, moved.starts_at.astimezone(ZONE).hour) == (1, 9)
    assert len(original_days(town, number)) == 9


def test_the_end_of_a_series_keeps_what_has_people(town: Town) -> None:
    number = begun(town)
    with town.database.write() as session:
        make.sign_up(session, session.scalars(select(Shift).limit(1)).one(), person(session).id)
    with town.database.write() as session:
        end_series(session, town.actor(session), number, seen=1, reason="结束", now=NOW)
    assert count(town.database) == 1
    with town.database.write() as session:
        assert make_series(session, number, now=NOW) == 0
