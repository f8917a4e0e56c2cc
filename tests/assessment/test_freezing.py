"""Freezing periods, objecting to them, and what follows, on both engines."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.assessment.models import Frozen, FrozenRow, Objection, TalkRecord
from portal.assessment.queries.frozen import group_page, row_of, rows_of, versions_of
from portal.assessment.queries.objections import LATEST, latest_objections, objections_against
from portal.assessment.queries.talks import all_talks
from portal.assessment.rules import ObjectionState, Refusal, TalkState
from portal.assessment.rules.files import INPUTS, PROGRAM, RESULT
from portal.assessment.service.objecting import (
    Decision,
    ObjectionWish,
    decide_objection,
    mine_to_object,
    object_to,
)
from portal.assessment.service.talks import Held, follow_talk, hold_talk
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import assessment as make
from tests.make import releases
from tests.make.accounts import actor
from tests.make.assessment import AFTER, EAST, LATER, MONTH, NOW, WEST

MONTHS = ("2026-07", "2026-08", "2026-09")
WRONG = ObjectionWish("in_time", "有十件是系统停机时登记的")


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = make.town(session)
    make.release(database)
    return people


def objecting(
    database: Database, who: Person, unit: str = WEST, now: datetime = LATER, slug: str = MONTH
) -> str:
    with database.write() as session:
        return object_to(session, actor(session, who), slug, "streets", unit, WRONG, now=now)


def deciding(
    database: Database, who: Person, number: str, *, becomes: str | None = "90", now: Any = LATER
) -> None:
    value = None if becomes is None else Decimal(becomes)
    with database.write() as session:
        decision = Decision(upheld=becomes is not None, why="停机属实", becomes=value)
        decide_objection(session, actor(session, who), number, decision, now=now)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> Any:
    return refused.value.code


def test_a_month_is_frozen_once_and_an_outsider_gets_the_same_table(
    database: Database, people: dict[str, Person], tmp_path: Path
) -> None:
    first = make.freeze(database)
    assert first.made
    before = make.files_of(database, MONTH)
    assert make.freeze(database, now=AFTER) == replace(first, made=False)
    assert make.files_of(database, MONTH) == before
    for name in (INPUTS, PROGRAM):
        (tmp_path / name).write_text(before[name] or "", "utf-8")
    made = subprocess.run(
        [sys.executable, "-I", str(tmp_path / PROGRAM)], check=True, capture_output=True
    )
    assert made.stdout.decode() == before[RESULT]
    with database.read() as session:
        east, west = group_page(session, MONTH, "streets", 0)
        assert (east.unit, west.unit) == (EAST, WEST)
        assert east.low is not None
        assert west.high is not None
        assert east.low > west.high
        # a month is scored; ranks come with the quarter
        assert east.rank is None
        assert (east.failed, west.failed) == (False, True)


def test_what_was_frozen_never_changes(database: Database, people: dict[str, Person]) -> None:
    make.freeze(database)
    for statement in (
        "UPDATE assessment_frozen SET digest = 'x'",
        "DELETE FROM assessment_row",
    ):
        with pytest.raises(DBAPIError, match="never changes"), database.write() as session:
            session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("period", "now", "why"),
    [
        ("2026-13", NOW, Refusal.BAD_PERIOD),
        ("2026-11", NOW, Refusal.OPEN_PERIOD),
        ("2025-09", NOW, Refusal.NO_SET),
        ("2026-Q3", NOW, Refusal.MISSING_PARTS),
    ],
)
def test_it_says_what_is_missing(
    database: Database, people: dict[str, Person], period: str, now: datetime, why: Refusal
) -> None:
    with pytest.raises(Refused) as refused:
        make.freeze(database, period, now)
    assert code_of(refused) is why
    assert why is not Refusal.MISSING_PARTS or refused.value.facts == {
        "periods": "2026-07, 2026-08, 2026-09"
    }


def test_a_month_waits_for_its_release_from_the_first_rating_on(
    database: Database, people: dict[str, Person]
) -> None:
    frozen = make.freeze(database, "2026-09")
    with database.read() as session:
        assert make.inputs(session, frozen.slug)["releases"] == [], "nobody had rated anything"
    with database.write() as session:
        path = session.scalars(select(Area.path).where(Area.code == EAST)).one()
        releases.rate_many(session, path, 1, ends=datetime(2026, 8, 15, tzinfo=UTC))
    with pytest.raises(Refused) as refused:
        make.freeze(database, "2026-08")
    assert code_of(refused) is Refusal.NO_RELEASE


def test_an_upheld_objection_is_added_and_both_versions_stay(
    database: Database, people: dict[str, Person]
) -> None:
    make.freeze(database)
    before = make.files_of(database, MONTH)
    number = objecting(database, people["west"])
    with pytest.raises(Refused) as refused:
        make.freeze(database, now=LATER)
    assert code_of(refused) is Refusal.OBJECTIONS
    deciding(database, people["centre"], number)
    again = make.freeze(database, now=LATER)
    assert (again.slug, again.made) == (f"{MONTH}-r2", True)
    assert make.files_of(database, MONTH) == before
    document = json.loads(make.files_of(database, again.slug)[INPUTS] or "")
    assert document["inputs"] == json.loads(before[INPUTS] or "")["inputs"]
    assert [(one["was"], one["becomes"]) for one in document["corrections"]] == [(4000, 9000)]
    with database.read() as session:
        old, new = (row_of(session, slug, "streets", WEST) for slug in (MONTH, again.slug))
        assert old is not None
        assert new is not None
        assert (new.points or 0) > (old.points or 0)
        log = versions_of(session, MONTH)
        assert [(one.version, one.newest, one.reason) for one in log] == [
            (1, False, None),
            (2, True, number),
        ]
    assert make.freeze(database, now=AFTER) == replace(again, made=False)


def test_a_refused_objection_changes_nothing(database: Database, people: dict[str, Person]) -> None:
    make.freeze(database)
    number = objecting(database, people["west"])
    deciding(database, people["centre"], number, becomes=None)
    assert not make.freeze(database, now=LATER).made
    with pytest.raises(Conflict):
        deciding(database, people["second"], number)
    with database.read() as session:
        (row,) = objections_against(session, MONTH)
        assert (row.state, row.was, row.becomes) == (ObjectionState.REFUSED, 4000, None)


def test_only_the_unit_objects_and_only_in_time(
    database: Database, people: dict[str, Person]
) -> None:
    make.freeze(database)
    for who in ("east", "centre", "department"):
        with pytest.raises(Missing):
            objecting(database, people[who])
    with pytest.raises(Refused) as refused:
        objecting(database, people["west"], now=AFTER)
    assert code_of(refused) is Refusal.TOO_LATE
    with database.read() as session:
        mine = mine_to_object(session, actor(session, people["west"]), LATER)
        # the street and nobody else's
        assert {(row.group, row.unit) for _, row in mine} == {("streets", WEST)}
        assert mine_to_object(session, actor(session, people["west"]), AFTER) == []
        assert mine_to_object(session, actor(session, people["centre"]), LATER) == []


def test_nobody_decides_her_own_and_a_correction_needs_a_figure(
    database: Database, people: dict[str, Person]
) -> None:
    make.freeze(database)
    number = objecting(database, people["west"])
    with database.write() as session:
        both = actor(session, people["west"])
        both = replace(both, grants=both.grants | actor(session, people["centre"]).grants)
        with pytest.raises(Refused) as own:
            decide_objection(session, both, number, Decision(upheld=False, why="不成立"), now=LATER)
        assert code_of(own) is Refusal.OWN
        with pytest.raises(Missing):
            decide_objection(
                session,
                actor(session, people["east"]),
                number,
                Decision(upheld=False, why="不"),
                now=LATER,
            )
    for value in ("101", "-1", "NaN"):
        with pytest.raises(Refused) as refused:
            deciding(database, people["centre"], number, becomes=value)
        assert code_of(refused) is Refusal.NO_VALUE


def quarter(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = make.town(session, MONTHS)
    for at, month in enumerate(MONTHS):
        now = datetime.fromisoformat(f"2026-{8 + at:02d}-02T00:00:00+00:00")
        make.release(database, month, NOW)
        make.freeze(database, month, now)
    return people


def test_a_quarter_is_ranked_when_its_months_can_no_longer_change(database: Database) -> None:
    quarter(database)
    with pytest.raises(Refused) as refused:
        make.freeze(database, "2026-Q3", datetime.fromisoformat("2026-10-03T00:00:00+00:00"))
    assert code_of(refused) is Refusal.TIME_RUNS
    assert refused.value.facts == {"periods": "2026-09"}
    assert make.freeze(database, "2026-Q3").made
    with database.read() as session:
        rows = group_page(session, "2026-Q3", "streets", 0)
        assert [(row.unit, row.rank) for row in rows] == [(EAST, 1), (WEST, 2)]
        assert all(
            row.rank is None for row in rows_of(session, "2026-Q3") if row.group == "residents"
        )
        held = {(row.rule_code, row.period) for row in all_talks(session)}
    # failed three times in a row; the last of the quarter
    assert held == {("three_failed", "2026-09"), ("lowest_streets", "2026-Q3")}
    with pytest.raises(Refused) as year:
        make.freeze(database, "2026", datetime.fromisoformat("2027-02-01T00:00:00+00:00"))
    assert code_of(year) is Refusal.MISSING_PARTS


def test_a_quarter_waits_for_objections_and_for_corrections(database: Database) -> None:
    people = quarter(database)
    in_time = datetime.fromisoformat("2026-10-05T00:00:00+00:00")
    number = objecting(database, people["west"], now=in_time, slug="2026-09")
    for why, act in (
        (Refusal.OBJECTIONS, lambda: deciding(database, people["centre"], number, now=in_time)),
        (Refusal.NOT_APPLIED, lambda: make.freeze(database, "2026-09", in_time)),
    ):
        with pytest.raises(Refused) as refused:
            make.freeze(database, "2026-Q3")
        assert code_of(refused) is why
        assert refused.value.facts == {"periods": "2026-09"}
        act()
    assert make.freeze(database, "2026-Q3").made
    document = json.loads(make.files_of(database, "2026-Q3")[INPUTS] or "")
    assert [one["slug"] for one in document["parts"]] == ["2026-07", "2026-08", "2026-09-r2"]


def test_talks_are_held_and_looked_at_again(database: Database) -> None:
    people = quarter(database)
    with database.write() as session:
        who = actor(session, people["centre"])
        number = session.scalars(select(TalkRecord.number)).one()
        held = Held("李园街道办事处", date(2026, 11, 2), "两个月内整改到位", date(2026, 12, 31))
        with pytest.raises(Refused) as future:
            hold_talk(session, who, number, replace(held, held_on=date(2026, 11, 9)), now=NOW)
        assert code_of(future) is Refusal.FUTURE
        with pytest.raises(Conflict):
            follow_talk(session, who, number, "已整改")
        hold_talk(session, who, number, held, now=NOW)
        follow_talk(session, who, number, "已整改")
    with database.read() as session:
        (row,) = all_talks(session)
        assert (row.state, row.followed) == (TalkState.FOLLOWED, "已整改")


def test_P4_a_frozen_month_names_the_release_and_holds_no_answer(
    database: Database, people: dict[str, Person]
) -> None:
    make.freeze(database)
    document = json.loads(make.files_of(database, MONTH)[INPUTS] or "")
    assert [one["slug"] for one in document["releases"]] == [MONTH]
    # nobody answered: every share is withheld, and nothing stands in its place
    assert not any(one["indicator"] in ("satisfied", "solved") for one in document["inputs"])
    with database.read() as session:
        frozen = session.get_one(Frozen, MONTH)
        assert frozen.objections_until - frozen.frozen_at == timedelta(days=7)


def test_r195_found_handled_and_closed_rates_are_of_fixed_counts(
    database: Database, people: dict[str, Person]
) -> None:
    make.freeze(database)
    document = json.loads(make.files_of(database, MONTH)[INPUTS] or "")
    found = {
        one["indicator"]: (one["part"], one["whole"], one["value"])
        for one in document["inputs"]
        if one["unit"] == WEST and one["indicator"] in ("found", "handled", "closed", "passed_on")
    }
    assert found == {
        "found": (40, 100, 4000),
        "handled": (40, 100, 4000),
        "closed": (40, 100, 4000),
        "passed_on": (0, 100, 0),
    }
    formulas = {one["code"]: one["formula"] for one in document["groups"][0]["indicators"][:4]}
    assert formulas["found"] == "found_own/found"
    assert formulas["handled"] == "done/taken"
    assert formulas["closed"] == "closed/taken"


def test_a_fund_of_a_large_city_is_kept_to_the_fen(database: Database) -> None:
    with database.write() as session:
        make.a_frozen(session, EAST)
        session.add(
            FrozenRow(
                slug=MONTH, group="streets", unit=WEST, position=1, name_zh_hans="李园街道",
                failed=False, fund="city", fund_fen=999_999_999_999,
            )
        )  # fmt: skip
    with database.read() as session:
        row = row_of(session, MONTH, "streets", WEST)
    assert row is not None
    assert row.fund_fen == 999_999_999_999


def test_open_objections_stand_first_and_none_falls_off_the_desk(database: Database) -> None:
    decided = {"state": ObjectionState.REFUSED, "decided_at": LATER, "why": "数据无误"}
    with database.write() as session:
        oldest = make.a_frozen(session, EAST)["assessment_objection"]
        session.add_all(
            Objection(
                group="streets", unit=EAST, period=MONTH, slug=MONTH, indicator="in_time",
                words="系统停机", made_at=NOW + timedelta(seconds=at), **how,
            )
            for how in ({}, decided)
            for at in range(1, LATEST + 2)
        )  # fmt: skip
    with database.read() as session:
        states = [one.state for one in latest_objections(session)]
        numbers = {one.number for one in latest_objections(session)}
    still = LATEST + 2
    assert states == [ObjectionState.OPEN] * still + [ObjectionState.REFUSED] * LATEST
    assert oldest in numbers


def test_r266_a_year_pays_both_funds_by_its_ranks(database: Database) -> None:
    months = tuple(f"2026-{at:02d}" for at in range(1, 13))
    later = datetime.fromisoformat("2027-02-01T00:00:00+00:00")
    with database.write() as session:
        make.town(session, months)
        for month in months:
            first = f"/{EAST[:6]}/{EAST}/{EAST}001/"
            make.counts(session, first, month, found=10, found_own=9, due=10, in_time=9)
            seen = {"group": "communities", "code": f"{EAST}001"}
            make.check(session, first, 90, day=date.fromisoformat(f"{month}-12"), **seen)
    for month in months:
        make.release(database, month, later)
        make.freeze(database, month, later)
    after = later + timedelta(days=8)
    for at in range(1, 5):
        make.freeze(database, f"2026-Q{at}", after)
    assert make.freeze(database, "2026", after + timedelta(days=8)).made
    with database.read() as session:
        rows = rows_of(session, "2026")
    paid = {(row.unit, row.rank): row.fund_fen for row in rows if row.group == "streets"}
    # rank 1 of 2 counts twice, rank 2 once
    assert paid == {(EAST, 1): 266_666_667, (WEST, 2): 133_333_333}
    assert sum(row.fund_fen or 0 for row in rows if row.group == "communities") == 300_000_000
