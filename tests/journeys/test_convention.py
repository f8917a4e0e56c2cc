"""A convention from its first wish to its revision: what issue 8 calls done, through the pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller, travel

from portal.accounts.models import Person
from portal.kernel.clock import city_day
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from tests.make.accounts import a_phone, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY
from tests.make.photos import jpeg
from tests.pages import Browser, Page

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10:00 in the city
TITLE = "东阁社区居民公约"
DAI = "ᦢᦱᧃᧉᦵᦙᦲᧂ"


@dataclass
class Community:
    """Everybody of it, each with a browser, and the clock."""

    app: Flask
    database: Database
    clock: Traveller
    people: dict[str, Person] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    number: str = ""

    def at(self, who: str = "") -> Browser:
        """Somebody's browser, signed in anew: days pass between two looks, a minute at least."""
        self.later(minutes=1)
        browser = Browser(self.app)
        if who:
            sign_in_as(browser, self.people[who])
        return browser.in_language("en")

    def later(self, **time: float) -> None:
        self.clock.shift(timedelta(**time))

    def today(self) -> str:
        with self.database.read() as session:
            return str(city_day(clock_now(), instance_of(session).city.zone))

    @property
    def desk(self) -> str:
        return f"/desk/conventions/{self.number}"

    def go_on(self, button: str, who: str = "committee", move: str = "go_on") -> Page:
        page = self.at(who).get(f"{self.desk}/move/{move}", status=200)
        done = page.form(button=button).fill(reason="见意见").send()
        assert not done.errors
        return done


@pytest.fixture
def place(app: Flask, database: Database) -> Iterator[Community]:
    with travel(MONDAY, tick=False) as clock:
        made = Community(app, database, clock)
        with database.write() as session:
            tree = small_tree(session)
            for name in ("committee", "second"):
                made.people[name] = staff(session, "community_committee", area=tree[COMMUNITY])
            made.people["street"] = staff(session, "street_desk", area=tree["370283001"])
            for at in range(6):
                phone = a_phone()
                made.phones.append(phone)
                made.people[f"resident{at}"] = person(session, f"居民{at}", phone=phone)
        yield made


def test_a_convention_from_the_first_wish_to_its_revision(place: Community) -> None:
    wishes_are_collected(place)
    a_draft_is_written_and_discussed(place)
    the_street_reviews(place)
    it_is_voted_on(place)
    it_is_filed_and_published_in_two_scripts(place)
    thirty_households_sign(place)
    it_is_revised(place)
    everybody_is_asked_anew(place)


def wishes_are_collected(place: Community) -> None:
    form = place.at("committee").get("/desk/conventions/new").form(button="Start it")
    page = form.fill(place=COMMUNITY, title=TITLE, asked="楼道、停车怎么管？").send()
    place.number = page.path.rpartition("/")[2]
    place.go_on("Go on to the next step")
    for at in range(3):
        page = place.at(f"resident{at}").get(f"/conventions/{place.number}/wish", status=200)
        page.form(button="Send it").fill(words=f"希望楼道不放杂物{at}。").send()
    waiting = f"/desk/conventions/{place.number}/wishes/"
    for address in links(place.at("committee").get(waiting), "/desk/wishes/"):
        place.at("committee").get(address).form(button="Save").fill(show="yes").send()
    assert "希望楼道不放杂物2。" in place.at().get(f"/conventions/{place.number}").text
    early = place.at("committee").get(f"{place.desk}/move/go_on")
    assert "People still have time" in early.form(button="Go on to the next step").send().text
    place.later(days=16)
    place.go_on("Go on to the next step")


def links(page: Page, start: str) -> list[str]:
    return [one for one in dict.fromkeys(page.links()) if one.startswith(start)]


def a_draft_is_written_and_discussed(place: Community) -> None:
    desk = place.at("committee")
    # as it comes out of a word processor, and with what an attacker would add
    pasted = "第一条 楼道不堆杂物。<script>alert(1)</script>\r\n\r\n第二条\u3000车停在线内。"
    desk.get(f"{place.desk}/paste").form(button="Put it in").fill(text=pasted).send()
    place.go_on("Go on to the next step")
    url = f"/conventions/{place.number}"
    public = place.at().get(url, status=200)
    assert "车停在线内。" in public.text
    assert "<script>alert(1)" not in str(public.soup)
    clauses = links(place.at("resident0").get(url), f"{url}/clauses/")
    assert len(clauses) == 2
    for at in range(12):
        page = place.at(f"resident{at % 6}").get(clauses[at % 2], status=200)
        more = {"proposal": "楼道不放东西。"} if at == 0 else {}
        page.form(button="Send it").fill(words=f"意见{at}", **more).send()
    for address in links(place.at("committee").get(f"{place.desk}/comments/"), "/desk/comments/"):
        place.at("committee").get(address).form(button="Save").fill(show="yes").send()
    page = place.at("committee").get(f"{place.desk}/comments/")
    numbers = [str(one["value"]) for one in page.soup.select("input[name=numbers]")]
    assert len(numbers) == 12
    form = page.form(button="Answer")
    page = form.fill(answer="partly", reason="写短了一些。", numbers=numbers).send()
    assert "Answered: 12 comments." in page.notices
    place.later(days=16)
    place.go_on("Go on to the next step")


def the_street_reviews(place: Community) -> None:
    form = place.at("street").get(f"{place.desk}/notes", status=200).form(button="Save")
    form.fill(note="第二条请写明是小区公共车位。", must="yes").send()
    refused = place.at("street").get(f"{place.desk}/move/approve")
    page = refused.form(button="Nothing speaks against it").send()
    assert "the law forbids something" in page.text
    place.go_on("Return it to be changed", "street", "return")
    # it comes back by the same steps
    place.go_on("Go on to the next step")
    place.later(days=16)
    place.go_on("Go on to the next step")
    place.go_on("Nothing speaks against it", "street", "approve")


def it_is_voted_on(place: Community) -> None:
    """Four vote on the screen, one on paper, one not."""
    roll = "\n".join(f"居民{at},{at + 1}-101,,{phone}" for at, phone in enumerate(place.phones))
    page = place.at("committee").get(f"{place.desk}/votes/new", status=200)
    first = clock_now().date() + timedelta(days=9)
    days = {"opens_day": str(first), "closes_day": str(first + timedelta(days=2))}
    page = page.form(button="Announce the vote").fill(**days, typed=roll).send()
    assert not page.errors
    vote = page.path.removeprefix("/desk")
    place.later(days=10)
    for at in range(4):
        ballot = place.at(f"resident{at}").get(f"/conventions{vote}/ballot", status=200)
        ballot.form(button="Cast my vote").fill(choice="no" if at == 3 else "yes").send()
    line = place.at("committee").get(f"/desk{vote}/roll/5", status=200)
    line.form(button="Save").fill(act="paper").send()
    place.later(days=4)
    for who in ("committee", "second"):
        tally = place.at(who).get(f"/desk{vote}/papers", status=200).form(button="Save")
        assert not tally.fill(box="1", yes="1").send().errors
    page = place.at("committee").get(f"/desk{vote}/count", status=200)
    counted = page.form(button="Count the vote").send()
    assert "The text is adopted." in counted.text


def it_is_filed_and_published_in_two_scripts(place: Community) -> None:
    desk = place.at("committee").get(place.desk, status=200)
    form = desk.click("Note the filing").form(button="Save")
    form.fill(filed_with="城区街道办事处", filing_number="", filed_on=place.today())
    page = form.attach("photos", jpeg(), "receipt.jpg").send()
    assert "Please fill this in." in page.text
    page = page.form(button="Save").fill(filing_number="乳备〔2026〕18号").send()
    assert "under the number 乳备〔2026〕18号" in page.text
    photo = place.at("committee").client.get(f"{place.desk}/filing/photo")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert place.at().client.get(f"{place.desk}/filing/photo").status_code != 200
    scripts = f"{place.desk}/scripts/khb/"
    for address in links(place.at("committee").get(scripts), scripts):
        form = place.at("committee").get(address, status=200).form(button="Save")
        assert "ᦢᦱᧃᧉ" in form.fill(words=DAI).send().text
    form = place.at("committee").get(f"{place.desk}/reading").form(button="Save")
    form.fill(words="就是：\n\n- 楼道别堆东西\n- 车停线里").send()
    place.later(hours=3)
    page = place.at("committee").get(place.desk).click("Publish it")
    assert "In other scripts: Dai" in page.text
    page = page.form(button="Publish it").send()
    published(page)
    stays(place, page)


def published(page: Page) -> None:
    """What everybody reads on the page of a version."""
    assert page.h1 == f"{TITLE}, version 1"
    assert page.soup.select_one('div[lang="khb"][dir="ltr"]') is not None
    assert "The Chinese text is what counts." in page.text
    # 5 of 6 took part, 4 of them for it
    assert "5 of 6 (needed: more than 1/2): enough" in page.text
    assert "4 of 5 (needed: more than 1/2): enough" in page.text
    assert "under the number 乳备〔2026〕18号" in page.text
    assert [one.text for one in page.soup.select("main ul li")][:2] == ["楼道别堆东西", "车停线里"]


def stays(place: Community, page: Page) -> None:
    """The address of a version stays, its file gives its fingerprint, the list finds it."""
    public = place.at()
    raw = public.client.get(f"{page.path}/text.json").data
    assert sha256(raw).hexdigest() in page.text
    assert json.loads(raw)["clauses"][0]["scripts"] == {"khb": DAI}
    assert public.get(page.path, status=200).h1 == page.h1
    found = public.get("/conventions/?q=东阁&state=in_force&kind=residents", status=200)
    assert "Version 1, in force since" in found.text
    assert TITLE not in public.get("/conventions/?state=ended").text
    [row] = public.client.get("/conventions/list.json?q=东阁").get_json()["conventions"]
    assert (row["version"], row["page"]) == (1, page.path.rpartition("/")[0])
    assert TITLE in public.client.get("/conventions/list.csv").text
    steps = public.get(f"/conventions/{place.number}").soup.select(".steps > li")
    assert [one.get("aria-current") for one in steps] == [None] * 8 + ["step"]
    # every step that is done says on which day
    assert all(one.select_one(".hint") is not None for one in steps[:8])


def thirty_households_sign(place: Community) -> None:
    """Four on the screen, the rest on two sheets; a door counts once, whichever way it came."""
    for at in range(4):
        sign(place, f"resident{at}", f"{at + 1}-101")
    page = sign(place, "resident4", "1-101")
    assert "one signature a household counts" in page.text
    desk = place.at("committee")
    address = f"{place.desk}/signatures/paper"
    for first in (5, 18):
        doors = range(first, first + 13)
        lines = "\n".join(f"户主{at},{at}-101" for at in doors)
        typed = desk.get(address).form(button="Save").fill(typed=f"{lines}\n户主,1-101")
        page = typed.attach("photos", jpeg()).send()
        assert "Line 14: this line has signed already" in page.text
        page = page.form(button="Save").fill(typed=lines).send()
    assert "0 residents · 30 households · 0 units" in page.text
    page = place.at().get(f"/conventions/{place.number}/sign", status=200)
    assert "30 households" in page.text
    assert "户主" not in page.text
    poster = place.at().get(f"/conventions/{place.number}/poster", status=200)
    assert DAI in poster.text


def sign(place: Community, who: str, door: str) -> Page:
    page = place.at(who).get(f"/conventions/{place.number}/sign/new", status=200)
    return page.form(button="Sign it").fill(signer="household", door=door).send()


def everybody_is_asked_anew(place: Community) -> None:
    """The signatures stay with the version under which they stand."""
    page = place.at("resident0").get(f"/conventions/{place.number}/sign", status=200)
    assert "0 households" in page.text
    rows = place.at("resident0").get("/me/signatures/", status=200)
    assert "30 households" in rows.click(TITLE, status=200).text
    assert "1 household" in sign(place, "resident0", "1-101").text


def it_is_revised(place: Community) -> None:
    text = place.at().get(f"/conventions/{place.number}").click("Read the published text").path
    address = text.rpartition("/")[0]
    page = place.at("committee").get(f"/desk{address}", status=200).click("Revise it or repeal it")
    page = page.form(button="Begin").fill(asked="三年了，还合适吗？").send()
    place.number = page.path.rpartition("/")[2]
    assert "It is being revised" in place.at().get(text).text
    place.go_on("Go on to the next step")
    place.later(days=16)
    place.go_on("Go on to the next step")
    change = links(place.at("committee").get(place.desk), f"{place.desk}/clauses/")
    first = next(one for one in change if not one.endswith(("/out", "/new")))
    form = place.at("committee").get(first, status=200).form(button="Save")
    form.fill(words="楼道不堆杂物，不停电动车充电。").send()
    for _ in range(2):
        place.go_on("Go on to the next step")
        place.later(days=16)
    # the check of words reads "power cut" across two words: a person says why it may stand
    page = place.at("street").get(place.desk).click("Let it stand")
    page.form(button="Let it stand").fill(reason="说的是电动车充电，不是停电").send()
    place.go_on("Nothing speaks against it", "street", "approve")
    it_is_voted_on(place)
    form = place.at("committee").get(f"{place.desk}/filing").form(button="Save")
    form.fill(
        filed_with="城区街道办事处", filing_number="乳备〔2027〕2号", filed_on=place.today()
    ).send()
    page = place.at("committee").get(f"{place.desk}/publish").form(button="Publish it").send()
    assert page.h1 == f"{TITLE}, version 2"
    assert "This version was replaced." in place.at().get(text).text
    compare(place.at().get(f"{address}/differences", status=200))


def compare(page: Page) -> None:
    """In one text with marks, and side by side."""
    assert page.h1 == "From version 1 to version 2"
    assert [one.text for one in page.soup.select("ins")] == ["，不停电动车充电"]
    rows: list[Any] = page.soup.select("main table tbody tr")
    assert [row.th.text.strip() for row in rows] == ["changed", "same"]
    assert "不停电动车" not in rows[0].select("td")[0].text
    assert "不停电动车" in rows[0].select("td")[1].text
