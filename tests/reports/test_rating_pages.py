"""The pages of rating: by a link and without JavaScript, told before sent, seen by nobody else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from portal.areas.models import Area
from portal.kernel.clock import now as present
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.models import Case, CaseText
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import LinkPurpose, State
from portal.reports.service.links import mint_link, revoke_links
from portal.satisfaction.labels import LEVELS, REASONS
from portal.satisfaction.models import Rating
from portal.satisfaction.rules import Level
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import area
from tests.make.organisations import unit
from tests.make.ratings import ratings_on
from tests.make.rows import case_row
from tests.pages import Browser, Page

HAPPY = {"solved": "yes", "result": "2", "service": "1"}
UNHAPPY = {"solved": "no", "result": "5", "service": "4", "reasons": ["slow", "other"]}
PHONE = "+8613800001293"
CLOSED_AT = make.NOW + timedelta(hours=5)


@dataclass
class Scene:
    """A closed case, its reporter's browser, and a link that she was sent."""

    app: Flask
    database: Database
    number: str
    link: str

    @property
    def url(self) -> str:
        return f"/reports/{self.number}/rate"

    @property
    def state(self) -> State:
        with self.database.read() as session:
            return session.scalars(select(Case.state).where(Case.number == self.number)).one()

    def new_link(self, number: str) -> str:
        """The path of a new link to the first reporter of a case."""
        with self.database.write() as session:
            row = case_row(session, number)
            reporter = reporters_of(session, row)[0]
            link = mint_link(session, reporter, LinkPurpose.RATE, now=CLOSED_AT)
        return link.removeprefix(self.app.extensions["gongzhi_instance"].config.origin)

    def ratings(self) -> list[tuple[bool, int, int]]:
        with self.database.read() as session:
            columns = (Rating.solved, Rating.result_level, Rating.version)
            return [tuple(row) for row in session.execute(select(*columns))]

    def browser(self) -> Browser:
        """The reporter's browser, in English, after she opened the link."""
        browser = Browser(self.app).in_language("en")
        browser.get(self.link)
        return browser


def scene_at(app: Flask, database: Database, **options: object) -> Scene:
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        street = area(session, "370283001", "street", "东阁街道", city)
        ratings_on(session, city)
        owner = unit(session)
        made = make.case(session, street, state=State.CLOSED, unit=owner, phone=PHONE, **options)
        number = made.number
    scene = Scene(app, database, number, "")
    return replace(scene, link=scene.new_link(number))


@pytest.fixture
def scene(app: Flask, database: Database) -> Scene:
    return scene_at(app, database)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    # it goes on: rows sort by the time of their keys
    with travel(CLOSED_AT + timedelta(hours=1)):
        yield


def test_the_link_of_a_message_opens_the_form_without_an_account(scene: Scene) -> None:
    page = Browser(scene.app).in_language("en").get(scene.link, status=200)
    assert page.path == scene.url
    radios = [str(r["value"]) for r in page.soup.select("input[name=result]")]
    assert radios == ["1", "2", "3", "4", "5"]
    assert [str(LEVELS[level]) in page.text for level in Level] == [True] * 5
    assert "goes back to the unit" in page.text
    assert "The first 3 answers count as satisfied." in page.text


def test_a_happy_answer_is_kept_and_shown_to_its_reporter(scene: Scene) -> None:
    page = (
        scene.browser().get(scene.url).form().fill(**HAPPY, words="很快").send("Go on", status=200)
    )
    assert page.path == f"/reports/{scene.number}/rated"
    assert "Very satisfied" in page.text
    assert "很快" in page.text
    assert scene.ratings() == [(True, 2, 1)]
    assert scene.state is State.CLOSED


def test_an_unhappy_answer_is_told_what_it_does_before_anything_is_sent(scene: Scene) -> None:
    page = (
        scene.browser()
        .get(scene.url)
        .form()
        .fill(**UNHAPPY, words="还在")
        .send("Go on", status=200)
    )
    assert page.h1 == "Before you send this"
    assert "goes back to the unit" in page.text
    assert "does not see your answers" in page.text
    assert scene.ratings() == []
    assert scene.state is State.CLOSED
    page = page.form().send("Send it back", status=200)
    assert page.h1 == "Thank you"
    assert scene.ratings() == [(False, 5, 1)]
    assert scene.state is State.REOPENED


def test_the_way_back_from_the_check_page_keeps_every_answer(scene: Scene) -> None:
    words = "两行\n“引号” & <b>"
    page = scene.browser().get(scene.url).form().fill(**UNHAPPY, words=words).send("Go on")
    form = page.form().send("Change my answers", status=200).form()
    kept = form.values
    assert (kept["solved"], kept["result"], kept["service"]) == ("no", "5", "4")
    assert kept.getlist("reasons") == ["slow", "other"]
    assert kept["words"].strip().replace("\r\n", "\n") == words
    assert scene.ratings() == []
    page = form.fill(**HAPPY, reasons=[]).send("Go on")
    assert page.h1 == "Thank you"
    assert scene.ratings() == [(True, 2, 1)]


@pytest.mark.parametrize("agreed", [True, False])
def test_words_reach_the_unit_only_with_a_tick(scene: Scene, agreed: bool) -> None:
    page = scene.browser().get(scene.url).form().fill(**UNHAPPY, words="还有一堆").send("Go on")
    assert page.form().values["passed_on"].strip() == "还有一堆"
    page.form().fill(pass_on=agreed, passed_on="墙角没扫").send("Send it back", status=200)
    with scene.database.read() as session:
        texts = list(session.scalars(select(CaseText.text)))
    assert ("墙角没扫" in texts) is agreed
    assert "还有一堆" not in texts


def test_nothing_typed_is_lost_when_an_answer_is_missing(scene: Scene) -> None:
    page = scene.browser().get(scene.url).form().fill(solved="yes", words="很好").send(status=422)
    assert page.errors == [
        "Please say how satisfied you are with the result.",
        "Please say how satisfied you are with how you were treated.",
    ]
    assert page.form().values["words"].strip() == "很好"
    assert page.form().values["solved"] == "yes"


def test_words_that_are_too_long_are_given_back(scene: Scene) -> None:
    form = scene.browser().get(scene.url).form()
    page = form.fill(**HAPPY, words="好" * 1001).send(status=422)
    assert page.errors == ["Please write at most 1000 characters."]
    assert "好" * 1001 in page.form().values["words"]
    page = page.form().fill(**UNHAPPY, words="好" * 1000).send(status=200)
    page = page.form().fill(pass_on=True, passed_on="好" * 100_000).send("Send it back", status=422)
    assert page.h1 == "Before you send this"
    assert scene.ratings() == []


def test_values_no_browser_sends_are_answered_in_words(scene: Scene) -> None:
    browser = scene.browser()
    for name, value in (
        ("solved", "perhaps"),
        ("result", "6"),
        ("result", "0"),
        ("reasons", "bribe"),
        ("checked", "oh"),
        ("seen", "9" * 9),
    ):
        form = browser.get(scene.url).form().fill(**HAPPY)
        form.values.setlist(name, [value])
        page = form.send()
        assert page.status == (409 if name == "seen" else 422)
        assert page.errors
        assert scene.ratings() == []
    for seen in ("９", "-1", "9" * 40, ""):
        form = browser.get(scene.url).form().fill(**HAPPY)
        form.values.setlist("seen", [seen])
        assert form.send().status in {200, 409}
        assert scene.ratings() == [(True, 2, 1)]


def test_a_rating_can_be_changed_from_its_own_page(scene: Scene) -> None:
    browser = scene.browser()
    page = browser.get(scene.url).form().fill(**HAPPY, words="好").send("Go on")
    form = page.click("Change my answers").form()
    assert (form.values["result"], form.values["words"].strip()) == ("2", "好")
    form.fill(result="1").send("Go on", status=200)
    assert scene.ratings() == [(True, 1, 2)]


def test_a_form_from_another_device_loses_and_keeps_what_was_typed(scene: Scene) -> None:
    first, second = scene.browser().get(scene.url), scene.browser().get(scene.url)
    first.form().fill(**HAPPY).send("Go on", status=200)
    page = (
        second.form()
        .fill(solved="yes", result="3", service="1", words="另一台")
        .send("Go on", status=409)
    )
    assert "meanwhile" in page.errors[0]
    assert page.form().values["words"].strip() == "另一台"
    assert scene.ratings() == [(True, 2, 1)]


def test_a_double_click_makes_one_rating_and_shows_it_twice(scene: Scene) -> None:
    page = scene.browser().get(scene.url).form().fill(**UNHAPPY).send("Go on")
    first, second = page.form().send_twice("Send it back")
    assert (first.h1, second.h1) == ("Thank you", "Thank you")
    assert scene.ratings() == [(False, 5, 1)]


def test_after_an_unhappy_answer_the_form_explains_that_the_matter_went_back(scene: Scene) -> None:
    browser = scene.browser()
    late_form = browser.get(scene.url).form().fill(**HAPPY)
    browser.get(scene.url).form().fill(**UNHAPPY).send("Go on").form().send("Send it back")
    page = browser.get(scene.url, status=200)
    assert page.h1 == "Rating is not possible now"
    assert "has gone back to the unit" in page.text
    assert "It took too long" in page.text
    page = late_form.send("Go on", status=409)
    assert "has gone back to the unit" in page.errors[0]


def test_a_late_rating_is_explained_with_the_day_and_the_way_on(scene: Scene) -> None:
    with travel(CLOSED_AT + timedelta(days=14) - timedelta(seconds=1), tick=False):
        browser = scene.browser()
        open_form = browser.get(scene.url).form().fill(**UNHAPPY)
    with travel(CLOSED_AT + timedelta(days=14), tick=False):
        page = browser.get(scene.url, status=200)
        assert page.h1 == "Rating is not possible now"
        assert "for 14 days" in page.text
        assert "Mon 7 Dec" in page.text
        assert "/reports/new" in page.links()
        page = open_form.send("Go on").form().send("Send it back", status=422)
        assert "The time for rating this matter is over." in page.errors[0]
    assert scene.state is State.CLOSED
    assert scene.ratings() == []


def test_not_solved_after_all_leads_to_the_form_with_that_answered(scene: Scene) -> None:
    page = scene.browser().get(f"/reports/{scene.number}/reopen", status=200)
    assert page.path == scene.url
    assert page.form().values["solved"] == "no"


def test_a_revoked_link_opens_nothing(scene: Scene) -> None:
    with scene.database.write() as session:
        row = case_row(session, scene.number)
        revoke_links(session, reporters_of(session, row)[0], now=present())
    browser = Browser(scene.app).in_language("en")
    browser.get(scene.link, status=404)
    browser.get(scene.url, status=404)


@pytest.mark.parametrize("page", ["rate", "rated", "reopen"])
def test_a_stranger_finds_nothing(scene: Scene, page: str) -> None:
    Browser(scene.app).get(f"/reports/{scene.number}/{page}", status=404)
    stranger = Browser(scene.app)
    with scene.database.write() as session:
        person = accounts.person(session)
    accounts.sign_in_as(stranger, person)
    stranger.get(f"/reports/{scene.number}/{page}", status=404)


def test_a_reporter_with_an_account_rates_after_signing_in(app: Flask, database: Database) -> None:
    with database.write() as session:
        person = accounts.person(session)
    scene = scene_at(app, database, reporter=person)
    browser = Browser(app)
    accounts.sign_in_as(browser, person)
    browser.in_language("en").get(scene.url).form().fill(**HAPPY).send("Go on", status=200)
    assert scene.ratings() == [(True, 2, 1)]


def test_looking_at_the_pages_changes_nothing(scene: Scene) -> None:
    browser = scene.browser()
    for page in ("rate", "reopen", "rated", "rate?solved=no"):
        browser.get(f"/reports/{scene.number}/{page}")
    assert scene.ratings() == []
    assert scene.state is State.CLOSED


# --- what the unit sees ---------------------------------------------------------------------------

CAUSES = (
    {"solved": "no", "result": "1", "service": "1"},
    {"solved": "yes", "result": "5", "service": "1", "reasons": ["attitude"]},
    {"solved": "no", "result": "4", "service": "5", "reasons": ["slow", "other"]},
)


@dataclass
class Desk:
    """What the unit's people see of three matters that came back for different causes."""

    queue: list[str]
    pages: list[str]


@pytest.fixture
def desk(scene: Scene) -> Desk:
    numbers = [scene.number]
    with scene.database.write() as session:
        first = session.scalars(select(Case)).one()
        street = session.get_one(Area, first.area_id)
        owner = session.get_one(Organisation, first.unit_id)
        for _ in CAUSES[1:]:
            made = make.case(session, street, state=State.CLOSED, unit=owner, phone=PHONE)
            numbers.append(made.number)
        worker = accounts.staff(session, "handling_unit", organisation=owner)
    for number, cause in zip(numbers, CAUSES, strict=True):
        hers = replace(scene, number=number, link=scene.new_link(number))
        # all at one moment, so that only the cause differs
        with travel(CLOSED_AT + timedelta(hours=2), tick=False):
            form = hers.browser().get(hers.url).form().fill(**cause, words="只有我知道")
            check = form.send("Go on").form()
            check.fill(passed_on="请再看看", pass_on=True).send("Send it back", status=200)
    browser = Browser(scene.app).in_language("en")
    accounts.sign_in_as(browser, worker)
    queue = browser.get("/desk/", status=200)
    pages = [browser.get(f"/desk/cases/{number}", status=200) for number in numbers]
    return Desk(
        [plain(str(entry_of(queue, number)), number) for number in numbers],
        [plain(page.html, number) for page, number in zip(pages, numbers, strict=True)],
    )


def entry_of(queue: Page, number: str) -> Tag:
    """The list entry or row of a matter."""
    link = queue.soup.select_one(f'main a[href*="{number}"]')
    assert link is not None
    entry = link.find_parent(["li", "tr", "article"])
    assert isinstance(entry, Tag)
    return entry


def plain(html: str, number: str) -> str:
    """Without what differs on every page: numbers, tokens, keys of rows and photos."""
    html = html.replace(number, "NUMBER")
    html = re.sub(r'(name="(?:csrf_token|idempotency_key)" value=")[^"]*', r"\1", html)
    html = re.sub(r'nonce="[^"]*"', "", html)
    html = re.sub(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", "ID", html)
    return re.sub(r"[A-Za-z0-9_-]{32,}", "CODE", html)


def test_the_unit_sees_that_it_came_back_with_the_words_and_no_answer(desk: Desk) -> None:
    for page in desk.pages:
        assert "请再看看" in page
        text = BeautifulSoup(page, "html.parser").get_text(" ")
        for words in ("只有我知道", "atisfied", *map(str, REASONS.values())):
            if words != "Something else":  # also a reason for giving a case back
                assert words not in text


def test_N1_the_unit_reads_the_same_whatever_made_a_reporter_unhappy(desk: Desk) -> None:
    assert desk.pages[0] == desk.pages[1] == desk.pages[2]
    assert desk.queue[0] == desk.queue[1] == desk.queue[2]
