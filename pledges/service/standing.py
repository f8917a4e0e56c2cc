"""Standings of a quarter that is over: made once, never changed, from counts that are kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import Standing
from pledges.queries.standing import ToRate, cases_at, looks_at, without_standing
from pledges.rules.standing_formula import (
    Formula,
    Part,
    Quarter,
    bounds_of,
    days_of,
    figures_of,
    formula_of,
    last_closed,
    quarter_of,
    residents,
    standing,
    window_of,
)
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of
from portal.reports.queries.batches import cases_by_numbers
from portal.reports.rules.codes import State
from portal.satisfaction.queries import final_between
from portal.satisfaction.rules import SubjectKind

BATCH = 500
# a report that came to nothing says nothing of a shop
_NO_REPORT = frozenset({State.NOT_ACCEPTED, State.NOT_FILED, State.VOID, State.WITHDRAWN})


def compute_standings(database: Database, now: datetime) -> int:
    """Make every standing of the last closed quarter that is not made yet; how many were made.

    May run anywhere, twice or late: the row itself decides who made it.
    """
    with database.read() as session:
        quarter = last_closed(now, instance_of(session).city.zone)
    made = 0
    while (batch := _batch(database, quarter, now)) is not None:
        made += batch
    return made


def _batch(database: Database, quarter: str, now: datetime) -> int | None:
    """Some of them in one transaction; None: there are no more."""
    with database.write() as session:
        return compute_some(session, quarter, now=now)


def compute_some(
    session: Session, quarter: str, *, now: datetime, limit: int = BATCH
) -> int | None:
    """Make some standings of a quarter; how many were new, or None when none was left."""
    formula = formula_of(quarter)
    if formula is None:
        return None
    zone = instance_of(session).city.zone
    names = window_of(quarter, len(formula.fade))
    since, until = bounds_of(names[-1], zone)[0], bounds_of(quarter, zone)[1]
    rows = without_standing(session, quarter, days_of(quarter)[1], since, until, limit)
    if not rows:
        return None
    known = _known(session, formula, names, {row.operator_id for row in rows})
    return sum(
        _keep(
            session,
            row,
            formula,
            quarter,
            [known[row.operator_id].quarter(name) for name in names],
            now,
        )
        for row in rows
    )


@dataclass
class _Known:
    """What is counted of one operator, by quarter."""

    kept: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    days: dict[str, set[date]] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    rated: dict[str, tuple[int | None, int]] = field(default_factory=dict)

    def quarter(self, name: str) -> Quarter:
        band, raters = self.rated.get(name, (None, 0))
        return Quarter(
            self.kept.get(name, 0), self.seen.get(name, 0), len(self.days.get(name, ())),
            self.cases.get(name, 0), band, raters,
        )  # fmt: skip


def _known(
    session: Session, formula: Formula, names: Collection[str], operators: set[UUID]
) -> Mapping[UUID, _Known]:
    zone = instance_of(session).city.zone
    ends = [bounds_of(name, zone) for name in names]
    since, until = ends[-1][0], ends[0][1]
    found = {one: _Known() for one in operators}
    for look in looks_at(session, operators, formula.bodies, since, until):
        day, of = city_day(look.at, zone), found[look.operator_id]
        name = quarter_of(day)
        of.kept[name] = of.kept.get(name, 0) + look.kept
        of.seen[name] = of.seen.get(name, 0) + look.seen
        of.days.setdefault(name, set()).add(day)
    _count_cases(session, found, since, until)
    for name, (start, end) in zip(names, ends, strict=True):
        given = final_between(session, SubjectKind.FRONTAGE, operators, start, end)
        for operator_id, ratings in given.items():
            found[operator_id].rated[name] = residents(ratings)
    return found


def _count_cases(
    session: Session, found: Mapping[UUID, _Known], since: datetime, until: datetime
) -> None:
    zone = instance_of(session).city.zone
    opened = cases_at(session, found.keys(), since, until)
    real = {
        row.number
        for row in cases_by_numbers(session, [number for _who, _at, number in opened])
        if row.state not in _NO_REPORT
    }
    for operator_id, at, number in opened:
        if number in real:
            name, cases = quarter_of(city_day(at, zone)), found[operator_id].cases
            cases[name] = cases.get(name, 0) + 1


def _keep(
    session: Session,
    row: ToRate,
    formula: Formula,
    quarter: str,
    quarters: list[Quarter],
    now: datetime,
) -> int:
    result = standing(formula, quarters)
    raters = sum(one.raters for one in quarters)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(Standing)
        .values(
            district=row.district, premises_id=row.premises_id, quarter=quarter,
            operator_id=row.operator_id, place_path=row.place_path, stars=result.stars,
            low=result.low, high=result.high, inspections=sum(one.days for one in quarters),
            ratings=raters if Part.RESIDENT in result.parts else None,
            reports=sum(one.cases for one in quarters),
            figures=figures_of(formula, quarter, quarters), formula=str(formula.version),
            computed_at=now,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    return changed_rows(session, statement)
