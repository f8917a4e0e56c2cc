"""The demo's street: a new user sees every public page of pledges alive."""

import pytest
from flask import Flask
from sqlalchemy import select

from pledges.models import Plaque
from pledges.rules.plaques import PlaqueState
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.photos import clean_photo
from portal.site.demo.exposures import plant_exposures
from portal.site.demo.frontages import plant_frontages
from portal.site.demo.people import demo_places, open_accounts, units_by_category
from portal.site.demo.premises import plant_premises
from portal.site.packages import load_city_data
from tests.make.photos import jpeg
from tests.pages import Browser


@pytest.fixture
def street(app: Flask, database: Database, instance: Instance) -> Database:
    at = now()
    with database.write() as session:
        list(load_city_data(session, instance.city, at))
        places = demo_places(session)
        unit = units_by_category(session, places["city"], at)["litter"]
        people = open_accounts(session, places, unit, at)
        plant_premises(session, people, at)
        photo = clean_photo(jpeg(), instance.city.zone)
        plant_frontages(session, people, {"litter": [(photo, photo)]}, places["street"], at)
    return database


def test_a_new_user_sees_the_street_alive(app: Flask, street: Database) -> None:
    browser = Browser(app).in_language("en")
    with street.read() as session:
        hung = session.scalars(select(Plaque.code).where(Plaque.state == PlaqueState.BOUND)).all()
        assert len(hung) == 7
    pages = [browser.get(f"/p/{code}", status=200) for code in hung]
    assert all("In force since" in page.text for page in pages)
    [right] = [page for page in pages if "What was put right last" in page.text]
    assert len(right.soup.select("figure img")) == 2
    # five were looked at; of four of them ten people or more said something
    assert sum("of 5 stars" in page.text for page in pages) == 5
    assert sum("at least 10 passers-by" in page.text for page in pages) == 4
    [best] = [page for page in pages if "On the list" in page.text]
    assert "门前两个花池由我们浇水" in best.text
    for path, words in (("/pledges/alliances/", "Frontage alliance of Demo Road"),
                        ("/pledges/lists/exemplary", "新华书店演示路店"),
                        ("/pledges/parking/", "新华书店演示路店")):  # fmt: skip
        assert words in browser.get(path, status=200).text, path
    found = browser.get("/pledges/alliances/", status=200)
    alliance = found.click("Frontage alliance of Demo Road", status=200)
    for words in ("An elected head leads it", "Each sweeps its frontage", "on the average of 5"):
        assert words in alliance.text
    plant_exposures(street, {}, now())
    with street.read() as session:
        wall = browser.get(f"/screen/{demo_places(session)['street'].code}", status=200)
    assert "货箱长期占用盲道" in wall.text
    # an act and a place: nobody learns from the wall whose shop it is
    assert not any(name in str(wall.soup) for name in ("惠民药房", "演示医药有限公司"))
