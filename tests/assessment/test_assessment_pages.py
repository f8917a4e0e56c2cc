"""The pages of assessment: ranks for everybody, forms for those who check, object and decide."""

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.accounts.models import Person
from portal.accounts.rules import Permission
from portal.accounts.service import Place, grant_role
from portal.areas.models import Area
from portal.assessment.models import DailyCheck, FrozenRow, MutualScore, Objection, TalkRecord
from portal.assessment.rules import ObjectionState, TalkState
from portal.kernel.db import Database
from portal.organisations.rules import OrganisationKind
from tests.make.accounts import LONG_AGO, actor, sign_in_as, staff
from tests.make.assessment import DEPARTMENT, EAST, MONTH, WEST, a_frozen, rows_about, town
from tests.make.organisations import unit
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    with database.write() as session:
        people = town(session)
        a_frozen(session, EAST)
        rows_about(session, WEST, MONTH, position=1)
    return people


def at_desk(app: Flask, who: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


def test_r156_everybody_reads_points_intervals_the_gauge_and_the_method(
    browser: Browser, people: dict[str, Person]
) -> None:
    listed = browser.in_language("en").get("/assessment/", status=200)
    page = listed.click("October 2026")
    assert page.h1 == "Scores of the month: October 2026"
    for words in ("80.00 (75.00 to 85.00)", "70% (7 of 10), aim 70%", "not decided yet"):
        assert words in page.text
    assert "no person is ever scored" in page.click("Residents (totals only)").text
    method = page.click("How each figure is computed")
    assert "nothing at 20%, all at 0%" in method.text
    assert browser.get(f"/assessment/{MONTH}/inputs.json", status=200).response.is_json
    for lost in ("2026-01", f"{MONTH}?group=nobody", f"{MONTH}/other.json"):
        path, _, query = lost.partition("?")
        slash = "" if "." in path else "/"
        browser.get(f"/assessment/{path}{slash}?{query}", status=404)


def test_of_whom_too_little_is_known_the_page_names_what_is(
    browser: Browser, database: Database, people: dict[str, Person]
) -> None:
    unit = {"slug": MONTH, "group": "streets", "failed": False}
    with database.write() as session:
        for at, known in enumerate(("found media", ""), 2):
            session.add(
                FrozenRow(unit=f"{at:04d}", position=at, name_zh_hans="街道", known=known, **unit)
            )
    page = browser.in_language("en").get(f"/assessment/{MONTH}/", status=200)
    said = "Not ranked: too little is known."
    assert f"{said} Known: Found rate, Critical reports in the media" in page.text
    assert page.text.count(said) == 2
    assert page.text.count("Known:") == 1
    method = page.click("How each figure is computed")
    assert "figures that carry at least 50% of all weight" in method.text


def test_a_long_ranking_is_read_in_pages_and_with_as_few_queries(
    app: Flask, browser: Browser, database: Database, people: dict[str, Person]
) -> None:
    browser.get(f"/assessment/{MONTH}/")
    with counted(database) as few:
        browser.get(f"/assessment/{MONTH}/")
    rows = [
        {
            "slug": MONTH, "group": "streets", "unit": f"{at:04d}", "position": at,
            "name_zh_hans": f"街道{at}", "points": 100, "low": 100, "high": 100, "failed": True,
        }
        for at in range(2, 120)
    ]  # fmt: skip
    with database.write() as session:
        session.execute(insert(FrozenRow), rows)
    with counted(database) as many:
        page = browser.in_language("en").get(f"/assessment/{MONTH}/")
    assert len(few) == len(many)
    assert "街道99" in page.text
    assert "街道110" not in page.text
    assert "街道110" in page.click("Show more").text


def test_a_checker_puts_down_what_she_saw(
    app: Flask, database: Database, people: dict[str, Person]
) -> None:
    desk = at_desk(app, people["checker"])
    form = desk.get("/desk/assessment/").click("Daily check").form(button="Save")
    page = form.fill(unit=f"streets {EAST}", reason="路口有垃圾").send(status=422)
    assert "at least one score" in page.text
    assert "路口有垃圾" in page.text
    assert page.form(button="Save").fill(clean="70").send().notices == ["Saved."]
    with database.read() as session:
        made = session.scalars(select(DailyCheck).where(DailyCheck.reason == "路口有垃圾")).one()
        assert (made.clean, made.green, made.unit) == (70, None, EAST)


def test_a_street_objects_and_another_decides(
    app: Flask, database: Database, people: dict[str, Person]
) -> None:
    street = at_desk(app, people["west"])
    form = street.get("/desk/assessment/").click("October 2026").form(button="Save")
    page = form.fill(words="停电三天").send(status=422)
    page = page.form(button="Save").fill(indicator="in_time").send()
    assert page.path == f"/assessment/{MONTH}/"
    street.get(f"/desk/assessment/periods/{MONTH}/streets/{EAST}/object", status=404)
    with database.read() as session:
        mine = select(Objection).where(Objection.words == "停电三天")
        number = session.scalars(mine).one().number
    centre = at_desk(app, people["centre"])
    form = centre.get(f"/desk/assessment/objections/{number}").form(button="Save")
    page = form.fill(upheld="yes", why="属实").send(status=422)
    assert "a number from 0 to 100" in page.text
    page.form(button="Save").fill(becomes="92.5").send()
    with database.read() as session:
        decided = session.scalars(mine).one()
        assert (decided.state, decided.becomes) == (ObjectionState.UPHELD, 9250)
    assert "upheld: the figure was corrected" in centre.get("/desk/assessment/").text


def test_r262_a_talk_is_on_no_public_page(
    app: Flask, browser: Browser, database: Database, people: dict[str, Person]
) -> None:
    with database.read() as session:
        number = session.scalars(select(TalkRecord.number).filter_by(unit=EAST)).one()
    centre, address = at_desk(app, people["centre"]), f"/desk/assessment/talks/{number}"
    form = centre.get(address).form(button="Save")
    form.fill(office="东阁街道办事处", held_on="2026-11-02", promise="下月达标").send()
    centre.get(address).form(button="Save").fill(followed="已达标").send()
    assert "已达标" in centre.get(address).text
    at_desk(app, people["east"]).get(address, status=403)
    public = browser.in_language("en").get(f"/assessment/{MONTH}/")
    assert "下月达标" not in str(public.soup)
    with database.read() as session:
        assert session.scalars(select(TalkRecord.state).filter_by(unit=EAST)).one() is (
            TalkState.FOLLOWED
        )


def test_units_and_liaison_officers_score_at_the_desk(
    app: Flask, database: Database, people: dict[str, Person]
) -> None:
    for who, words in (("east", "Score another unit"), ("liaison", "Score a department")):
        desk = at_desk(app, people[who])
        form = desk.get("/desk/assessment/").click(words).form(button="Save")
        page = form.fill(unit=f"departments {DEPARTMENT}", score="85", reason="响应快").send()
        assert page.notices == ["Saved."]
        assert ("at least nine other liaison officers" in page.text) == (who == "liaison")
    with database.read() as session:
        found = session.execute(select(MutualScore.by_group, MutualScore.score))
        assert sorted(found.all()) == [("liaison", 85), ("streets", 85)]


def test_who_speaks_for_two_streets_says_for_which_she_scores(
    app: Flask, database: Database, people: dict[str, Person]
) -> None:
    with database.write() as session:
        west = session.scalars(select(Area.id).where(Area.code == WEST)).one()
        desk_of = Place(area_id=west)
        grant_role(session, None, people["east"].id, "street_desk", desk_of, now=LONG_AGO)
    desk = at_desk(app, people["east"])
    form = desk.get("/desk/assessment/").click("Score another unit").form(button="Save")
    page = form.fill(unit=f"departments {DEPARTMENT}", score="85", reason="响应快").send(status=422)
    assert "Please fill this in." in page.text
    page = page.form(button="Save").fill(rater=f"streets {WEST}").send()
    assert page.notices == ["Saved."]
    with database.read() as session:
        assert session.scalars(select(MutualScore.by_code)).all() == [WEST]


def test_who_is_both_scores_as_the_page_says(
    app: Flask, database: Database, people: dict[str, Person]
) -> None:
    with database.write() as session:
        first = session.scalars(select(Area.id).where(Area.code == f"{EAST}001")).one()
        officer_of = Place(area_id=first)
        grant_role(session, None, people["east"].id, "liaison_officer", officer_of, now=LONG_AGO)
    desk = at_desk(app, people["east"])
    for words, score in (("Score another unit", "85"), ("Score a department", "40")):
        form = desk.get("/desk/assessment/").click(words).form(button="Save")
        page = form.fill(unit=f"departments {DEPARTMENT}", score=score, reason="响应快").send()
        assert page.notices == ["Saved."]
    with database.read() as session:
        found = session.execute(select(MutualScore.by_group, MutualScore.score))
        assert sorted(found.all()) == [("liaison", 40), ("streets", 85)]


def test_who_scores_for_nobody_has_no_door(
    app: Flask, database: Database, people: dict[str, Person]
) -> None:
    with database.write() as session:
        company = unit(session, "DEMO-COMPANY", kind=OrganisationKind.COMPANY)
        who = staff(session, "handling_unit", organisation=company)
        assert actor(session, who).may(Permission.ASSESSMENT_RATE, organisation_id=company.id)
    desk = at_desk(app, who)
    assert "Score another unit" not in desk.get("/desk/assessment/", status=200).text
    desk.get("/desk/assessment/score", status=404)
    assert "Score another unit" in at_desk(app, people["east"]).get("/desk/assessment/").text


def test_the_centre_puts_down_how_many_lamps_a_street_has(
    app: Flask, people: dict[str, Person]
) -> None:
    desk = at_desk(app, people["centre"])
    page = desk.get("/desk/assessment/").click("Street lamps")
    wish = {"unit": f"streets {EAST}", "source": "路灯台账"}
    again = page.form(button="Save").fill(number="0", **wish).send(status=422)
    assert "from 1 to 1000000" in again.text
    assert "路灯台账" in str(again.soup)
    again = again.form(button="Save").fill(number="1200").send()
    assert again.notices == ["Saved."]
    (row,) = (row for row in again.soup.select("main tbody tr") if "路灯台账" in row.text)
    assert "1,200" in row.text
    assert "not counted yet" in again.text
    at_desk(app, people["east"]).get("/desk/assessment/lamps", status=403)


def test_the_centre_puts_down_a_report_of_the_media(app: Flask, people: dict[str, Person]) -> None:
    desk = at_desk(app, people["centre"])
    form = desk.get("/desk/assessment/").click("Report of the media").form(button="Save")
    page = form.fill(unit=f"streets {EAST}", medium="日报", headline="垃圾成堆").send()
    assert page.notices == ["Saved."]
