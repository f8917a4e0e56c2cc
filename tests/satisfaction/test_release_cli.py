"""``gongzhi satisfaction release``: what it prints, and that a second call changes nothing."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import insert

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import Instance
from portal.kernel.words import say
from portal.satisfaction.models import ReleaseBudget
from portal.satisfaction.queries.releases import budget_left, release_file, releases
from portal.satisfaction.rules import FigureRefusal, SubjectKind
from portal.satisfaction.rules.release import YEAR_MILLI, ReleaseRefusal
from portal.satisfaction.service.storing import FOLDER
from portal.site.releases import satisfaction
from tests.make.releases import rate_many, town

OCTOBER = datetime(2025, 10, 15, tzinfo=UTC)


@pytest.fixture
def tools(database: Database, instance: Instance, app: Flask) -> SimpleNamespace:
    with database.write() as session:
        rate_many(session, town(session)["first"].path, 5, ends=OCTOBER)
    return SimpleNamespace(database=database, config=instance.config, app=app)


def run(tools: SimpleNamespace, line: str) -> Result:
    result = CliRunner().invoke(satisfaction, line.split(), obj=tools)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_month_is_released_once_and_a_second_call_changes_nothing(
    tools: SimpleNamespace,
) -> None:
    first = run(tools, "release 2025-10").output
    assert first.splitlines() == [
        f"{tools.config.origin}/data/satisfaction/2025-10/",
        "Left of this year's budget: 13 of 14",
    ]
    with tools.database.read() as session:
        before = release_file(session, "2025-10", "data.csv")
    again = run(tools, "release 2025-10").output
    assert again == "2025-10 is released already; nothing was changed.\n"
    with tools.database.read() as session:
        assert release_file(session, "2025-10", "data.csv") == before


def test_lost_copies_are_named_and_written_again_when_somebody_has_looked(
    tools: SimpleNamespace,
) -> None:
    assert run(tools, "copies").output == ""
    run(tools, "release 2025-10")
    copy = tools.config.instance / FOLDER / "2025-10.json"
    before = json.loads(copy.read_text("utf-8"))
    copy.unlink()
    found = run(tools, "copies")
    assert (found.exit_code, found.output) == (1, "2025-10: no copy\n")
    with pytest.raises(Refused) as refused:
        run(tools, "release 2025-11")
    assert refused.value.code is ReleaseRefusal.COPIES_LOST
    assert run(tools, "copies --nothing-newer").output == "2025-10: copied again\n"
    assert json.loads(copy.read_text("utf-8"))["release"] == before["release"]
    run(tools, "release 2025-11")


def test_another_kind_and_a_correction_have_addresses_of_their_own(tools: SimpleNamespace) -> None:
    run(tools, "release 2025-10 --kind shift")
    run(tools, "release 2025-10 --kind shift --correct late")
    with tools.database.read() as session:
        told = [(row.slug, row.reason) for row in releases(session)]
    assert told == [("2025-10-shift-r2", "late"), ("2025-10-shift", None)]


@pytest.mark.parametrize(
    ("period", "why"),
    [
        ("2199-10", FigureRefusal.MONTH_OPEN),
        ("2025-13", FigureRefusal.BAD_MONTH),
        ("october", FigureRefusal.BAD_MONTH),
        ("2025-09", ReleaseRefusal.NOTHING_COUNTED),
    ],
)
def test_what_cannot_be_released_is_refused_in_a_sentence_and_costs_nothing(
    tools: SimpleNamespace, period: str, why: StrEnum
) -> None:
    with pytest.raises(Refused) as refused:
        run(tools, f"release {period}")
    assert refused.value.code is why
    with tools.app.test_request_context():
        assert say(refused.value.code) != why.value
    with tools.database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2025) == YEAR_MILLI


def test_a_spent_budget_is_said_and_nothing_is_released(tools: SimpleNamespace) -> None:
    with tools.database.write() as session:
        values = {"subject_kind": SubjectKind.CASE, "year": "2025", "spent_milli": YEAR_MILLI}
        session.execute(insert(ReleaseBudget).values(**values))
    with pytest.raises(Refused) as refused:
        run(tools, "release 2025-10")
    assert refused.value.code is ReleaseRefusal.BUDGET_SPENT
    with tools.database.read() as session:
        assert releases(session) == []


def test_a_kind_that_nobody_rates_is_refused_by_its_name(tools: SimpleNamespace) -> None:
    found = run(tools, "release 2025-10 --kind weather")
    assert found.exit_code == 2
    assert "'weather' is not one of" in found.output
