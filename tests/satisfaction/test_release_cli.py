"""``gongzhi satisfaction release``: what it prints, and that a second call changes nothing."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import Instance
from portal.satisfaction.queries.releases import release_file, releases
from portal.satisfaction.rules import FigureRefusal
from portal.site.releases import satisfaction
from tests.make.releases import rate_many, town


@pytest.fixture
def tools(database: Database, instance: Instance, app: Flask) -> SimpleNamespace:
    with database.write() as session:
        rate_many(session, town(session)["first"].path, 5)
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


def test_another_kind_and_a_correction_have_addresses_of_their_own(tools: SimpleNamespace) -> None:
    run(tools, "release 2025-10 --kind shift")
    run(tools, "release 2025-10 --kind shift --correct late")
    with tools.database.read() as session:
        told = [(row.slug, row.reason) for row in releases(session)]
    assert told == [("2025-10-shift-r2", "late"), ("2025-10-shift", None)]


def test_a_month_that_is_not_over_is_refused(tools: SimpleNamespace) -> None:
    with pytest.raises(Refused) as refused:
        run(tools, "release 2199-10")
    assert refused.value.code is FigureRefusal.MONTH_OPEN
