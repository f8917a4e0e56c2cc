"""The city's calendars of working time as tables: when a day is worked, and in which years we know.

A calendar has a day plan and weekdays; a year has its holidays and make-up days, or is missing.
What is missing has no answer: nobody promises a date that reaches into it (decision 0012).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.audit import note_action
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.db import Base, changed_rows, code_column, once
from portal.kernel.errors import Conflict
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.worktime import Calendar, DayKind, Measure, load_calendar, read_plan

DEFAULT = "office"
SHIPPED = Path(__file__).with_name("data") / "work-calendars.tsv"
# a year is announced in the autumn before it
WARNS_FROM_MONTH = 10
FIRST_YEAR, LAST_YEAR = 2000, 2100


class WorkCalendar(Base):
    """One calendar. ``token`` is renewed with every change: what is kept in memory hangs on it."""

    __tablename__ = "work_calendar"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh_Hans: Mapped[str] = mapped_column(String(80))  # noqa: N815  language codes keep their case
    name_zh_Hant: Mapped[str] = mapped_column(String(80))  # noqa: N815  as above
    name_en: Mapped[str] = mapped_column(String(80))
    plan: Mapped[str] = mapped_column(String(80))
    weekdays: Mapped[str] = mapped_column(String(7))
    token: Mapped[UUID]


class WorkYear(Base):
    """A year whose holidays and make-up days are known in full, and who says so."""

    __tablename__ = "work_year"

    calendar_code: Mapped[str] = mapped_column(ForeignKey("work_calendar.code"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime]


class WorkDay(Base):
    """A day that differs from what its weekday says."""

    __tablename__ = "work_day"

    calendar_code: Mapped[str] = mapped_column(ForeignKey("work_calendar.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = code_column(DayKind)


class CalendarRefusal(StrEnum):
    """Why a year is not taken."""

    CHANGED = "calendar.changed"


class DayProblem(StrEnum):
    """What is wrong with a line of a year's days."""

    COLUMNS = "calendar.columns"
    NO_DAY = "calendar.no_day"
    NO_KIND = "calendar.no_kind"
    OTHER_YEAR = "calendar.other_year"
    TWICE = "calendar.twice"
    WORKED_ANYWAY = "calendar.worked_anyway"


@dataclass(frozen=True)
class CalendarRow:
    """One calendar with the years it knows."""

    code: str
    names: Mapping[str, str]
    plan: str
    weekdays: str
    token: UUID
    years: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class CalendarsLoaded:
    """How many calendars and years were new."""

    calendars: int
    years: int


@dataclass(frozen=True)
class MissingYear:
    """A year that a calendar does not know. ``now``: dates cannot be promised any more at all."""

    calendar: str
    year: int
    now: bool


@dataclass(frozen=True)
class Calendars:
    """All calendars of the city, by code; the city's own where none is named."""

    known: Mapping[str, Calendar]
    default: str

    def get(self, code: str | None) -> Calendar:
        """A calendar; one that is gone is the city's own."""
        found = self.known.get(code or self.default) or self.known.get(self.default)
        return found or load_calendar()


def calendars_of(session: Session) -> Calendars:
    """The calendars in force. One small query; the days are kept until a calendar is changed."""
    return once(session, Calendars, lambda: _calendars(session))


def _calendars(session: Session) -> Calendars:
    rows = session.execute(
        select(WorkCalendar.code, WorkCalendar.plan, WorkCalendar.weekdays, WorkCalendar.token)
    ).all()
    known = {}
    for row in rows:
        known[row.code] = _remembered.get(row.token) or _read(session, row)
    return Calendars(known, default_code(instance_of(session).city))


_remembered: dict[UUID, Calendar] = {}
_MOST_REMEMBERED = 64


def _read(session: Session, row: Any) -> Calendar:
    years = select(WorkYear.year).where(WorkYear.calendar_code == row.code)
    days = select(WorkDay.day, WorkDay.kind).where(WorkDay.calendar_code == row.code)
    found = Calendar(
        frozenset(session.scalars(years)),
        {row.day: row.kind for row in session.execute(days)},
        read_plan(row.plan),
        frozenset(map(int, row.weekdays)),
    )
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[row.token] = found
    return found


def default_code(city: City) -> str:
    """The calendar of limits that name none: ``calendar`` in the city file."""
    return str(city.raw.get("calendar", DEFAULT))


def measure_of(session: Session, code: str | None, *, round_the_clock: bool) -> Measure:
    """In which time a limit of a calendar runs."""
    calendar = calendars_of(session).get(code)
    return Measure(round_the_clock, calendar, instance_of(session).city.zone)


def calendar_rows(session: Session) -> list[CalendarRow]:
    """Every calendar with its years and their sources, the city's own first."""
    default = default_code(instance_of(session).city)
    years: dict[str, list[tuple[int, str]]] = {}
    for year in session.scalars(select(WorkYear).order_by(WorkYear.year)):
        years.setdefault(year.calendar_code, []).append((year.year, year.source))
    rows = session.scalars(select(WorkCalendar).order_by(WorkCalendar.code))
    found = [
        CalendarRow(
            row.code,
            {"zh_Hans": row.name_zh_Hans, "zh_Hant": row.name_zh_Hant, "en": row.name_en},
            row.plan,
            row.weekdays,
            row.token,
            tuple(years.get(row.code, ())),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: row.code != default)


def days_text(session: Session, code: str, year: int) -> str:
    """The days of a year as they can be typed again."""
    span = WorkDay.day.between(date(year, 1, 1), date(year, 12, 31))
    rows = session.execute(
        select(WorkDay.day, WorkDay.kind)
        .where(WorkDay.calendar_code == code, span)
        .order_by(WorkDay.day)
    )
    return "\n".join(f"{day.isoformat()},{kind.value}" for day, kind in rows)


def missing_years(
    session: Session, now: datetime, calendars: Calendars | None = None
) -> list[MissingYear]:
    """The years that are needed and not known: this one, and from October on the next."""
    today = city_day(now, instance_of(session).city.zone)
    calendars = calendars or calendars_of(session)
    known = calendars.known or {calendars.default: calendars.get(None)}
    return [
        MissingYear(code, year, now=year == today.year)
        for code, calendar in sorted(known.items())
        for year in _needed(today)
        if year not in calendar.years
    ]


def _needed(today: date) -> tuple[int, ...]:
    return (today.year, today.year + 1) if today.month >= WARNS_FROM_MONTH else (today.year,)


def read_days(
    text: str, year: int, weekdays: str
) -> tuple[dict[date, DayKind], list[tuple[int, DayProblem]]]:
    """The days of a year as typed or pasted (``day,kind``), and what is wrong with which line."""
    days: dict[date, DayKind] = {}
    problems = []
    for line, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or cells == ["day", "kind"]:
            continue
        problem, day, kind = _read_day(cells, year, weekdays)
        if problem is None and day in days:
            problem = DayProblem.TWICE
        if problem is not None:
            problems.append((line, problem))
        elif day is not None and kind is not None:
            days[day] = kind
    return days, problems


def _read_day(
    cells: list[str], year: int, weekdays: str
) -> tuple[DayProblem | None, date | None, DayKind | None]:
    if len(cells) != len(("day", "kind")):
        return DayProblem.COLUMNS, None, None
    try:
        day = date.fromisoformat(cells[0])
    except ValueError:
        return DayProblem.NO_DAY, None, None
    if cells[1] not in set(DayKind):
        return DayProblem.NO_KIND, day, None
    kind = DayKind(cells[1])
    if day.year != year:
        return DayProblem.OTHER_YEAR, day, kind
    if kind is DayKind.MAKEUP and str(day.isoweekday()) in weekdays:
        return DayProblem.WORKED_ANYWAY, day, kind
    return None, day, kind


def set_year(
    session: Session,
    code: str,
    year: int,
    days: Mapping[date, DayKind],
    *,
    source: str,
    seen: str,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Add a year, or put a known one right. ``seen``: the token of the page it was typed on."""
    claim = update(WorkCalendar).where(WorkCalendar.code == code, WorkCalendar.token == _uuid(seen))
    if changed_rows(session, claim.values(token=new_id())) != 1:
        raise Conflict(CalendarRefusal.CHANGED)
    span = WorkDay.day.between(date(year, 1, 1), date(year, 12, 31))
    session.execute(delete(WorkDay).where(WorkDay.calendar_code == code, span))
    session.execute(delete(WorkYear).where(WorkYear.calendar_code == code, WorkYear.year == year))
    _put_year(session, code, year, days, source, now)
    note_action(
        session,
        at=now,
        actor_id=actor_id,
        action="calendar:year",
        subject=f"calendar:{code}:{year}",
        reason=source,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # it matches no calendar
        return UUID(int=0)


def _put_year(
    session: Session,
    code: str,
    year: int,
    days: Mapping[date, DayKind],
    source: str,
    now: datetime,
) -> None:
    values = {"calendar_code": code, "year": year, "source": source, "added_at": now}
    session.execute(insert(WorkYear), [values])
    rows = [{"calendar_code": code, "day": day, "kind": kind} for day, kind in days.items()]
    if rows:
        session.execute(insert(WorkDay), rows)


def load_calendars(session: Session, _city: City, now: datetime) -> CalendarsLoaded:
    """Bring in shipped calendars and years that are not there yet; what is there stays as it is.

    The tables belong to the administrators: a year they have put right is never overwritten.
    """
    known = set(session.scalars(select(WorkCalendar.code)))
    new = [row for row in _shipped_rows() if row["code"] not in known]
    if new:
        session.execute(insert(WorkCalendar), [_values(row) for row in new])
    shipped = load_calendar()
    years = 0
    for row in _shipped_rows():
        have = select(WorkYear.year).where(WorkYear.calendar_code == row["code"])
        added = sorted(shipped.years - set(session.scalars(have)))
        for year in added:
            days = {day: kind for day, kind in shipped.exceptions.items() if day.year == year}
            _put_year(session, row["code"], year, days, row["source"], now)
        if added:
            renew = update(WorkCalendar).where(WorkCalendar.code == row["code"])
            session.execute(renew.values(token=new_id()))
        years += len(added)
    return CalendarsLoaded(len(new), years)


def _values(row: dict[str, str]) -> dict[str, Any]:
    """The columns of a new calendar: its source belongs to its years."""
    return {name: cell for name, cell in row.items() if name != "source"} | {"token": new_id()}


@cache
def _shipped_rows() -> tuple[dict[str, str], ...]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t"))
