"""A month of figures from its ratings to a wall: what issue 9 calls done, by pages and commands."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller, travel

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.assessment.cli import assessment
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.publicity.rules.exposure import CASE_DAYS
from portal.site.releases import satisfaction
from tests.make import assessment as make
from tests.make.accounts import sign_in_as, staff
from tests.make.assessment import EAST, WEST
from tests.make.exposures import basis
from tests.make.releases import rate_many, release
from tests.pages import Browser, Page

MONTHS = ("2026-07", "2026-08", "2026-09")
MONTH, QUARTER = "2026-09", "2026-Q3"
JUNE = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 2, 2, 0, tzinfo=UTC)  # 10:00 in the city


@dataclass
class City:
    """Two streets, those who work with their figures, an outsider's folder, and the clock."""

    app: Flask
    tools: SimpleNamespace
    folder: Path
    clock: Traveller
    breach: str = ""
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        database: Database = self.tools.database
        return database

    def at(self, who: str = "") -> Browser:
        """Somebody's browser, signed in anew: time passes between two looks."""
        self.clock.shift(timedelta(minutes=1))
        browser = Browser(self.app)
        if who:
            sign_in_as(browser, self.people[who])
        return browser.in_language("en")

    def run(self, command: Any, line: str) -> str:
        """What a command of the server prints."""
        result = CliRunner().invoke(command, line.split(), obj=self.tools)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    def published(self, address: str, name: str) -> bytes:
        """A file as anybody takes it from its page."""
        page = self.at().get(address, status=200)
        assert f"{page.path}{name}" in page.links(), f"{address} does not offer {name}"
        with page.browser.client.get(f"{address}{name}") as response:
            assert response.status_code == 200
            return bytes(response.data)

    def outsider(self, address: str, *inputs: str, program: str) -> bytes:
        """What a program prints that stands with its inputs in a folder with nothing else."""
        folder = self.folder / address.strip("/").replace("/", "-")
        folder.mkdir()
        for name in (*inputs, program):
            (folder / name).write_bytes(self.published(address, name))
        # -I -S: the standard library, and nothing of this environment
        command = [sys.executable, "-I", "-S", program]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


@pytest.fixture
def city(app: Flask, database: Database, instance: Instance, tmp_path: Path) -> Iterator[City]:
    tools = SimpleNamespace(database=database, config=instance.config, app=app)
    with travel(JUNE, tick=False) as clock:
        made = City(app, tools, tmp_path, clock)
        with database.write() as session:
            made.people = make.town(session, MONTHS)
            places = {area.code: area for area in session.scalars(select(Area))}
            for month in MONTHS:
                middle = datetime.fromisoformat(f"{month}-15T00:00:00+00:00")
                for code, times in ((f"{EAST}001", 900), (f"{EAST}002", 20), (WEST, 700)):
                    rate_many(session, places[code].path, times, ends=middle)
            east = places[EAST]
            settled = OCTOBER - timedelta(days=CASE_DAYS + 5)
            made.breach = basis(session, east, settled).number
            made.people["writer"] = staff(session, "street_desk", area=east, name="周写手")
        for month in MONTHS[:-1]:
            release(database, month, now=OCTOBER)
        clock.move_to(OCTOBER)
        yield made


def test_a_month_of_ratings_is_released_rebuilt_ranked_contested_and_shown(city: City) -> None:
    the_month_is_released_and_rebuilt_by_an_outsider(city)
    its_points_are_frozen_contested_and_corrected(city)
    the_quarter_is_ranked_and_recomputed_by_an_outsider(city)
    the_rank_itself_is_contested(city)
    an_act_stands_on_the_wall(city)


def the_month_is_released_and_rebuilt_by_an_outsider(city: City) -> None:
    address = f"/data/satisfaction/{MONTH}/"
    printed = city.run(satisfaction, f"release {MONTH}")
    assert printed.splitlines()[0].endswith(address)
    page = city.at().get("/data/", status=200)
    assert address in page.links()
    whole = city.published(address, "data.csv")
    inputs = ("measurements.json", "metadata.json")
    assert city.outsider(address, *inputs, program="rebuild.py") == whole
    rows = list(csv.DictReader(io.StringIO(whole.decode("utf-8-sig"))))
    published = {row["code"]: row["published"] for row in rows if row["level"] == "street"}
    assert published[EAST] == "yes"
    # the small community is withheld, so nobody in it can be guessed at
    assert {"yes", "no"} <= {row["published"] for row in rows if row["level"] == "community"}
    assert "nothing was changed" in city.run(satisfaction, f"release {MONTH}")
    assert city.published(address, "data.csv") == whole


def its_points_are_frozen_contested_and_corrected(city: City) -> None:
    for month in MONTHS:
        assert f"/assessment/{month}/" in city.run(assessment, f"freeze {month}")
    before = points(city, f"/assessment/{MONTH}/")
    page = object_as(city, "west", MONTH, "in_time", "有十件是系统停机时登记的")
    assert "not decided yet" in page.text
    decide(city, becomes="90", why="停机记录属实，按应办件重新计算")
    assert f"/assessment/{MONTH}-r2/" in city.run(assessment, f"freeze {MONTH}")
    old = city.at().get(f"/assessment/{MONTH}/", status=200)
    assert "These figures were corrected." in old.text
    after = points(city, f"/assessment/{MONTH}-r2/")
    assert after[EAST] == before[EAST]
    assert after[WEST] > before[WEST]


def points(city: City, address: str) -> dict[str, float]:
    """The points of each street, as the published table gives them."""
    rows = table(city.published(address, "result.csv"))
    return {row["unit"]: float(row["points"]) for row in rows}


def table(content: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [row for row in rows if row["group"] == "streets"]


def object_as(city: City, who: str, period: str, indicator: str, words: str) -> Page:
    """A street objects from its desk, where the period stands open."""
    desk = city.at(who).get("/desk/assessment/", status=200)
    [address] = [one for one in desk.links() if f"/periods/{period}/streets/" in one]
    form = desk.browser.get(address, status=200).form(button="Save")
    page = form.fill(indicator=indicator, words=words).send()
    assert not page.errors
    return page


def decide(city: City, *, becomes: str, why: str) -> None:
    """The centre decides the one that is open."""
    desk = city.at("centre").get("/desk/assessment/", status=200)
    address = next(one for one in desk.links() if "/objections/" in one)
    form = desk.browser.get(address, status=200).form(button="Save")
    assert not form.fill(upheld="yes", becomes=becomes, why=why).send().errors


def the_quarter_is_ranked_and_recomputed_by_an_outsider(city: City) -> None:
    city.clock.shift(timedelta(days=8))
    address = f"/assessment/{QUARTER}/"
    assert address in city.run(assessment, f"freeze {QUARTER}")
    result = city.published(address, "result.csv")
    assert city.outsider(address, "inputs.json", program="recompute.py") == result
    ranks = {row["unit"]: row["rank"] for row in table(result)}
    assert ranks == {EAST: "1", WEST: "2"}
    page = city.at().get("/assessment/", status=200).click("3rd quarter 2026", status=200)
    shown = [[cell.text.strip() for cell in row.select("th, td")][:2]
             for row in page.soup.select("main table tbody tr")]  # fmt: skip
    assert [rank for _name, rank in shown] == ["1", "2"]
    assert f"{MONTH}-r2" in city.published(address, "metadata.json").decode()


def the_rank_itself_is_contested(city: City) -> None:
    """What is upheld against a quarter is a second version beside the first."""
    first = city.published(f"/assessment/{QUARTER}/", "result.csv")
    object_as(city, "west", QUARTER, MONTHS[0], "七月的数据缺一周")
    decide(city, becomes="99", why="补录一周的数据")
    corrected = f"/assessment/{QUARTER}-r2/"
    assert corrected in city.run(assessment, f"freeze {QUARTER}")
    result = city.published(corrected, "result.csv")
    assert result != first
    assert city.outsider(corrected, "inputs.json", program="recompute.py") == result
    assert city.published(f"/assessment/{QUARTER}/", "result.csv") == first
    assert "补录一周的数据" in city.at().get(corrected, status=200).text


def an_act_stands_on_the_wall(city: City) -> None:
    form = city.at("writer").get("/desk/exposure/new", status=200).form(button="Save")
    form.fill(basis="breach", basis_number=city.breach, act="占道堆放货物", located="东阁路")
    item = form.send().path
    for who, step, button in (("writer", "send", "Send it for approval"),
                              ("east", "approve", "Approve it"),
                              ("centre", "approve", "Approve it")):  # fmt: skip
        assert "占道堆放货物" not in city.at().get(f"/screen/{EAST}", status=200).text
        city.at(who).get(f"{item}/step/{step}", status=200).form(button=button).send()
    wall = city.at().get(f"/screen/{EAST}", status=200)
    assert "占道堆放货物" in wall.text
    assert "东阁路" in wall.text
    # an act and a place: whose shop it was is nowhere on the wall
    assert "东阁商贸" not in str(wall.soup)
    assert "占道堆放货物" not in city.at().get(f"/screen/{WEST}", status=200).text
