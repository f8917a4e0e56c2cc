"""What a new user sees of the city's figures in the demo: released, assessed, contested."""

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from credit.service.verifying import verify
from portal.assessment.queries.frozen import frozen_versions, group_page
from portal.assessment.queries.objections import objections_against
from portal.assessment.queries.units import Unit, units_of
from portal.assessment.rules import ObjectionState
from portal.assessment.rules.sets import groups
from portal.conventions.queries.texts import rounds_page
from portal.conventions.rules.way import RoundState
from portal.kernel.clock import city_day, month_bounds, now
from portal.kernel.db import Database
from portal.kernel.instance import Instance, instance_of
from portal.satisfaction.queries.releases import cells, releases
from portal.satisfaction.rules import SubjectKind
from portal.site.demo.conventions import SIGNED_ON_PAPER, plant_conventions
from portal.site.demo.figures import plant_figures
from portal.site.demo.load import OUTSKIRTS, load_demo
from portal.site.demo.meetings import plant_meetings
from portal.site.demo.people import demo_places, open_accounts, units_by_category
from portal.site.demo.periods import assessed_months, months_since, quarter_of
from portal.site.demo.pictures import can_draw
from portal.site.demo.surveys import plant_surveys
from portal.site.packages import load_city_data
from tests.make.assessment import counts
from tests.make.releases import rate_many
from tests.pages import Browser

ON_THE_SCREEN = 3


def _streets(session: Session) -> list[Unit]:
    return units_of(session, groups()["streets"], city_day(now(), instance_of(session).city.zone))


@pytest.fixture
def city(app: Flask, database: Database, instance: Instance) -> Database:
    """The demo's accounts in a city where somebody rated something, long enough ago."""
    at, zone = now(), instance.city.zone
    with database.write() as session:
        list(load_city_data(session, instance.city, at))
        places = demo_places(session)
        unit = units_by_category(session, places["city"], at)["litter"]
        open_accounts(session, places, unit, at)
        rated = month_bounds(assessed_months(at, zone)[-1], zone)[0] + timedelta(days=14)
        rate_many(session, places["community"].path, 3, ends=rated)
        # of a street of whose matters nothing is known too little is: checks alone rank nobody
        for month, (more, street) in product(
            assessed_months(at, zone), enumerate(_streets(session))
        ):
            done = 6 + more % 4
            counts(
                session, street.path, month, found=10, found_own=done, taken=10, responded=done,
                done=done, closed=done, due=10, in_time=done, given=10,
            )  # fmt: skip
    return database


def test_a_quarter_was_ranked_contested_and_corrected(city: Database, app: Flask) -> None:
    at = now()
    plant_figures(city, at)
    with city.read() as session:
        zone = instance_of(session).city.zone
        months = assessed_months(at, zone)
        over = months_since(months[0], at, zone)
        lines = {line.slug: line for line in frozen_versions(session)}
        released = {row.month for row in releases(session) if row.kind is SubjectKind.CASE}
        states = Counter(one.state for one in objections_against(session, months[-1]))
        ranks = [row.rank for row in group_page(session, quarter_of(months), "streets", 0)]
    # nobody rated anything before the last of the three
    assert released >= {month for month in over[:-1] if month >= months[-1]}
    assert not released & set(months[:-1])
    # objections to the month after the quarter are still open
    assert lines.keys() == {*months, f"{months[-1]}-r2", quarter_of(months), over[3]}
    assert lines[over[3]].objections_until > at
    assert states == {ObjectionState.UPHELD: 1, ObjectionState.REFUSED: 1}
    assert ranks[0] == 1
    assert len(set(ranks)) > 1
    assert verify(city, now=at).problems == []
    page = Browser(app).in_language("en").get(f"/assessment/{quarter_of(months)}/", status=200)
    assert page.soup.select("main table tbody tr")
    contested = page.browser.get(f"/assessment/{months[-1]}-r2/", status=200)
    assert "upheld: the figure was corrected" in contested.text


def test_two_communities_govern_themselves_and_the_street_asks(city: Database, app: Flask) -> None:
    at = now()
    for plant in (plant_conventions, plant_meetings, plant_surveys):
        plant(city, at)
    with city.read() as session:
        rounds = {row.state: row.number for row in rounds_page(session, None)}
    assert rounds.keys() == {RoundState.PUBLISHED, RoundState.VOTE, RoundState.DISCUSSION}
    browser = Browser(app).in_language("en")
    convention = browser.get("/conventions/?state=in_force", status=200)
    page = convention.click("居民公约", status=200)
    text = page.click("Read the text in force", status=200)
    assert "Greet each other and talk things over." in text.text
    sheet = f"/conventions/{rounds[RoundState.PUBLISHED]}/sign"
    signed = ON_THE_SCREEN + (SIGNED_ON_PAPER if can_draw() else 0)
    assert f"{signed} households" in browser.get(sheet, status=200).text
    for path, words in (("/meetings/", "电动车充电议事会"), ("/consultations/", "夜间停车方案"),
                        ("/surveys/", "vote on conduct of service")):  # fmt: skip
        assert words in browser.get(path, status=200).text, path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_most_streets_are_ranked_though_of_few_the_communities_are_known(
    database: Database, instance: Instance
) -> None:
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
        load_demo(session, {}, now=now(), residents=30, cases=OUTSKIRTS)
    plant_figures(database, now())
    with database.read() as session:
        months = assessed_months(now(), instance.city.zone)
        rows = group_page(session, quarter_of(months), "streets", 0)
    assert len([row for row in rows if row.rank is not None]) >= 8


@pytest.mark.long
def test_the_full_size_shows_published_and_withheld_cells_at_every_level(
    database: Database, instance: Instance
) -> None:
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
        load_demo(session, {}, now=now())
    plant_figures(database, now())
    seen = dict[str, set[bool]]()
    with database.read() as session:
        for row in releases(session):
            if row.kind is SubjectKind.CASE:
                for cell in cells(session, row.slug):
                    seen.setdefault(cell.level, set()).add(cell.published)
    assert seen == {key: {True, False} for key in ("city", "category", "street", "community")}
