"""Standings: computed once, of closed quarters, by anybody again; nobody's answer is in them."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from pledges.models import Breach, Inspection, Standing
from pledges.rules.breaches import BreachState
from pledges.rules.inspections import Body
from pledges.rules.standing_formula import (
    Formula,
    Part,
    Quarter,
    before,
    bounds_of,
    days_of,
    figures_of,
    formulas,
    last_closed,
    quarter_of,
    read_figures,
    residents,
    standing,
    window_of,
)
from pledges.service.breaches import open_breach
from pledges.service.standing import compute_some, compute_standings
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.satisfaction.rules import Given, Level
from tests.make.frontages import AUGUST, CLOSED, Rated, rated_shop
from tests.make.together import at_once

FORMULA = formulas()[-1]
DAY = timedelta(days=1)


# --- the formula ----------------------------------------------------------------------------------


@st.composite
def a_quarter(draw: Any) -> Quarter:
    seen = draw(st.integers(0, 60))
    raters = draw(st.sampled_from((0, 0, 10, 20, 200)))
    return Quarter(
        kept=draw(st.integers(0, seen)), seen=seen,
        days=draw(st.integers(1, seen)) if seen else 0, cases=draw(st.integers(0, 8)),
        band=draw(st.sampled_from((10, 25, 45, 75, 90))) if raters else None, raters=raters,
    )  # fmt: skip


years = st.lists(a_quarter(), min_size=4, max_size=4)


@settings(max_examples=150, deadline=None)
@given(years)
def test_stars_lie_in_their_interval_and_are_computed_again_from_what_is_stored(
    year: list[Quarter],
) -> None:
    result = standing(FORMULA, year)
    known = sum(FORMULA.weights[part] for part in result.parts)
    assert (result.stars is None) == (known < FORMULA.least_weight)
    if result.stars is not None:
        assert result.low is not None
        assert result.high is not None
        assert 1 <= result.low <= result.high <= 5
        # stars are the rounded middle
        assert result.low - 0.51 <= result.stars <= result.high + 0.51
    formula, again = read_figures(figures_of(FORMULA, "2026-3", year))
    assert standing(formula, again) == result


@settings(max_examples=150, deadline=None)
@given(years, st.integers(0, 3))
def test_better_is_never_worse_and_worse_never_better(year: list[Quarter], at: int) -> None:
    one, result = year[at], standing(FORMULA, year)
    more_cases = Quarter(one.kept, one.seen, one.days, one.cases + 1, one.band, one.raters)
    assert _points(FORMULA, [*year[:at], more_cases, *year[at + 1 :]]) <= _points(FORMULA, year)
    if one.kept < one.seen:
        kept = Quarter(one.kept + 1, one.seen, one.days, one.cases, one.band, one.raters)
        assert _points(FORMULA, [*year[:at], kept, *year[at + 1 :]]) >= _points(FORMULA, year)
    assert standing(FORMULA, list(year)) == result


def _points(formula: Formula, year: list[Quarter]) -> Fraction:
    """The parts together, as they are rounded for showing."""
    parts = standing(formula, year).parts
    return sum((Fraction(formula.weights[part] * parts[part]) for part in parts), Fraction(0))


def test_old_events_fade_and_are_gone_after_a_year() -> None:
    good, bad = Quarter(8, 8, 4), Quarter(0, 8, 4)
    shares = []
    for at in range(4):
        year = [good] * 4
        year[at] = bad
        shares.append(standing(FORMULA, year).parts[Part.INSPECTION])
    assert all(newer < older for newer, older in pairwise(shares))
    assert len(window_of("2026-3", len(FORMULA.fade))) == 4
    habits = [standing(FORMULA, [good, *[Quarter(cases=2) if n == at else good for n in range(3)]])
              for at in range(3)]  # fmt: skip
    reports = [one.parts[Part.REPORT] for one in habits]
    assert reports == sorted(reports)


def test_one_look_or_nothing_but_ratings_is_too_little_and_the_first_report_costs_nothing() -> None:
    empty = [Quarter()] * 3
    assert standing(FORMULA, [Quarter(8, 8, 1), *empty]).stars is None
    assert standing(FORMULA, [Quarter(band=90, raters=200), *empty]).stars is None
    found = standing(FORMULA, [Quarter(8, 8, 2, cases=1), *empty])
    assert (found.stars, found.parts[Part.REPORT]) == (5, 100)
    assert found.low is not None
    assert found.low < 4
    assert standing(FORMULA, [Quarter(8, 8, 2, cases=3), *empty]).parts[Part.REPORT] == 50


def some(many: int, result: int = 2) -> list[Given]:
    return [Given(uuid4(), result <= 3, result, result) for _ in range(many)]


def test_nine_people_are_nobody_an_eleventh_changes_nothing_and_nobody_counts_twice() -> None:
    assert residents(some(9)) == (None, 0)
    ten = some(10)
    assert residents(ten) == (90, 10)
    # whatever one more person says, the figure is the same: nothing can be subtracted
    assert residents(ten) == residents([*ten, *some(1, 5)]) == residents([*ten, *some(9, 5)])
    her = uuid4()
    again = [Given(her, True, 2, 2)] * 3
    assert residents([*again, *some(8)]) == (None, 0)
    # all content and nearly all is one band: from "all" each single answer would be known
    assert residents([*some(9), *some(1, 5)]) == residents(ten)


def test_quarters_are_those_of_the_city() -> None:
    assert quarter_of(date(2026, 12, 31)) == "2026-4"
    assert days_of("2026-4") == (date(2026, 10, 1), date(2027, 1, 1))
    assert before("2026-1") == "2025-4"


# --- made once ------------------------------------------------------------------------------------


@pytest.fixture
def shop(app: Flask, database: Database) -> Rated:
    return rated_shop(database)


def looked_at(shop: Rated, *broken: str, first: datetime = AUGUST) -> None:
    for at, one in enumerate(broken):
        shop.made.inspected(one, now=first + at * DAY)


def rows(shop: Rated) -> list[Standing]:
    with shop.made.database.read() as session:
        return list(session.scalars(select(Standing)))


def test_a_quarter_is_computed_once_and_can_be_computed_again(shop: Rated) -> None:
    looked_at(shop, "", "", "swept")
    shop.rated_by(10)
    with shop.made.database.read() as session:
        zone = instance_of(session).city.zone
    over = bounds_of("2026-3", zone)[1]
    assert last_closed(over + 19 * DAY, zone) == "2026-2"
    assert compute_standings(shop.made.database, over + 19 * DAY) == 0
    assert compute_standings(shop.made.database, CLOSED) == 1
    [row] = rows(shop)
    assert (row.quarter, row.inspections, row.ratings, row.reports) == ("2026-3", 3, 10, 0)
    formula, inputs = read_figures(row.figures)
    again = standing(formula, inputs)
    assert (row.stars, row.low, row.high) == (again.stars, again.low, again.high)
    assert (inputs[0].kept, inputs[0].seen, inputs[0].band) == (11, 12, 90)
    # nothing that comes later changes it
    shop.made.inspected("trees", now=AUGUST + 5 * DAY)
    assert compute_standings(shop.made.database, CLOSED + DAY) == 0
    assert [one.figures for one in rows(shop)] == [row.figures]


def test_two_jobs_at_once_make_one_row(shop: Rated) -> None:
    looked_at(shop, "", "")
    found = at_once(*[lambda: compute_standings(shop.made.database, CLOSED) for _ in range(3)])
    assert sum(found) == 1
    assert len(rows(shop)) == 1


def made_of(shop: Rated) -> Quarter:
    with shop.made.database.write() as session:
        compute_some(session, "2026-3", now=CLOSED)
    return read_figures(rows(shop)[0].figures)[1][0]


def test_a_finding_against_which_an_appeal_was_granted_counts_neither_way(shop: Rated) -> None:
    looked_at(shop, "", "swept")
    database = shop.made.database
    with database.write() as session:
        number = session.scalars(select(Inspection).order_by(Inspection.at)).all()[1].number
    breach = shop.made.do(_open, shop.made, number)
    with database.write() as session:
        session.execute(
            update(Breach).where(Breach.number == breach)
            .values(state=BreachState.VOID, ended_at=AUGUST)
        )  # fmt: skip
    assert made_of(shop) == Quarter(kept=7, seen=7, days=2)


def _open(session: Any, made: Any, inspection: str) -> str:
    return open_breach(session, made.desk, inspection, made.clauses["swept"], "有垃圾", now=AUGUST)


def test_several_looks_on_one_day_are_one_day_and_an_alliance_says_nothing(shop: Rated) -> None:
    looked_at(shop, "", "swept", first=AUGUST)
    with shop.made.database.write() as session:
        one = session.scalars(select(Inspection).order_by(Inspection.at.desc())).first()
        assert one is not None
        one.body = Body.ALLIANCE
    shop.made.inspected("", now=AUGUST + timedelta(hours=1))
    assert made_of(shop) == Quarter(kept=8, seen=8, days=1)
    assert rows(shop)[0].stars is None


def test_ratings_of_less_than_ten_people_are_not_there_at_all(shop: Rated) -> None:
    looked_at(shop, "", "")
    shop.rated_by(9, Level.VERY_DISSATISFIED)
    assert made_of(shop) == Quarter(kept=8, seen=8, days=2)
    assert rows(shop)[0].ratings is None


def test_a_new_tenant_begins_anew(shop: Rated) -> None:
    looked_at(shop, "swept", "swept")
    with shop.made.database.write() as session:
        session.execute(update(Inspection).values(operator_id=None))
    assert compute_standings(shop.made.database, CLOSED) == 0


def test_a_moment_of_the_city_decides_the_quarter(shop: Rated) -> None:
    # 2026-07-01 00:30 in the city
    looked_at(shop, "", first=datetime(2026, 6, 30, 16, 30, tzinfo=UTC))
    looked_at(shop, "", first=AUGUST)
    assert made_of(shop).days == 2
