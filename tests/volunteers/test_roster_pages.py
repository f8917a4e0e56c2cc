"""The pages of rosters, as organisers and volunteers use them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from tests.make import rosters
from tests.make import volunteers as make
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.pages import Browser, Page
from volunteers.models import Activity, SignUp
from volunteers.queries.rosters import wish_of
from volunteers.rules.roster import Window
from volunteers.rules.signing_up import SignUpState
from volunteers.service.rosters import do_not_ask

SHOW = "Show what would be proposed"


class Scene:
    """An activity with three shifts next week, its organiser, and one who wants to be asked."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        today = clock.city_day(clock.now(), app.extensions["gongzhi_instance"].city.zone)
        self.monday = today + timedelta(days=7 - today.weekday())
        noon = datetime.combine(self.monday, datetime.min.time(), clock.now().tzinfo)
        with database.write() as session:
            self.tree: dict[str, Area] = small_tree(session)
            self.city = self.tree["370283"]
            self.activity: Activity = make.activity(session, self.city)
            for day in range(3):
                starts = noon + timedelta(days=day, hours=4)
                make.shift(session, self.activity, starts_at=starts)
            self.organiser = staff(session, "volunteer_organiser", area=self.city)
            self.who = rosters.asked(session, self.city, name="金丝雀", now=clock.now())
        self.page = f"/desk/volunteers/{self.activity.number}/roster"

    def shown(self, desk: Browser) -> Page:
        form = desk.get(self.page).form(button=SHOW)
        page = form.fill(week=self.monday.isoformat()).send(status=200)
        assert "3 free seats" in page.text
        return page

    def proposed(self, desk: Browser) -> Page:
        return self.shown(desk).form(button=SHOW).send("Propose these seats", status=200)

    def browser(self, who: Person) -> Browser:
        browser = Browser(self.app).in_language("en")
        sign_in_as(browser, who)
        return browser


@pytest.fixture
def statements(database: Database, scene: Scene) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield found
    event.remove(database.reader, "before_cursor_execute", note)


@pytest.fixture
def scene(app: Flask, database: Database) -> Scene:
    return Scene(app, database)


def test_a_week_is_shown_proposed_answered_and_cannot_be_taken_back_then(scene: Scene) -> None:
    desk = scene.browser(scene.organiser)
    made = scene.proposed(desk)
    assert made.text.count("answer until") == 3
    assert "金丝雀" in made.text
    hers = scene.browser(scene.who)
    listed = hers.get("/volunteers/mine").click("Answer what is proposed to you")
    assert listed.text.count("Yes, I have read this and come") == 3
    assert "Risks" in listed.text
    numbers = [one for one in _actions(listed) if one.endswith("accept")]
    listed.form(numbers[0]).send(status=200)
    hers.get("/volunteers/mine/proposals").form(
        numbers[1].replace("accept", "decline")
    ).send(status=200)  # fmt: skip
    with scene.database.read() as session:
        states = set(session.scalars(select(SignUp.state)))
    assert states == {SignUpState.DECLINED, SignUpState.PROPOSED, SignUpState.TAKEN}
    again = desk.get(made.path)
    assert "Take the proposals back" not in again.text


def _actions(page: Page) -> list[str]:
    return [str(form["action"]) for form in page.soup.select("main form[action]")]


def test_proposals_are_taken_back_by_one_button(scene: Scene) -> None:
    desk = scene.browser(scene.organiser)
    back = scene.proposed(desk).form(button="Take the proposals back").send(status=200)
    assert "(taken back)" in back.text
    hers = scene.browser(scene.who)
    assert "Nothing waits for your answer" in hers.get("/volunteers/mine/proposals").text


def test_what_changed_since_it_was_shown_is_not_proposed(scene: Scene) -> None:
    shown = scene.shown(scene.browser(scene.organiser))
    with scene.database.write() as session:
        do_not_ask(session, scene.who.id)
        rosters.asked(session, scene.city, now=clock.now())
    late = shown.form(button=SHOW).send("Propose these seats", status=409)
    assert "nothing was proposed" in late.text
    with scene.database.read() as session:
        assert session.scalars(select(SignUp)).all() == []


def test_a_week_without_free_seats_is_said(scene: Scene) -> None:
    form = scene.browser(scene.organiser).get(scene.page).form()
    refused = form.fill(week=(scene.monday + timedelta(weeks=3)).isoformat()).send(status=422)
    assert "no free seat" in refused.text


def test_somebody_says_where_and_when_and_says_it_off_again(scene: Scene) -> None:
    with scene.database.write() as session:
        who = make.volunteer(session)
    hers = scene.browser(who)
    form = hers.get("/volunteers/mine").click("When you want to be asked").form()
    half = form.fill(ask=True, place="370283", from_2="08:00").send(status=422)
    assert "Fill in both times" in half.text
    half.form().fill(place="370283001", until_2="00:00").send(status=200)
    with scene.database.read() as session:
        wish = wish_of(session, who.id)
    assert wish is not None
    assert wish.windows == (Window(2, 480, 1440),)
    assert wish.place_path == scene.tree["370283001"].path
    kept = hers.get("/volunteers/mine/ask-me")
    assert kept.form().values["from_2"] == "08:00"
    kept.form().fill(ask=None).send(status=200)
    with scene.database.read() as session:
        assert wish_of(session, who.id) is None


def test_whoever_has_not_registered_is_led_there(scene: Scene) -> None:
    page = scene.browser(scene.organiser).get("/volunteers/mine/ask-me")
    assert "Please register as a volunteer first" in page.text


def test_the_preview_asks_the_same_questions_for_one_person_and_for_ten(
    scene: Scene, statements: list[str]
) -> None:
    desk = scene.browser(scene.organiser)

    def count() -> int:
        statements.clear()
        scene.shown(desk)
        return len(statements)

    count()
    one = count()
    with scene.database.write() as session:
        for _ in range(9):
            rosters.asked(session, scene.city, now=clock.now())
    assert count() == one
