"""Which limit a case has, what it promises, and loading the shipped limits."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import ancestors
from portal.kernel.calendars import measure_of
from portal.kernel.clock import city_day
from portal.kernel.errors import BadData
from portal.kernel.instance import instance_of
from portal.kernel.worktime import Measure
from portal.reports.models import HandlingLimit, LimitCondition
from portal.reports.queries.case import CaseRow, pauses_of
from portal.reports.queries.limits import limits_of
from portal.reports.rules.categories import LimitSource
from portal.reports.rules.deadlines import Promise
from portal.reports.rules.kinds import hazard_limit
from portal.reports.rules.limits import ANY, Limit, Stage, limit_that_holds
from portal.reports.rules.pauses import Spell, is_late_at, promise_at, whole_days

DEFAULT_MINUTES = 2400


def limit_at(
    session: Session, category_code: str, place_path: str, on: date, condition: str | None = None
) -> Limit:
    """The limit for a matter of a kind at a place on a day; the city's for all if it has none."""
    tags = {tag.value for place in ancestors(session, place_path) for tag in place.tags}
    found = limit_that_holds(limits_of(session, category_code), on, condition or ANY, tags)
    return found or _city_limit(session)


def _city_limit(session: Session) -> Limit:
    thresholds = instance_of(session).city.thresholds
    minutes = int(thresholds.get("default_handling_working_minutes", DEFAULT_MINUTES))
    source = LimitSource.STARTING_VALUE
    return Limit(ANY, ANY, date.min, False, None, source, (Stage(minutes),))


def measure_for(session: Session, limit: Limit | CaseRow) -> Measure:
    """In which time a limit, or that of a case, runs."""
    return measure_of(session, limit.calendar_code, round_the_clock=limit.round_the_clock)


def promise_for(
    session: Session,
    limit: Limit,
    start: datetime,
    *,
    more: int = 0,
    spells: Iterable[Spell] = (),
) -> Promise:
    """Until when; where a year is missing, in how many (working) days. ``more``: an extension."""
    measure = measure_for(session, limit)
    minutes = limit.minutes + more
    return promised(start, promise_at(start, minutes, spells, measure), minutes, measure)


def promised(start: datetime, at: datetime | None, minutes: int, measure: Measure) -> Promise:
    """A promise with its days: until the date, or those that the limit takes when there is none."""
    if at is None:
        return Promise(None, whole_days(minutes, measure))
    zone = measure.zone
    return Promise(at, (at.astimezone(zone).date() - start.astimezone(zone).date()).days)


def limit_columns(limit: Limit) -> dict[str, Any]:
    """The columns of a case that say which limit it has."""
    return {
        "limit_minutes": limit.minutes,
        "round_the_clock": limit.round_the_clock,
        "condition": limit.condition or None,
        "limit_tag": limit.tag or None,
        "limit_from": limit.valid_from if limit.valid_from != date.min else None,
        "calendar_code": limit.calendar_code,
    }


def promise_columns(made: Promise) -> dict[str, Any]:
    """The columns of a case that say what was promised."""
    return {"promised_at": made.at, "promised_days": made.days}


def started(case: CaseRow) -> datetime:
    """Since when the case's clock runs."""
    return case.clock_from or case.found_at


def new_limit(
    session: Session,
    case: CaseRow,
    category_code: str,
    now: datetime,
    condition: str | None,
    *,
    hazard: bool = False,
) -> dict[str, Any]:
    """The columns of another limit for the same matter: what it was given beside its limit stays.

    A promise that is broken stays broken: no other name makes good what is late. ``hazard``: an
    answer says that it is one, whatever its name.
    """
    limit = limit_at(session, category_code, case.place_path, today_of(session, now), condition)
    limit = hazard_limit(limit) if hazard else limit
    spells = [pause.spell for pause in pauses_of(session, case)]
    made = promise_for(session, limit, started(case), more=case.extended_minutes, spells=spells)
    values = {**limit_columns(limit), **promise_columns(made)}
    if is_late_at(case, now) and (made.at is None or made.at > now):
        values |= {"promised_at": case.promised_at, "promised_days": case.promised_days}
    return values


def today_of(session: Session, now: datetime) -> date:
    """The city's day."""
    return city_day(now, instance_of(session).city.zone)


def put_conditions(session: Session, rows: Iterable[dict[str, Any]]) -> int:
    """Bring the conditions up to the file; how many changed."""
    there = {condition.code: condition for condition in session.scalars(select(LimitCondition))}
    changed = 0
    for position, row in enumerate(rows, start=1):
        known = there.get(row["code"])
        if known is None:
            known = there[row["code"]] = LimitCondition(code=row["code"])
            session.add(known)
        changed += _update(known, {**row, "position": position})
    return changed


_KEY = ("category_code", "condition", "tag", "valid_from", "stage")


def put_limits(session: Session, rows: Iterable[dict[str, Any]]) -> int:
    """Bring limits by condition and place up to the file; how many rows changed."""
    found = session.scalars(select(HandlingLimit))
    there = {tuple(getattr(limit, name) for name in _KEY): limit for limit in found}
    changed = 0
    for row in rows:
        values = {"category_code": row["category"], **row}
        del values["category"]
        key = {name: values.pop(name) for name in _KEY}
        known = there.get(tuple(key.values()))
        if known is None:
            known = there[tuple(key.values())] = HandlingLimit(**key)
            session.add(known)
        changed += _update(known, values)
    return changed


def _update(row: object, values: dict[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def check_limits(
    rows: list[tuple[int, dict[str, Any]]], categories: set[str], conditions: set[str], file: Path
) -> None:
    """Every row speaks of what there is, and the stages of a limit follow one another."""
    problems = []
    last: dict[tuple[Any, ...], tuple[int, int]] = {}
    for line, row in rows:
        key = (row["category"], row["condition"], row["tag"], row["valid_from"])
        stage, minutes = last.get(key, (0, 0))
        if row["category"] not in categories:
            problems.append((line, f"{row['category']} is no category"))
        if row["condition"] and row["condition"] not in conditions:
            problems.append((line, f"{row['condition']} is no condition"))
        if row["stage"] != stage + 1 or row["minutes"] <= minutes:
            problems.append((line, "stages count from 1, and each ends after the one before"))
        last[key] = (row["stage"], row["minutes"])
    if problems:
        raise BadData(file.name, problems)
