"""Listed supervision as pages: the public board, the desk's lists, and the way off the list."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.reports.jobs import look_back_at_days
from portal.reports.models import Case, SupervisionListing
from portal.reports.rules.codes import Event, Means, State, Target
from portal.reports.rules.supervision import Ending, due_day
from portal.reports.service.supervision import settings_of
from tests.make import reports
from tests.make.desk import City, small_city
from tests.pages import Page

LONG_AGO = timedelta(days=20)


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def late(city: City, **options: object) -> str:
    options.setdefault("listed", True)
    return city.case(state=State.DISPATCHED, at=clock.now() - LONG_AGO, **options)


def look_back(city: City) -> str:
    """Let the day's job run; the day it ran for, as an address has it."""
    look_back_at_days(city.database, clock.now())
    with city.database.read() as session:
        hour, zone = settings_of(session).hour, instance_of(session).city.zone
        return due_day(clock.now(), hour, zone).isoformat()


def listing(city: City) -> SupervisionListing:
    with city.database.read() as session:
        return session.scalars(select(SupervisionListing)).one()


def cards(page: Page) -> list[str]:
    return [card.get_text(" ", strip=True) for card in page.soup.select("main .card-list > li")]


def test_r291_a_matter_is_listed_handled_verified_and_taken_off_before_everybodys_eyes(
    city: City,
) -> None:
    number = late(city)
    look_back(city)
    passer_by = city.browser(city.desk)
    (card,) = cards(passer_by.get("/reports/board", status=200))
    assert listing(city).number in card
    assert "环卫中心" in card
    assert "The place is clean and has stayed so" in card
    # the unit reads it on its case, and has no button for it
    worker = city.browser(city.worker)
    page = worker.get(f"/desk/cases/{number}", status=200)
    assert "because it was overdue" in page.text
    assert "Take it off the list" not in page.text
    worker.get(f"/desk/supervision/{listing(city).number}/delist", status=403)
    # too early: what was typed stays, and the list too
    checker = city.browser(city.verifier)
    page = checker.get(f"/desk/cases/{number}", status=200).click("Take it off the list")
    page = page.form().fill(finding="看过了").send(status=422)
    assert page.errors == [
        "The condition is not met yet: the work has to be verified and the case closed first."
    ]
    assert "看过了" in page.html
    with city.database.write() as session:
        made = session.scalars(select(Case).where(Case.number == number)).one()
        reports.walk(session, made, (Event.HANDLE,), at=clock.now())
    page = checker.get(f"/desk/cases/{number}", status=200).click("Close the case")
    page = page.form().send("Close the case", status=422)
    assert page.errors == ["Choose how it was solved."]
    page.form().fill(means="service").send("Close the case", status=200)
    assert city.row(number).means is Means.SERVICE
    page = checker.get(f"/desk/cases/{number}", status=200).click("Take it off the list")
    first, again = page.form().fill(finding="现场干净").send_twice()
    assert (first.path, again.path) == (f"/desk/cases/{number}",) * 2
    assert "Taken off: the condition is met" in first.text
    (card,) = cards(passer_by.get("/reports/board", status=200))
    assert "Taken off: the condition is met" in card
    # what was found is for staff
    assert "现场干净" not in card


def test_r291_p5_the_board_tells_of_a_shop_only_kind_street_and_steps(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP, name="噪音扰民")
    protected = late(city, category_code="noise", words="张记烧烤店半夜放音乐")
    hidden = late(city, listed=False)
    checker = city.browser(city.verifier)
    page = checker.get(f"/desk/cases/{protected}", status=200)
    page = page.click("Put it on the list of supervision")
    form = page.form().fill(reason="店主张某三次不改", condition="张记烧烤店关掉音箱")
    assert form.send(status=200).path == f"/desk/cases/{protected}"
    look_back(city)
    page = city.browser(city.desk).get("/reports/board", status=200)
    (card,) = cards(page)
    assert hidden not in page.html
    for secret in ("张记", "张某", "音乐", "音箱", "环卫中心"):
        assert secret not in page.html
    with city.database.read() as session:
        zone = instance_of(session).city.zone
    day = city_day(clock.now(), zone)
    # of such a matter even the day is not told, and what was typed stays inside
    assert f"{day.day}, {day.year}" not in card
    assert "东阁街道" in card
    assert "somebody outside the unit has checked it" in card
    # the desk reads both
    page = checker.get(f"/desk/cases/{protected}", status=200)
    assert "张记烧烤店关掉音箱" in page.text


def test_r291_only_supervisors_of_the_place_list_and_change_the_condition(city: City) -> None:
    number = late(city)
    city.browser(city.desk).get(f"/desk/cases/{number}/list", status=403)
    city.browser(city.worker).get(f"/desk/cases/{number}/list", status=403)
    assert "Put it on the list" not in city.browser(city.lead).get(f"/desk/cases/{number}").text
    checker = city.browser(city.verifier)
    page = checker.get(f"/desk/cases/{number}/list", status=200)
    page = page.form().fill(condition="三天内没有新的垃圾").send(status=422)
    assert page.errors == ["Write in a few words why."]
    assert "三天内没有新的垃圾" in page.html
    page.form().fill(reason="多次反复").send(status=200)
    assert (listing(city).reason, listing(city).listed_by) == ("多次反复", city.verifier.id)
    board = checker.get("/reports/board", status=200)
    assert "三天内没有新的垃圾" in board.text
    assert "多次反复" not in board.text
    page = checker.get(f"/desk/cases/{number}", status=200).click("Change the condition")
    page.form().fill(condition="").send(status=200)
    assert "The place is clean" in checker.get("/reports/board", status=200).text


def test_r290_the_desk_of_a_street_reads_its_own_digest(city: City) -> None:
    number = late(city)
    day = look_back(city)
    desk = city.browser(city.desk)
    assert day in "".join(desk.get("/desk/digest/", status=200).links())
    page = desk.get(f"/desk/digest/{day}", status=200)
    assert f"/desk/cases/{number}" in page.links()
    assert "李园街道" not in page.text
    desk.get("/desk/digest/1999-01-01", status=404)
    desk.get("/desk/digest/today", status=404)
    city.browser(city.worker).get(f"/desk/digest/{day}", status=403)
    # the centre reads all streets
    assert "李园街道" in city.browser(city.centre).get(f"/desk/digest/{day}", status=200).text


def test_r182_r155_hot_spots_and_means_are_pages_of_the_desk(city: City) -> None:
    spot = [late(city) for _ in range(3)]
    city.case(state=State.CLOSED, at=clock.now() - timedelta(hours=6))
    desk = city.browser(city.desk)
    page = desk.get("/desk/hotspots", status=200)
    assert {f"/desk/cases/{number}" for number in spot} <= set(page.links())
    page = desk.get("/desk/means", status=200)
    assert "100.0 % (1 of 1)" in page.text
    city.browser(city.worker).get("/desk/hotspots", status=403)
    city.browser(city.worker).get("/desk/means", status=403)


def test_r291_the_board_is_read_in_pages_open_ones_first(city: City) -> None:
    made = [late(city) for _ in range(23)]
    look_back(city)
    with city.database.write() as session:
        # the first three were done since
        for number in made[:3]:
            row = session.scalars(select(Case).where(Case.number == number)).one()
            reports.walk(session, row, (Event.HANDLE, Event.CLOSE), at=clock.now())
            one = select(SupervisionListing).where(SupervisionListing.case_id == row.id)
            open_one = session.scalars(one).one()
            open_one.delisted_at, open_one.ending = clock.now(), Ending.MET
    passer_by = city.browser(city.desk)
    first = passer_by.get("/reports/board", status=200)
    assert len(cards(first)) == 20
    assert not any("Taken off:" in card for card in cards(first))
    second = first.click("Show older", status=200)
    assert ["Taken off:" in card for card in cards(second)] == [True] * 3
    found = {a for page in (first, second) for a in page.links() if a.startswith("/reports/")}
    assert {f"/reports/{number}" for number in made} <= found
