"""Figures by street: numerators and denominators, small ones withheld, safe as a file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import update

from pledges.models import Breach
from pledges.queries.street_figures import street_counts
from pledges.rules.breaches import BreachState
from pledges.rules.standing_formula import bounds_of, days_of
from pledges.rules.street_figures import Counts
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from tests.make import pledges as make
from tests.make.areas import small_tree
from tests.make.frontages import AUGUST
from tests.make.inspections import OTHER_STREET, STREET
from tests.pages import Browser

QUARTER = "2026-3"


@pytest.fixture
def street(app: Flask, database: Database) -> Database:
    """Twelve shops, eleven that pledged and were looked at, one of them with a breach; and in the
    other street three."""
    with database.write() as session:
        tree = small_tree(session)
        text = make.clauses(session, tree[STREET])
        for at in range(12):
            shop = make.premises(session, tree[STREET], f"{at}号")
            runs = make.operator(session, shop)
            if at == 0:
                continue
            pledge = make.pledge(session, runs, text, place_path=shop.place_path)
            broken = "swept" if at == 1 else ""
            found = make.inspection(session, pledge, text[1], broken=broken, at=AUGUST)
            make.inspection(session, pledge, text[1], at=AUGUST + timedelta(days=90))
            make.breach(
                session, found, text[1][0], state=BreachState.RECTIFIED, ended_at=AUGUST,
                rectify_by=(AUGUST + timedelta(days=at - 6)).date(), rectified_at=AUGUST,
            )  # fmt: skip
        for at in range(3):
            make.premises(session, tree[OTHER_STREET], f"{at}号")
    return database


def counts(database: Database) -> dict[str, Counts]:
    with database.read() as session:
        zone = instance_of(session).city.zone
        rows = street_counts(session, days_of(QUARTER), bounds_of(QUARTER, zone), zone)
        return {row.area.code: row.counts for row in rows}


def test_each_street_is_counted_with_what_its_shares_are_of(street: Database) -> None:
    found = counts(street)
    assert found[STREET] == Counts(12, 11, 11, 10, 11, 6)
    pledged, kept, in_time = found[STREET].shares
    assert (pledged.got, kept.of, in_time.value) == (11, 11, 6 / 11)
    # three shops would be known one by one
    assert {(one.got, one.of) for one in found[OTHER_STREET].shares} == {(None, None)}
    with street.write() as session:
        session.execute(update(Breach).values(state=BreachState.VOID))
    # a finding that did not stand is none, and nothing of it was due
    assert counts(street)[STREET] == Counts(12, 11, 11, 11, 0, 0)


def test_the_page_and_the_file_say_the_same_and_run_no_formula(
    app: Flask, street: Database
) -> None:
    with street.write() as session:
        session.execute(
            update(Area).where(Area.code == STREET).values(name_en='=HYPERLINK("http://x")')
        )
    browser = Browser(app).in_language("en")
    page = browser.get("/pledges/figures", status=200)
    assert "92% (11 of 12)" in page.text
    assert "withheld" in page.text
    with browser.client.get("/pledges/figures.csv") as table:
        raw = table.get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(raw.removeprefix("\ufeff"))))
    assert rows[1][3:5] == ["11", "12"]
    assert rows[2][3:] == [""] * 6
    assert not rows[1][1].startswith("=")
    with browser.client.get("/pledges/figures.xlsx") as book:
        assert book.data[:2] == b"PK"
    browser.get("/pledges/figures.exe", status=404)


def test_a_page_sends_the_same_queries_however_many_shops_there_are(
    app: Flask, street: Database
) -> None:
    browser = Browser(app)
    browser.get("/pledges/figures", status=200)

    def asked() -> int:
        found: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
            found.append(statement)

        sql_event.listen(street.reader, "before_cursor_execute", note)
        try:
            browser.get("/pledges/figures", status=200)
        finally:
            sql_event.remove(street.reader, "before_cursor_execute", note)
        return len(found)

    before = asked()
    with street.write() as session:
        area = session.query(Area).where(Area.code == OTHER_STREET).one()
        for at in range(20):
            make.premises(session, area, f"{at}号", road="解放路")
    assert asked() == before <= 7
