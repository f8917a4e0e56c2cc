"""Pages of what is published: whatever was typed is shown as words, however much there is of it."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.areas.models import Area
from portal.conventions.models import Round, Vote
from portal.conventions.rules.texts import MOST_CLAUSES
from portal.conventions.rules.votes import VoteState
from portal.conventions.rules.way import RoundState
from portal.kernel.db import Database
from tests.make import conventions as make
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.convention_pages import NOBODY_CAME
from tests.make.conventions import COMMUNITY
from tests.make.published_pages import published_things
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

EVIL = '<script>alert(1)</script> <img src=x onerror="alert(2)"> [x](javascript:alert(3))'


class Published:
    """A convention of two versions, somebody of the committee and somebody of the street."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        with database.write() as session:
            tree = small_tree(session)
            made = published_things(session, tree[COMMUNITY], NOBODY_CAME)
            self.people = {
                "committee": staff(session, "community_committee", area=tree[COMMUNITY]),
                "street": staff(session, "street_desk", area=tree["370283001"]),
            }
        self.page = f"/conventions/texts/{made['convention_text']}"

    def at(self, who: str = "") -> Browser:
        browser = Browser(self.app).in_language("en")
        if who:
            sign_in_as(browser, self.people[who])
        return browser


@pytest.fixture
def there(app: Flask, database: Database) -> Published:
    return Published(app, database)


def test_whatever_is_typed_is_shown_as_words(there: Published) -> None:
    form = there.at("committee").get(f"/desk{there.page}/2/reading").form(button="Save")
    word = f"一、楼道\r\n\u3000\u3000别堆东西\u2028\x0b。\r\n\r\n{EVIL}"
    page = form.fill(words=word).send()
    assert page.path == f"{there.page}/2"
    assert "别堆东西" in page.text
    assert "<script>alert(1)" in page.text
    main = page.soup.select_one("main")
    assert main is not None
    assert main.select("script, img, a[href^=javascript]") == []
    # the earlier one is still there to be read
    assert "就是楼道里别放东西。" in page.text
    again = there.at("committee").get(f"/desk{there.page}/2/reading").form(button="Save").send()
    assert "This is what stands there already." in again.text
    empty = again.form(button="Save").fill(words=" ").send()
    assert "Please fill this in." in empty.text


def revised_at(there: Published) -> tuple[Browser, str]:
    """The desk of the committee, and where a revision is written there."""
    desk = there.at("committee")
    number = desk.get(f"/desk{there.page}/revise").form(button="Begin").send().path
    with there.database.write() as session:
        found = session.scalars(select(Round).where(Round.number == number.rpartition("/")[2]))
        found.one().state = RoundState.DRAFT
    return desk, number


def test_a_name_is_typed_like_anything_else(there: Published) -> None:
    desk, number = revised_at(there)
    form = desk.get(f"{number}/about").form(button="Save")
    long = form.fill(title="名" * 81, preamble=EVIL).send()
    assert "Please write no more than 80 characters." in long.text
    late = desk.get(f"{number}/about").form(button="Save")
    long.form(button="Save").fill(title="东阁公约").send()
    # somebody saved meanwhile: nothing is written over, and what was typed stays in the form
    lost = late.fill(title="另一个名称", preamble="晚到的引言").send(status=409)
    assert "晚到的引言" in str(lost.soup)
    assert desk.get(number).h1 == "东阁公约"
    # what the other saved stands beside it, and the second press saves
    assert "What stands there now" in lost.text
    assert "东阁公约" in lost.text
    lost.form(button="Save").send(status=200)
    assert desk.get(number).h1 == "另一个名称"
    # who saves a clause meanwhile is in nobody's way
    calm = desk.get(f"{number}/about").form(button="Save")
    new = desk.get(f"{number}/clauses/new").form(button="Save")
    new.fill(heading="新", words="不高空抛物。").send(status=200)
    calm.fill(preamble="一同遵守。").send(status=200)
    late = desk.get(f"{number}/reading").form(button="Save")
    desk.get(f"{number}/reading").form(button="Save").fill(words="别人的大白话").send(status=200)
    lost = late.fill(words="我的大白话").send(status=409)
    assert "别人的大白话" in lost.text
    lost.form(button="Save").send(status=200)
    assert "我的大白话" in str(desk.get(f"{number}/reading").soup)


def test_another_script_is_typed_by_two_and_shown_as_words(there: Published) -> None:
    desk, number = revised_at(there)
    scripts = desk.get(f"{number}/scripts/", status=200).click("Uyghur")
    clause = next(one for one in scripts.links() if "/scripts/ug/" in one)
    late = desk.get(clause).form(button="Save")
    page = desk.get(clause).form(button="Save").fill(words="ئۇيغۇرچە").send(status=200)
    lost = late.fill(words=f"ئۇيغۇرچە {EVIL}").send(status=409)
    assert lost.soup.select_one('.card div[lang="ug"][dir="rtl"]') is not None
    page = lost.form(button="Save").send(status=200)
    said = page.soup.select_one('div[lang="ug"][dir="rtl"]')
    assert said is not None
    assert said.select("script, img, a") == []
    assert desk.get(f"{number}/scripts/xx/").status == 404


def test_the_introduction_is_compared_like_a_clause(there: Published) -> None:
    with there.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == COMMUNITY)).one()
        of = make.convention(session, area)
        for sequence, words in ((1, "邻里和睦。"), (2, "邻里和睦，守望相助。")):
            run = make.a_round(session, of, sequence=sequence)
            make.published(session, run, [make.clause(session, run)], preamble=words)
        address = of.number
    page = there.at().get(f"/conventions/texts/{address}/differences", status=200)
    assert "守望相助" in "".join(one.text for one in page.soup.select("ins"))
    cells = [row.text for row in page.soup.select("tbody tr") if "introduction" in row.text]
    assert len(cells) == 1
    assert "邻里和睦。" in cells[0]
    assert "邻里和睦，守望相助。" in cells[0]


def test_a_number_that_no_database_holds_is_no_page(there: Published) -> None:
    for huge in ("9" * 20, "9" * 4000):
        there.at().get(f"{there.page}/{huge}", status=404)
        there.at().get(f"{there.page}/{huge}/text.json", status=404)
        there.at().get(f"/credit/log/{huge}/checkpoint", status=404)
        there.at("committee").get(f"/desk{there.page}/{huge}/reading", status=404)


def test_two_hundred_clauses_take_no_more_queries(there: Published) -> None:
    pages = (f"{there.page}/2", there.page, f"{there.page}/differences", "/conventions/?q=公约")
    few = [sent(there, page) for page in pages]
    with there.database.write() as session:
        of = session.scalars(select(Round).where(Round.sequence == 2)).one()
        area = session.scalars(select(Area).where(Area.code == COMMUNITY)).one()
        made = make.convention(session, area)
        more = make.a_round(session, made)
        clauses = [
            make.clause(session, more, f"第{at}条的话。", position=at)
            for at in range(1, MOST_CLAUSES + 1)
        ]
        make.published(session, more, clauses)
        vote = session.scalars(select(Vote).where(Vote.round_id == of.id)).one()
        make.vote(session, more, state=VoteState.DECIDED, outcome=vote.outcome,
                  figures=NOBODY_CAME, decided_at=vote.decided_at)  # fmt: skip
        address = made.number
    many = Browser(there.app).in_language("en").get(f"/conventions/texts/{address}/1", status=200)
    assert "第200条的话。" in many.text
    with counted(there.database) as statements:
        Browser(there.app).get(f"/conventions/texts/{address}/1", status=200)
    assert len(statements) <= few[0]
    assert [sent(there, page) for page in pages] == few
    assert max(few) <= 12


def sent(there: Published, page: str) -> int:
    with counted(there.database) as statements:
        there.at().get(page, status=200)
    return len(statements)


def test_a_repeal_is_begun_like_a_revision_and_named_everywhere(there: Published) -> None:
    page = there.at("committee").get(f"/desk{there.page}/revise").form(button="Begin")
    page = page.fill(aim="repeal", asked="还要不要？").send()
    assert page.h1.startswith("关于废止《")
    told = there.at().get(there.page, status=200)
    told.click("Repeal", status=200)
    # until it is carried and published, what is in force is
    assert "Read the text in force" in told.text


def test_the_street_notes_that_it_has_ended(there: Published) -> None:
    assert there.at("committee").get(f"/desk{there.page}/end").status == 403
    page = (
        there.at("street").get(f"/desk{there.page}", status=200).click("Note that the law ended it")
    )
    form = page.form(button="Save")
    page = form.fill(reason="《条例》已另有规定").send()
    assert "no longer counts" in page.text
    assert "《条例》已另有规定" in page.text
    # the text stays to be read
    old = there.at().get(f"{there.page}/1", status=200)
    assert "楼道不堆杂物。" in old.text
    assert "no longer counts" in old.text
    assert "Ended on" in there.at().get("/conventions/?state=ended").text


def test_the_list_is_narrowed_and_finds_nothing_where_nothing_is(there: Published) -> None:
    for asked, found in (
        ("", True), (f"?place={COMMUNITY}", True), ("?place=370283002001", False),
        ("?place=nowhere", False), ("?q=50%25", False), ("?kind=owners", False),
        ("?kind=residents&state=in_force", True), ("?state=under_way", False),
        ("?state=nonsense&kind=nonsense", True),
    ):  # fmt: skip
        page = there.at().get(f"/conventions/{asked}", status=200)
        assert ("东阁社区居民公约" in page.text) is found, asked
        rows = there.at().client.get(f"/conventions/list.json{asked}").get_json()["conventions"]
        assert bool(rows) is found
    assert there.at().get(f"{there.page}/3").status == 404
    assert there.at().get(f"{there.page}/differences?old=2&new=2").status == 404
