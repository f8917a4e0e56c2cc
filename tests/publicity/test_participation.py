"""Participation: people once, rounded, few untold, counted once for good."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select, update

from portal.kernel.db import Database
from portal.publicity.models import Participation
from portal.publicity.queries.participation import participation_in
from portal.publicity.rules.disclosure import InputKind
from portal.publicity.rules.participation import (
    TookPart,
    closing_month,
    count_people,
    share,
)
from portal.publicity.rules.suppression import cells_told
from portal.publicity.service.disclosure import enter_input
from portal.publicity.service.participation import count_due_months, count_month
from portal.reports.models import CaseReporter
from tests.make.accounts import person
from tests.make.areas import small_tree
from tests.make.disclosure import discloser, input_wish
from tests.make.reports import case
from tests.make.together import at_once
from tests.pages import Browser, Page

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
STREET, HERE = "370283001", "/37/3702/370283/370283001/370283001001/"
OTHER_STREET = "370283002"
PATHS = (f"/37/3702/370283/{STREET}/", "/37/3702/370283/none/")


def test_r242_people_are_counted_once_and_few_look_like_none() -> None:
    parts = {
        TookPart.REPORTING: [(f"a{at}", HERE) for at in range(12)] * 2,
        TookPart.VOLUNTEERING: [(f"a{at}", HERE) for at in range(9)] + [("b", HERE)] * 3,
    }
    found = {(one.code, one.took_part): one.people for one in count_people(parts, PATHS)}
    assert found[(STREET, TookPart.REPORTING)] == 10
    assert found[(STREET, TookPart.VOLUNTEERING)] == 10
    assert found[(STREET, TookPart.ANY)] == 15
    assert found[(STREET, TookPart.VOTING)] is None
    assert {found[("none", way)] for way in TookPart} == {None}
    assert [_told(people) for people in (0, 9, 10, 12, 13)] == [None, None, 10, 10, 15]
    assert share(None, 100) is None
    assert share(10, None) is None
    assert share(10, 40) == 0.25


def _told(people: int) -> int | None:
    return cells_told({"it": people}, [])["it"]


def test_a_month_is_counted_ten_days_after_its_end() -> None:
    assert closing_month(date(2026, 11, 10)) == "2026-09"
    assert closing_month(date(2026, 11, 11)) == "2026-10"
    assert closing_month(date(2026, 1, 11)) == "2025-12"


def test_r088_a_month_is_counted_once_by_one_of_two_and_never_moves(
    app: Flask, database: Database, browser: Browser
) -> None:
    at = datetime(2026, 10, 15, tzinfo=UTC)
    with database.write() as session:
        tree = small_tree(session)
        city = tree["370283"]
        for code in (f"{STREET}001", f"{OTHER_STREET}001"):
            for _ in range(11):
                case(session, tree[code], at=at, reporter=person(session))
        for row in session.scalars(select(CaseReporter)):
            row.created_at = at
        wish = input_wish(city, kind=InputKind.POPULATION, amount=2000)
        enter_input(session, discloser(), wish, replaced="", now=NOW)
    assert sorted(at_once(*[lambda: count_month(database, "2026-10", NOW)] * 2)) == [False, True]

    def cells() -> list[tuple[str, int | None, int | None]]:
        with database.read() as session:
            rows = participation_in(session, "2026-10", [city.code, STREET])
        mine = (row for row in rows if row.took_part is TookPart.REPORTING)
        return [(row.area_code, row.people, row.population) for row in mine]

    first = cells()
    assert first == [(city.code, 20, 2000), (STREET, 10, None)]
    with database.write() as session:
        for row in session.scalars(select(CaseReporter)):
            row.person_id = row.pseudonym = None
    assert count_due_months(database, NOW + timedelta(hours=1)) == 0
    assert cells() == first
    with database.read() as session:
        ways = session.scalar(select(func.count()).where(Participation.area_code == STREET))
    assert ways == len(TookPart)
    assert "1.0%" in browser.in_language("en").get("/participation/", status=200).text
    _few_are_not_told_as_nobody(database, browser)
    _leads_to_what_is_counted(browser.get(f"/participation/?area={STREET}", status=200))
    data = browser.get("/participation/2026-10.json", status=200).response.json
    assert data is not None
    assert {"fewest", "cells", "month", "rounded_to"} == set(data)
    assert browser.get("/participation/2020-01.csv").status == 404
    assert "reporting,10" in browser.get("/participation/2026-10.csv").text


def _few_are_not_told_as_nobody(database: Database, browser: Browser) -> None:
    with database.write() as session:
        session.execute(update(Participation).values(population=300_000))
    # what is rounded to nothing would read as if nobody had taken part
    few = browser.get("/participation/", status=200).text
    assert "less than 0.1%" in few
    assert "0.0%" not in few
    assert "How many people took part in the affairs of the city" in few


def _leads_to_what_is_counted(street: Page) -> None:
    """A 管区 has no figures: what is counted inside it is reached from the street."""
    linked = [str(one["href"]) for one in street.soup.select("main a[href*='area=']")]
    assert any(f"area={STREET}001&" in link for link in linked)
    assert not any("M1" in link or "G01" in link for link in linked)
