"""The calendars as tables: loaded once, added to by hand, and never guessed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from portal.kernel.calendars import (
    DayProblem,
    calendar_rows,
    calendars_of,
    days_text,
    load_calendars,
    measure_of,
    missing_years,
    read_days,
    set_year,
)
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from portal.kernel.instance import instance_of
from portal.kernel.worktime import DayKind, load_calendar

AUTUMN = datetime(2026, 11, 29, 3, tzinfo=UTC)
NEW_YEAR = {date(2027, 1, 1): DayKind.HOLIDAY, date(2027, 1, 3): DayKind.MAKEUP}


def _load(session: Session) -> tuple[int, int]:
    loaded = load_calendars(session, instance_of(session).city, AUTUMN)
    return loaded.calendars, loaded.years


def _set(session: Session, code: str, seen: str) -> None:
    set_year(session, code, 2027, NEW_YEAR, source="notice", seen=seen, actor_id=None, now=AUTUMN)


def test_the_shipped_calendars_are_loaded_once_and_say_what_the_file_says(
    database: Database,
) -> None:
    with database.write() as session:
        assert calendars_of(session).get(None) == load_calendar()
        assert _load(session) == (2, 2 * len(load_calendar().years))
        assert _load(session) == (0, 0)
    with database.read() as session:
        known = calendars_of(session)
        assert known.get(None) == load_calendar()
        # another plan and another week, the same holidays
        centre = known.get("service_centre")
        assert centre.minutes_a_day == 540
        assert centre.is_working(date(2026, 11, 28)) is True
        assert centre.is_working(date(2026, 10, 1)) is False
        assert known.get("gone").minutes_a_day == 480
        assert measure_of(session, None, round_the_clock=True).minutes_a_day == 1440


def test_a_missing_year_is_told_from_october_on_and_gone_once_it_is_added(
    database: Database,
) -> None:
    with database.write() as session:
        _load(session)
        summer = datetime(2026, 9, 30, 15, tzinfo=UTC)
        assert missing_years(session, summer) == []
        found = {(one.calendar, one.year, one.now) for one in missing_years(session, AUTUMN)}
        assert found == {("office", 2027, False), ("service_centre", 2027, False)}
        later = datetime(2027, 1, 1, 0, tzinfo=UTC)
        assert all(one.now for one in missing_years(session, later))
        _set(session, "office", str(calendar_rows(session)[0].token))
        assert [one.calendar for one in missing_years(session, AUTUMN)] == ["service_centre"]
        office = calendars_of(session).get(None)
        assert office.is_working(date(2027, 1, 1)) is False
        assert office.is_working(date(2027, 1, 3)) is True
        assert days_text(session, "office", 2027) == "2027-01-01,holiday\n2027-01-03,makeup"
        # a later shipment does not undo what an administrator has entered
        assert _load(session) == (0, 0)
        assert 2027 in calendars_of(session).get(None).years


def test_every_bad_line_is_named_and_nothing_is_guessed() -> None:
    text = "\n".join(
        [
            "day,kind",
            "# a remark",
            "2027-01-01,holiday",
            "2027年1月2日,holiday",
            "2027-01-02,off",
            "2027-01-04,makeup",
            "2026-12-31,holiday",
            "2027-01-01,holiday",
            "2027-01-05",
            "",
            " 2027-01-03 , makeup ",
        ]
    )
    days, problems = read_days(text, 2027, "12345")
    assert days == NEW_YEAR
    assert problems == [
        (4, DayProblem.NO_DAY),
        (5, DayProblem.NO_KIND),
        (6, DayProblem.WORKED_ANYWAY),
        (7, DayProblem.OTHER_YEAR),
        (8, DayProblem.TWICE),
        (9, DayProblem.COLUMNS),
    ]
    with pytest.raises(ValueError):  # noqa: PT011  a day of no calendar stays refused
        date.fromisoformat("2027-02-29")


def test_of_two_who_add_a_year_at_once_one_is_told(database: Database) -> None:
    with database.write() as session:
        _load(session)
        seen = str(calendar_rows(session)[0].token)
    start = Barrier(2)

    def add(_number: int) -> str:
        start.wait()
        try:
            with database.write() as session:
                _set(session, "office", seen)
        except Conflict:
            return "conflict"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, range(2))) == ["conflict", "won"]
    with database.read() as session:
        assert days_text(session, "office", 2027).count("\n") == 1
