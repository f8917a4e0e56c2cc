"""The pages of articles: written, approved, read, told to the media, taken back."""

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel.clock import city_day, now
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.publicity.models import ArticlePhoto
from portal.publicity.rules.articles import ArticleKind, ArticleState, ArticleStep
from portal.publicity.rules.exposure import CASE_DAYS
from portal.publicity.rules.personal import KEEP_WITHDRAWN_DAYS
from tests.make import reports
from tests.make.accounts import sign_in_as, staff
from tests.make.articles import WHY, Newsroom, article, newsroom
from tests.make.exposures import STREET
from tests.make.organisations import unit
from tests.make.photos import jpeg
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

# nothing here differs between the engines
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ATOM = "{http://www.w3.org/2005/Atom}"
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/128.0"}


@pytest.fixture
def there(app: Flask, database: Database) -> Newsroom:
    return newsroom(database)


@pytest.fixture
def desk(app: Flask, there: Newsroom) -> Browser:
    with there.database.write() as session:
        somebody = staff(session, "street_desk", area=there.area)
    browser = Browser(app).in_language("en")
    sign_in_as(browser, somebody)
    return browser


def test_r105_an_article_is_written_with_a_photo_approved_and_withdrawn(
    desk: Browser, there: Newsroom, browser: Browser
) -> None:
    public = browser.in_language("en")
    form = desk.get("/desk/articles/new", status=200).form(button="Save")
    page = form.fill(
        kind="news", place=STREET, title="新设投放点", short="今起启用。", source="城管局",
        author="小李", body="今起启用。\n\n- 早六点\n- **请勿**混投 <script>",
    ).send()  # fmt: skip
    assert page.h1 == "新设投放点"
    number = page.path.rpartition("/")[2]
    assert public.get(f"/articles/{number}").status == 404
    add = desk.get(f"{page.path}/photos", status=200).form(button="Save")
    assert "Please say what can be seen" in add.attach("photo", jpeg()).send().text
    desk.get(f"{page.path}/photos").form(button="Save").attach("photo", jpeg()).fill(
        alt="投放点门口"
    ).send()
    desk.get(f"{page.path}/step/send").form(button="Send it for approval").send()
    own = desk.get(f"{page.path}/step/approve").form(button="Approve and publish it").send()
    assert "You wrote of this yourself" in own.text
    code = _code(there)
    assert public.get(f"/articles/photos/{code}").status == 404
    there.step(there.second, number, ArticleStep.APPROVE)
    shown = public.get(f"/articles/{number}", status=200)
    assert [one.text for one in shown.soup.select("main li strong")] == ["请勿"]
    assert "<script>" in shown.text
    for words in ("Source of the text: 城管局", "Author: 小李", "Our own text", "Opened"):
        assert words in shown.text
    assert shown.soup.select_one("main figure img")["alt"] == "投放点门口"
    public.get(f"/articles/photos/{code}", status=200).response.close()
    down = desk.get(f"{page.path}/step/withdraw").form(button="Withdraw this article")
    down.fill(reason="内容重复").send()
    gone = public.get(f"/articles/{number}", status=410)
    assert "内容重复" in gone.text
    assert "早六点" not in gone.text
    assert public.get("/articles/").soup.select("main .card") == []


def test_r105_a_correction_is_shown_and_its_older_version_stays_at_the_desk(
    desk: Browser, there: Newsroom, browser: Browser
) -> None:
    number = there.published()
    there.step(there.second, number, ArticleStep.CORRECT, WHY)
    there.step(there.second, number, ArticleStep.SEND)
    there.step(there.third, number, ArticleStep.APPROVE)
    assert WHY in browser.in_language("en").get(f"/articles/{number}").text
    assert "Version 1" in desk.get(f"/desk/articles/{number}").text
    desk.get(f"/desk/articles/{number}?version=1", status=200)


def test_of_two_who_change_an_article_the_second_sees_both_texts(
    desk: Browser, there: Newsroom
) -> None:
    number = there.write()
    address = f"/desk/articles/{number}"
    form = desk.get(f"{address}/edit", status=200).form(button="Save").fill(body="乙写的正文")
    desk.get(f"{address}/edit").form(button="Save").fill(body="甲写的正文").send()
    told = form.send()
    assert told.status == 409
    assert "Meanwhile this was changed" in told.text
    beside = told.soup.select_one("main section.card")
    assert beside is not None
    assert "甲写的正文" in beside.text
    # once she has seen it, her next press takes its place
    assert "乙写的正文" in told.form(button="Save").send().text
    assert there.version(number).body == "乙写的正文"
    # what is no draft any more is no other text
    form = desk.get(f"{address}/edit").form(button="Save").fill(body="丙写的正文")
    there.step(there.writer, number, ArticleStep.SEND)
    late = form.send()
    assert (late.status, "What stands there now" in late.text) == (409, False)
    assert "丙写的正文" in late.text


def test_whoever_is_told_that_an_article_changed_reads_what_stands_now_and_goes_on(
    desk: Browser, there: Newsroom
) -> None:
    number = there.about_her()
    there.agrees(number, "老街坊")
    page = desk.get(f"/desk/articles/{number}/step/approve", status=200)
    assert "老街坊" in page.text
    there.agrees(number, "别的名字")
    told = page.form(button="Approve and publish it").send()
    assert (told.status, "别的名字" in told.text) == (409, True)
    assert there.seen() == []
    told.form(button="Approve and publish it").send()
    assert there.seen() == [number]


def test_the_form_of_a_reading_keeps_a_policy_that_was_withdrawn_since(
    desk: Browser, there: Newsroom
) -> None:
    policy = there.published(ArticleKind.POLICY)
    number = there.published(ArticleKind.READING, policy_number=policy)
    there.step(there.writer, policy, ArticleStep.WITHDRAW, WHY)
    there.step(there.writer, number, ArticleStep.CORRECT, WHY)
    form = desk.get(f"/desk/articles/{number}/edit", status=200).form(button="Save")
    form.fill(title="更正").send()
    last = there.version(number)
    assert (last.title, last.policy_id) == ("更正", there.row(policy).id)


def _code(there: Newsroom) -> str:
    with there.database.read() as session:
        return session.scalars(select(ArticlePhoto.code)).one()


def test_r107_an_opening_counts_without_a_cookie_a_robot_and_a_preview_do_not(
    app: Flask, there: Newsroom
) -> None:
    number = there.published()
    client = app.test_client()
    for headers in ({"User-Agent": "Baiduspider"}, {**AGENT, "Sec-Purpose": "prefetch"}):
        client.get(f"/articles/{number}", headers=headers).close()
    client.head(f"/articles/{number}", headers=AGENT).close()
    assert there.row(number).views == 0
    with client.get(f"/articles/{number}", headers=AGENT) as answer:
        # the reader has her page before anything is written
        assert there.row(number).views == 0
    assert there.row(number).views == 1
    client.get(f"/articles/{number}", headers=AGENT).close()
    # the second waits in memory until a minute has passed
    assert there.row(number).views == 1
    cookies = {line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie")}
    assert not any("view" in name or "article" in name for name in cookies)


def test_r158_r283_the_media_get_the_news_of_a_day_as_page_json_and_atom(
    app: Flask, there: Newsroom, browser: Browser
) -> None:
    at = now()
    with there.database.write() as session:
        today = article(session, there.area, at).number
        article(session, there.area, at - timedelta(days=3))
        article(session, there.area, at, state=ArticleState.DRAFT, shown_version=None)
        day = city_day(at, instance_of(session).city.zone)
    client = app.test_client()
    found = json.loads(client.get(f"/media.json?day={day}").data)
    assert [row["url"].rpartition("/")[2] for row in found["items"]] == [today]
    assert found["items"][0]["source"] == "城市管理局"
    entries = ET.fromstring(client.get("/media.atom").data).findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id", "").rpartition("/")[2] for one in entries] == [today]
    for address in ("/media", "/media.json", "/media.atom"):
        # the first day of all has none before it
        with client.get(f"{address}?day=0001-01-01") as answer:
            assert answer.status_code == 200
            assert "max-age" not in answer.headers.get("Cache-Control", ""), "gone at once"
    page = browser.in_language("en").get("/media?day=nonsense", status=200)
    assert len(page.soup.select("main .card")) == 1
    for address in (f"/articles/feed.atom?place={STREET}", f"/media.json?day={day}", "/media.atom"):
        told = client.get(address)
        again = client.get(address, headers={"If-None-Match": told.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    feed = client.get(f"/articles/feed.atom?place={STREET}")
    assert len(ET.fromstring(feed.data).findall(f"{ATOM}entry")) == 2
    with there.database.write() as session:
        article(session, there.area, at)
    assert client.get(address, headers={"If-None-Match": told.headers["ETag"]}).status_code == 200


def test_r192_a_typical_case_leads_to_the_matter_behind_it(
    there: Newsroom, browser: Browser
) -> None:
    with there.database.write() as session:
        reports.category(session)
        case = reports.case(session, there.area, state=reports.State.CLOSED).number
        made = article(
            session, there.area, now(), kind=ArticleKind.CASE, version={"case_number": case}
        ).number
    page = browser.get(f"/articles/{made}", status=200)
    assert page.soup.select_one(f"main a[href='/reports/{case}']") is not None


def test_r193_a_unit_prints_a_poster_with_its_name_and_a_code(
    there: Newsroom, browser: Browser
) -> None:
    with there.database.write() as session:
        school = unit(session, "SCHOOL-1", "东阁小学")
        number = article(session, there.area, now()).number
        code = school.code
    for url in (f"/articles/{number}/poster", "/articles/poster?kind=policy"):
        joined = "&" if "?" in url else "?"
        page = browser.in_language("en").get(f"{url}{joined}unit={code}", status=200)
        assert page.soup.select_one(".poster .code svg") is not None
        assert "Put up by 东阁小学" in page.text
    assert "No unit has this code." in browser.get("/articles/poster?unit=NOBODY").text


def test_r154_the_rules_say_what_the_code_does(there: Newsroom, browser: Browser) -> None:
    page = browser.in_language("en").get("/articles/rules", status=200)
    assert f"{CASE_DAYS} days for objections" in page.text
    assert f"nothing is kept after {KEEP_WITHDRAWN_DAYS} days" in page.text


def test_r236_somebody_agrees_on_her_own_page_and_takes_it_back(
    app: Flask, there: Newsroom, browser: Browser
) -> None:
    number = there.about_her()
    her = Browser(app).in_language("en")
    sign_in_as(her, there.model)
    assert "热心邻里的人" in her.get("/me/articles", status=200).text
    page = her.get(f"/me/articles/{number}", status=200)
    assert "Role model near you · 东阁街道" in " ".join(page.text.split())
    form = page.form(button="Do as I wish")
    assert "Under which name" in form.fill(wish="yes", name="").send().text
    her.get(f"/me/articles/{number}").form(button="Do as I wish").fill(
        wish="yes", name="老街坊"
    ).send()  # fmt: skip
    there.step(there.second, number, ArticleStep.APPROVE)
    assert "老街坊" in browser.in_language("en").get(f"/articles/{number}", status=200).text
    her.get(f"/me/articles/{number}").form(button="Do as I wish").fill(wish="no").send()
    gone = browser.get(f"/articles/{number}", status=410)
    assert "热心邻里的人" not in gone.text
    assert her.get(f"/me/articles/{number}").status == 404


def test_lists_send_as_many_queries_for_many_articles_as_for_one(
    desk: Browser, there: Newsroom, browser: Browser
) -> None:
    def few(who: Browser, url: str) -> int:
        with counted(there.database) as sent:
            who.get(url, status=200)
        return len(sent)

    addresses = {"/articles/": browser, "/media": browser, "/desk/articles/": desk}
    for count in (1, 3):
        with there.database.write() as session:
            for _ in range(count):
                article(session, there.area, now())
        for url, who in addresses.items():
            few(who, url)
        if count == 1:
            before = [few(who, url) for url, who in addresses.items()]
    assert [few(who, url) for url, who in addresses.items()] == before
