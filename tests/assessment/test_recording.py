"""What is put down for a month: checks, scores in both directions, reports of the media."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.areas.rules import Keeper
from portal.assessment.models import MutualScore
from portal.assessment.queries.inputs import month_of, values_of
from portal.assessment.queries.units import units_of
from portal.assessment.rules import Axis, Refusal
from portal.assessment.rules.files import INPUTS
from portal.assessment.rules.sets import groups, set_for
from portal.assessment.service.recording import (
    CheckWish,
    MediaWish,
    Rater,
    ScoreWish,
    record_check,
    record_media,
    record_score,
)
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.organisations.rules import OrganisationKind
from portal.organisations.service import end_organisation
from portal.reports.models import FigureCount
from portal.reports.rules.figures import COUNTS, Kept
from tests.make import assessment as make
from tests.make.accounts import actor, staff
from tests.make.assessment import DAY, DEPARTMENT, EAST, MONTH, NOW, WEST
from tests.make.organisations import unit


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = make.town(session)
    make.release(database)
    return people


def code_of(refused: pytest.ExceptionInfo[Refused]) -> Any:
    return refused.value.code


def test_checks_are_of_ones_own_places_and_end_with_the_freeze(
    database: Database, people: dict[str, Person]
) -> None:
    wish = CheckWish("streets", EAST, DAY, {Axis.CLEAN: 0}, "有垃圾")

    def put(change: CheckWish) -> None:
        with database.write() as session:
            record_check(session, actor(session, people["checker"]), change, now=NOW)

    for change, why in (
        (replace(wish, unit=WEST), Refusal.NOT_YOURS),
        (replace(wish, unit="nowhere"), Refusal.NO_UNIT),
        (replace(wish, group="residents", unit="370283"), Refusal.NO_UNIT),
        (replace(wish, scores={}), Refusal.NOTHING_SCORED),
        (replace(wish, scores={Axis.LIT: 101}), Refusal.NOTHING_SCORED),
        (replace(wish, day=date(2026, 11, 9)), Refusal.FUTURE),
    ):
        with pytest.raises(Refused) as refused:
            put(change)
        assert code_of(refused) is why
    put(wish)
    make.freeze(database)
    document = json.loads(make.files_of(database, MONTH)[INPUTS] or "")
    (clean,) = (
        one for one in document["inputs"] if (one["unit"], one["indicator"]) == (EAST, "clean")
    )
    # forty times 95, once 0: 3800 of 41 hundreds
    assert (clean["part"], clean["whole"], clean["value"]) == (3800, 41, 9268)
    with pytest.raises(Refused) as late:
        put(wish)
    assert code_of(late) is Refusal.FROZEN


def scores(session: Session, who: Person, *wishes: ScoreWish) -> None:
    for wish in wishes:
        record_score(session, actor(session, who), wish, now=NOW)


def scores_frozen(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """Sum and number of the scores between units in the frozen inputs."""
    document = json.loads(make.files_of(database, MONTH)[INPUTS] or "")
    return {
        (one["unit"], one["indicator"]): (one["part"], one["whole"])
        for one in document["inputs"]
        if one["indicator"] in ("mutual", "liaison")
    }


def test_units_score_each_other_and_both_directions_are_kept(
    database: Database, people: dict[str, Person]
) -> None:
    street = ScoreWish(Rater("departments", DEPARTMENT), DAY, "streets", EAST, 70, "配合及时")
    company = ScoreWish(Rater("streets", EAST), DAY, "companies", "DEMO-COMPANY", 90, "清运及时")
    department = ScoreWish(Rater("streets", EAST), DAY, "departments", DEPARTMENT, 80, "响应快")
    western = replace(department, by=Rater("streets", WEST), score=60)
    quiet = replace(department, by=Rater("liaison"), score=50)
    with database.write() as session:
        scores(session, people["department"], street)
        unit(session, "DEMO-COMPANY", kind=OrganisationKind.COMPANY)
        scores(session, people["east"], department, company)
        scores(session, people["west"], western)
        scores(session, people["liaison"], quiet)
    for who, wish, why in (
        ("department", street, Refusal.DECIDED),
        ("liaison", quiet, Refusal.DECIDED),
        ("liaison", department, Refusal.NO_PAIR),
        ("east", western, Refusal.NO_PAIR),
        ("east", quiet, Refusal.NO_PAIR),
        ("east", street, Refusal.NO_PAIR),
        ("department", department, Refusal.NO_PAIR),
        ("checker", department, Refusal.NO_PAIR),
    ):
        with pytest.raises(Refused) as refused, database.write() as session:
            scores(session, people[who], wish)
        assert code_of(refused) is why
    make.freeze(database)
    assert scores_frozen(database) == {
        (EAST, "mutual"): (70, 1),
        ("DEMO-COMPANY", "mutual"): (90, 1),
        (DEPARTMENT, "mutual"): (140, 2),
    }
    with database.read() as session:
        # a liaison officer's score leads nobody to her
        rows = session.scalars(select(MutualScore).filter_by(by_group="liaison")).all()
        assert [row.made_by for row in rows] == [None]


def test_r177_P4_no_liaison_officers_score_can_be_read_from_the_inputs(
    database: Database, people: dict[str, Person]
) -> None:
    wish = ScoreWish(Rater("liaison"), DAY, "departments", DEPARTMENT, 0, "响应慢")
    given = [50, 51, 67, 72, 80, 80, 90, 95, 98, 100]

    def rate(officer: Person, score: int) -> None:
        with database.write() as session:
            scores(session, officer, replace(wish, score=score))

    with database.write() as session:
        first = session.scalars(select(Area).filter_by(code=f"{EAST}001")).one()
        officers = [staff(session, "liaison_officer", area=first) for _ in given]
        unit(session, "OTHER-UNIT", kind=OrganisationKind.DEPARTMENT)
    for officer, score in zip(officers[:9], given[:9], strict=True):
        rate(officer, score)
    assert inputs_of(database, "liaison") == []
    rate(officers[9], given[9])
    # 78.3 of a hundred
    [found] = inputs_of(database, "liaison")
    assert found["value"] == 7800
    assert found.keys() == {"group", "unit", "indicator", "value", "low", "high"}
    assert found["low"] < 7800 < found["high"]
    # what one gave to two departments, or in two months, does not meet in the tables
    with database.write() as session:
        scores(session, officers[0], replace(wish, unit="OTHER-UNIT"))
        scores(session, officers[0], replace(wish, day=date(2026, 11, 2)))
        codes = session.scalars(select(MutualScore.by_code)).all()
    assert len(set(codes)) == len(given) + 2


def test_r004_a_department_answers_for_what_it_took_over(database: Database) -> None:
    with database.write() as session:
        old, new = unit(session, "OLD-1"), unit(session, "NEW-1")
        for one, done in ((old, 2), (new, 9)):
            values = dict.fromkeys(COUNTS, 0) | {"taken": 10, "done": done}
            session.execute(
                insert(FigureCount).values(
                    kept=Kept.UNIT, day=date(2026, 10, 1), place_path="/370283/",
                    category_code="", unit_id=one.id, source="", **values,
                )
            )  # fmt: skip
        end_organisation(
            session, Keeper(None, None), "OLD-1", on=DAY, successor_code="NEW-1", now=NOW
        )
    [found] = [row for row in inputs_of(database, "handled") if row["unit"] == "NEW-1"]
    assert found["value"] == 5500


def inputs_of(database: Database, indicator: str) -> list[dict[str, Any]]:
    """What would be frozen of an indicator now."""
    with database.read() as session:
        month, (_, known) = month_of(session, MONTH), set_for(MONTH) or ("", ())
        units = [one for group in groups().values() for one in units_of(session, group, DAY)]
        wanted = [one for one in known if one.code == indicator]
        found = values_of(session, month, units, wanted)
    return [
        {"group": group, "unit": code, "indicator": one, **value.said()}
        for (group, code, one), value in found.items()
    ]


def test_media_reports_cost_points_and_only_the_centre_puts_them_down(
    database: Database, people: dict[str, Person]
) -> None:
    wish = MediaWish("streets", EAST, DAY, "日报", "垃圾堆了三天")
    with database.write() as session:
        record_media(session, actor(session, people["centre"]), wish, now=NOW)
        with pytest.raises(Missing):
            record_media(session, actor(session, people["east"]), wish, now=NOW)
    make.freeze(database)
    document = json.loads(make.files_of(database, MONTH)[INPUTS] or "")
    media = {one["unit"]: one["value"] for one in document["inputs"] if one["indicator"] == "media"}
    assert (media[EAST], media[WEST]) == (10_000, 0)
