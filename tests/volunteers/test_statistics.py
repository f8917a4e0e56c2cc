"""Figures of voluntary service for everybody, and a screen in a hall: no names, no small cells."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.clock import city_month, month_bounds, now
from portal.kernel.db import Database
from portal.kernel.sheets import open_sheet
from tests.make import volunteers as make
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted
from volunteers.models import ServiceHours
from volunteers.rules.activities import ActivityKind
from volunteers.rules.statistics import Rest, Tally, final_at, month_before, months_shown, published

ZONE = ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = "陈可见"


def tally(key: str, people: int) -> Tally:
    return Tally(key, people * 60, people, people)


@pytest.mark.parametrize("few", [1, 5, 9])
def test_what_is_withheld_is_always_the_service_of_ten_or_more(few: int) -> None:
    rows = [tally("a", 40), tally("b", few), tally("c", 12)]
    shown, rest = published(rows, 10)
    assert [row.key for row in shown] == ["a"]
    assert rest == Rest((12 + few) * 60, 12 + few)


def test_without_small_cells_nothing_is_withheld_and_alone_they_are_not_shown() -> None:
    rows = [tally("a", 40), tally("c", 10)]
    assert published(rows, 10) == (rows, None)
    assert published([tally("a", 9), tally("b", 9)], 10) == ([], None)


def test_a_month_is_shown_when_its_last_shift_had_its_seven_days_on_notice() -> None:
    assert month_before("2026-01") == "2025-12"
    final = final_at("2026-10", ZONE)
    assert months_shown(final, ZONE)[0] == "2026-10"
    assert months_shown(final - timedelta(seconds=1), ZONE)[0] == "2026-09"
    assert len(set(months_shown(final, ZONE))) == 12


class Town:
    """Ten people of one street and three of another, in the last month that is shown."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        self.month = months_shown(now(), ZONE)[0]
        with database.write() as session:
            self.tree = small_tree(session)
            self.serve(session, self.tree["370283001"], ActivityKind.DRILL, 12)
            self.serve(session, self.tree["370283001"], ActivityKind.SHIFT, 10)
            self.serve(session, self.tree["370283002"], ActivityKind.OPEN_DAY, 3)

    def serve(self, session: Session, place: Area, kind: ActivityKind, people: int) -> None:
        starts = month_bounds(self.month, ZONE)[0] + DAY
        shift = make.shift(
            session, make.activity(session, place, kind=kind), starts_at=starts,
            seats={"member": 50},
        )  # fmt: skip
        for _ in range(people):
            who = person(session, NAME)
            taken = make.sign_up(session, shift, who.id)
            session.add(
                ServiceHours(
                    person_id=who.id, sign_up_id=taken.id, shift_id=shift.id,
                    place_path=place.path, starts_at=starts, ends_at=starts + HOUR, minutes=60,
                    source="attendance", confirmed_at=starts + DAY, confirmed_by=who.id,
                )
            )  # fmt: skip

    def get(self, path: str, status: int = 200) -> Any:
        return Browser(self.app).in_language("en").get(path, status=status)


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return Town(app, database)


def cells(page: Any, at: int) -> list[list[str]]:
    rows = page.soup.select("main table")[at].select("tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


def opened(browser: Browser, address: str, folder: Path) -> list[list[str]]:
    """A file as an office program reads it, without its first line."""
    path = folder / f"table.{address.partition('?')[0].rpartition('.')[2]}"
    with browser.client.get(address, buffered=True) as response:
        assert response.status_code == 200
        path.write_bytes(response.data)
    return [list(row.cells.values()) for row in open_sheet(path).rows]


def test_the_page_shows_sums_and_nothing_of_few(town: Town, tmp_path: Path) -> None:
    page = town.get("/volunteers/statistics")
    assert NAME not in page.text
    [month] = cells(page, 0)
    assert month[1:] == ["25", "25", "25"]
    # the three are withheld, and the ten with them
    assert [row[1:] for row in cells(page, 1)] == [["12", "12", "12"], ["13", "13", "–"]]
    # of two streets one is small: neither is shown
    assert "370283002" not in page.text
    for kind in ("csv", "xlsx"):
        rows = opened(Browser(town.app), f"/volunteers/statistics.{kind}", tmp_path)
        assert town.month in {row[0] for row in rows}
        text = str(rows)
        assert NAME not in text
        # the three of one activity stand in no line of their own
        assert not [row for row in rows if row[3:5] == ["180", "3"]]


def test_a_month_that_nobody_knows_is_the_last_and_what_is_on_notice_counts_nothing(
    town: Town,
) -> None:
    assert "25" in town.get("/volunteers/statistics?month=2026-99").text
    this = city_month(now(), ZONE)
    assert f"month={this}" not in str(town.get("/volunteers/statistics").soup)


def test_the_wall_names_nobody_and_renews_itself(town: Town) -> None:
    with town.database.write() as session:
        shift = make.shift(
            session, make.activity(session, town.tree["370283001"]), starts_at=now() + DAY,
            seats={"member": 3},
        )  # fmt: skip
        make.sign_up(session, shift, person(session, NAME).id)
    page = town.get("/volunteers/wall")
    assert "文明劝导" in page.text
    assert NAME not in page.text
    assert "25" in page.text
    # only where somebody asked for it, and it can be told to stop
    assert not page.soup.select("meta[http-equiv=refresh]")
    page = page.click("Let this page renew itself")
    assert page.soup.select_one("meta[http-equiv=refresh]")["content"] == "120"
    assert not page.click("Let it stand still").soup.select("meta[http-equiv=refresh]")
    other = town.get("/volunteers/wall?area=370283002")
    assert "文明劝导" not in other.text


def test_the_page_sends_as_many_queries_for_many_as_for_few(town: Town) -> None:
    town.get("/volunteers/statistics")
    with counted(town.database) as few:
        town.get("/volunteers/statistics")
    with town.database.write() as session:
        for kind in (ActivityKind.THEME, ActivityKind.CAMPAIGN):
            town.serve(session, town.tree["370283002"], kind, 11)
    with counted(town.database) as many:
        town.get("/volunteers/statistics")
    assert len(few) == len(many)


def test_staff_have_the_figures_of_their_places_by_activity(town: Town, tmp_path: Path) -> None:
    with town.database.write() as session:
        organiser = staff(session, "volunteer_organiser", area=town.tree["370283001"])
        resident = person(session)
        # confirmed just now: on notice, not certified
        hers = ServiceHours.place_path == town.tree["370283001"].path
        row, gone = session.scalars(select(ServiceHours).where(hers).limit(2)).all()
        row.confirmed_at = now()
        gone.voided_at, gone.voided_by, gone.void_reason = now(), organiser.id, "误记"
    browser = Browser(town.app).in_language("en")
    sign_in_as(browser, organiser)
    page = browser.get("/desk/volunteers/figures", status=200)
    shown = [[line[1], *line[3:]] for line in cells(page, 0)]
    assert sorted(sum(int(line[at]) for line in shown) for at in (1, 2, 3)) == [21, 60, 1200]
    assert NAME not in page.text
    for kind in ("csv", "xlsx"):
        rows = opened(browser, f"/desk/volunteers/figures.{kind}", tmp_path)
        # as on the page, of her own street alone
        assert [row[4:] for row in rows] == [line[1:] for line in shown]
        assert not [line for line in rows if line[4] == "180"]
    assert opened(browser, "/desk/volunteers/figures.csv?until=2020-01-01", tmp_path) == []
    stranger = Browser(town.app)
    sign_in_as(stranger, resident)
    assert stranger.get("/desk/volunteers/figures.csv").status == 403
