"""The report of a pilot: public figures of a place and time, each with its source."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.areas.queries import area_by_code
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.publicity.queries.pilot import MOST_MONTHS, months_between, pilot_figures
from portal.reports.rules.codes import State
from tests.make.areas import small_tree
from tests.make.reports import case
from tests.pages import Browser

# nothing here differs between the engines
STREET = "370283001"
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_months_are_bounded() -> None:
    assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_between("2026-02", "2026-01") == []
    assert len(months_between("1900-01", "2199-12")) == MOST_MONTHS


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r003_a_pilot_is_told_by_public_figures_with_their_sources(
    app: Flask, database: Database, browser: Browser
) -> None:
    at = datetime(2026, 10, 15, tzinfo=UTC)
    with database.write() as session:
        tree = small_tree(session)
        case(session, tree[f"{STREET}001"], state=State.CLOSED, at=at)
        case(session, tree[f"{STREET}001"], at=at)
        case(session, tree["370283002001"], at=at)
    with database.read() as session:
        zone, place = instance_of(session).city.zone, area_by_code(session, STREET)
        assert place is not None
        found = pilot_figures(session, place, "2026-10", "2026-10", zone=zone, now=NOW)
        before = pilot_figures(session, place, "2026-08", "2026-09", zone=zone, now=NOW)
    assert (found.reported, found.settled, before.reported) == (2, 1, 0)
    assert found.minutes is None, "hours of a street could lead to somebody"
    page = browser.get(f"/pilot/?area={STREET}&first=2026-10&last=2026-10", status=200)
    asked = page.soup.select_one("form.form")
    assert asked is not None
    assert [str(one["value"]) for one in asked.select("option[selected]")] == [STREET]
    assert len(asked.select("option")) == 3
    lines = page.soup.select("main li.card")
    assert all(line.select("a[href]") for line in lines), "each figure has its source"
    assert "50%" in page.text
    assert browser.get(f"/pilot/?area={STREET}001").status == 404
