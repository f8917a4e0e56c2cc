"""Who sees and does what on the page of a shop; never a rater, never a telephone, few queries."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import select

from pledges.models import OwnerReply, Standing, Tap
from pledges.service.photos import check_photo
from pledges.service.standing import compute_standings
from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import Level
from tests.make.accounts import actor, person, sign_in_as
from tests.make.frontages import AUGUST, CLOSED, Rated, rated_shop
from tests.make.pledges import PHONE
from tests.pages import Browser, Page
from tests.pledges.test_photos import codes, put_right

ROLES = ("nobody", "resident", "owner", "inspector", "desk", "elsewhere")
RATE, REPORT = "Rate this frontage", "Report a problem here"
SAY, KEEP = "Say something for my shop", "This plaque at the desk"


@pytest.fixture
def shop(app: Flask, database: Database) -> Rated:
    return rated_shop(database)


def browser_of(app: Flask, shop: Rated, role: str) -> Browser:
    browser = Browser(app)
    if role == "nobody":
        return browser.in_language("en")
    with shop.made.database.write() as session:
        if role == "resident":
            who = person(session)
        else:
            who = session.get_one(Person, getattr(shop.made, role).person_id)
    sign_in_as(browser, who)
    return browser.in_language("en")


@pytest.mark.parametrize("role", ROLES)
def test_matrix_of_who_sees_and_does_what_on_the_page_of_a_shop(
    app: Flask, shop: Rated, role: str
) -> None:
    """Everybody reads and reports; who may rate, speak, or keep the plaque is another matter."""
    browser = browser_of(app, shop, role)
    page = browser.get(f"/p/{shop.code}", status=200)
    for words in ("东阁早点铺", "Too little is known here yet", RATE, REPORT):
        assert words in page.text
    assert (SAY in page.text) == (role == "owner")
    assert (KEEP in page.text) == (role == "desk")
    form = page.click(RATE, status=200)
    refused = {"owner": "You speak for this place", "inspector": "You inspect frontages here",
               "desk": "You inspect frontages here"}.get(role)  # fmt: skip
    if refused:
        assert refused in form.text
        return
    thanks = form.form().fill(level="2").send(status=200)
    counts = role != "nobody"
    assert ("Your answer is kept" in thanks.text) == counts
    with shop.made.database.read() as session:
        ratings = session.scalars(select(Rating)).all()
        assert (len(ratings), len(session.scalars(select(Tap)).all())) == (
            (1, 0) if counts else (0, 1)
        )


def test_looking_at_the_form_records_nothing_and_no_answer_is_told(app: Flask, shop: Rated) -> None:
    browser = browser_of(app, shop, "resident")
    form = browser.get(f"/p/{shop.code}/rate?level=5", status=200)
    with shop.made.database.read() as session:
        assert not session.scalars(select(Rating)).all()
    told = form.form().send(status=422)
    assert "Please say how satisfied you are" in told.text
    assert "target=" not in form.html
    assert "Once a month" in form.text


@pytest.mark.parametrize("role", ["nobody", "owner", "inspector", "desk"])
def test_no_rater_no_reporter_and_no_telephone_on_any_page_of_the_shop(
    app: Flask, shop: Rated, role: str
) -> None:
    for at in range(3):
        shop.made.inspected("", now=AUGUST + timedelta(days=at))
    shop.rated_by(10, Level.VERY_DISSATISFIED, AUGUST)
    compute_standings(shop.made.database, CLOSED)
    # one that is alone in its month, and whose time is told nowhere
    with shop.made.database.write() as session:
        her = person(session, "张丽华")
    shop.rate(Level.DISSATISFIED, _actor(shop, her), now=CLOSED)
    browser = browser_of(app, shop, role)
    with shop.made.database.read() as session:
        keys = {str(one.rater_key) for one in session.scalars(select(Rating))}
        name = session.scalars(select(Standing)).one()
    assert name.ratings == 10
    for path in (f"/p/{shop.code}", f"/p/{shop.code}/rate", f"/p/{shop.code}/rated",
                 "/pledges/standing"):  # fmt: skip
        html = browser.get(path, status=200).html
        for secret in ("张丽华", "王秀英", PHONE, PHONE[3:], *keys, "25 Oct", "10月25日"):
            assert secret not in html
    assert "at least 10 passers-by" in browser.get(f"/p/{shop.code}", status=200).text


def _actor(shop: Rated, who: Person) -> Any:
    with shop.made.database.read() as session:
        return actor(session, session.get_one(Person, who.id))


def photographed(shop: Rated) -> tuple[str, list[str]]:
    """Photos of what was put right: one at which nobody has looked, and those for everybody."""
    put_right(shop.made)
    hidden, *seen = codes(shop.made)
    for code in seen:
        shop.made.do(check_photo, shop.made.desk, code, show=True, now=CLOSED)
    return hidden, seen


def only_the_checked_are_shown(page: Page, hidden: str, seen: list[str]) -> None:
    photos = page.soup.select("figure img")
    assert [str(one["src"]).split("?")[0].rsplit("/", 1)[1] for one in photos] == seen
    assert [one["alt"] for one in photos] == ["The frontage after"] * len(seen)
    assert hidden not in page.html
    assert page.browser.client.get(f"/pledges/photos/{hidden}").status_code == 404


def test_the_page_with_everything_on_it_asks_four_times_and_is_small(
    app: Flask, database: Database, shop: Rated
) -> None:
    for at in range(2):
        shop.made.inspected("", now=AUGUST + timedelta(days=at))
    compute_standings(database, CLOSED)
    hidden, seen = photographed(shop)
    owner, desk = browser_of(app, shop, "owner"), browser_of(app, shop, "desk")
    page = owner.get(f"/p/{shop.code}", status=200).click(SAY, status=200)
    page.form().fill(words="每天早上六点打扫门前").send(status=200)
    assert "每天早上六点" not in owner.get(f"/p/{shop.code}", status=200).text
    waiting = desk.get("/desk/pledges/replies/", status=200).click("东阁早点铺", status=200)
    assert "Please give a reason" in waiting.form().fill(outcome="refuse").send(status=422).text
    waiting.form().fill(outcome="show").send(status=200)
    browser = browser_of(app, shop, "nobody")
    browser.get(f"/p/{shop.code}", status=200)
    found: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    sql_event.listen(database.reader, "before_cursor_execute", note)
    try:
        page = browser.get(f"/p/{shop.code}", status=200)
    finally:
        sql_event.remove(database.reader, "before_cursor_execute", note)
    assert len([one for one in found if one.startswith("SELECT")]) <= 3, found
    assert "每天早上六点打扫门前" in page.text
    assert "★★★★★" in page.text
    only_the_checked_are_shown(page, hidden, seen)
    assert len(gzip.compress(page.html.encode())) <= 40_000
    assert "target=" not in page.html
    assert " download" not in page.html
    # taken back, and gone
    mine = owner.get("/me/replies", status=200).click("Take it back", status=200)
    mine.form().send(status=200)
    assert "每天早上六点" not in browser.get(f"/p/{shop.code}", status=200).text
    with database.read() as session:
        assert session.scalars(select(OwnerReply)).one().sealed_words is None


def test_the_formula_is_public_and_the_lists_say_where_they_are_kept(
    app: Flask, shop: Rated
) -> None:
    browser = browser_of(app, shop, "nobody")
    page = browser.get("/pledges/standing", status=200)
    for words in ("8 : 4 : 2 : 1", "liaison officer", "The first one costs nothing"):
        assert words in page.text
    assert "an alliance of shops" not in page.text
    assert "No place keeps this list now" in browser.get("/pledges/lists/", status=200).text
    for slug in ("exemplary", "to-rectify"):
        assert "No shop stands here" in browser.get(f"/pledges/lists/{slug}", status=200).text
    browser.get("/pledges/lists/black", status=404)
    browser.get("/pledges/lists/exemplary?place=nowhere", status=404)
