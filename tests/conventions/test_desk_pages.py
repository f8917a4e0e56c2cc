"""The pages of conventions: started, written, put together, moved, and read by everybody."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.conventions.models import DraftClause, Round
from portal.conventions.rules.texts import Topic
from portal.conventions.rules.way import RoundState
from portal.kernel.db import Database
from tests.faults import words
from tests.make import conventions as make
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.convention_pages import convention_things
from tests.make.conventions import COMMUNITY
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted


@pytest.fixture
def tree(database: Database) -> Mapping[str, Area]:
    with database.write() as session:
        return small_tree(session)


@pytest.fixture
def committee(database: Database, tree: Mapping[str, Area]) -> Person:
    with database.write() as session:
        return staff(session, "community_committee", area=tree[COMMUNITY])


@pytest.fixture
def at_desk(app: Flask, committee: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, committee)
    return browser


def test_a_committee_starts_a_convention_and_everybody_sees_where_it_stands(
    at_desk: Browser, browser: Browser
) -> None:
    form = at_desk.get("/desk/conventions/new", status=200).form(button="Start it")
    assert form.values["place"] == COMMUNITY
    page = form.fill(place="no such", title="东阁社区居民公约").send()
    assert "This place is not known" in page.text
    page = page.form(button="Start it").fill(place=COMMUNITY, asked="楼道怎么管？").send()
    assert page.h1 == "东阁社区居民公约"
    assert page.path in str(at_desk.get("/desk/conventions/").soup)
    public = browser.in_language("en").get(page.path.removeprefix("/desk"), status=200)
    assert "楼道怎么管？" in public.text
    assert "The Party organisation studies it" in public.text
    assert "东阁社区居民公约" in browser.get("/conventions/").text
    moved = at_desk.get(f"{page.path}/move/go_on").form(button="Go on to the next step").send()
    assert "Wishes are being collected" in moved.text
    early = at_desk.get(f"{page.path}/move/go_on").form(button="Go on to the next step").send()
    assert "People still have time until" in early.text


def test_places_are_chosen_by_their_names_and_those_of_one_name_by_their_codes_too(
    app: Flask, database: Database, tree: Mapping[str, Area]
) -> None:
    street = "370283001"
    first, second = (tree[f"{street}{number}"] for number in ("001", "002"))

    def choices(at: str) -> list[str]:
        page = browser.get(at, status=200)
        return [words(one) for one in page.soup.select("select[name=place] option")]

    with database.write() as session:
        office = staff(session, "community_committee", area=tree[street])
    browser = Browser(app).in_language("en")
    sign_in_as(browser, office)
    for at in ("/desk/conventions/new", "/desk/meetings/new", "/desk/tasks/new"):
        assert choices(at) == ["Choose a place", first.name_zh_hans, second.name_zh_hans]
    browser.client.set_cookie("plain", "1")
    long = update(Area).where(Area.id == second.id).values(name_zh_hans="社" * 17)
    with database.write() as session:
        session.execute(long)
    page = browser.get("/desk/meetings/new", status=200)
    # without a stylesheet such a list is wider than a telephone
    assert page.soup.select("input[name=place][list]")
    assert len(page.soup.select("datalist option")) == 2
    browser.client.delete_cookie("plain")
    with database.write() as session:
        same = update(Area).where(Area.id == second.id)
        session.execute(same.values(name_zh_hans=first.name_zh_hans))
    assert choices("/desk/meetings/new") == [
        "Choose a place", *(f"{first.name_zh_hans} ({one.code})" for one in (first, second))
    ]  # fmt: skip


def test_clauses_are_written_pasted_taken_from_the_model_and_put_together(
    app: Flask, database: Database, tree: Mapping[str, Area], at_desk: Browser
) -> None:
    with database.write() as session:
        of = make.a_round(session, make.convention(session, tree[COMMUNITY]))
        number = of.number
    desk = f"/desk/conventions/{number}"
    form = at_desk.get(f"{desk}/clauses/new").form(button="Save")
    page = form.fill(heading="楼道", words="楼道**不**堆杂物。<script>alert(1)</script>").send()
    assert "<strong>不</strong>" in str(page.soup)
    assert "alert(1)" not in "".join(script.text for script in page.soup.select("script"))
    form = at_desk.get(f"{desk}/paste").form(button="Put it in")
    page = form.fill(text="第一条 不乱倒。\n第二条 不乱停。").send()
    assert "Put in: 2 clauses." in str(page.soup)
    page = at_desk.get(f"{desk}/model").form(button="Put it in").send()
    assert "守法向善" in page.text
    with database.read() as session:
        first = session.scalars(select(DraftClause).order_by(DraftClause.position)).first()
        assert first is not None
        address = f"{desk}/clauses/{first.clause_id}"
    mine, theirs = (at_desk.get(address).form(button="Save") for _ in range(2))
    mine.fill(words="我写的。", topic="cleanliness").send()
    page = theirs.fill(words="他写的。").send()
    assert page.h1 == "Put two texts together"
    assert "我写的。" in page.text
    assert "他写的。" in page.text
    page = page.form(button="Save what is put together").fill(words="我们写的。").send()
    assert "我们写的。" in page.text
    assert "To be put together" not in page.text
    with database.read() as session:
        joined = session.scalars(
            select(DraftClause.topic).where(DraftClause.clause_id == first.clause_id)
        ).one()
        # of the clause, as whoever was first chose it
        assert joined is Topic.CLEANLINESS
    page = at_desk.get(f"{address}/out").form(button="Take out").send()
    assert "我们写的。" not in page.text


def test_a_draft_is_hidden_until_it_is_open_for_discussion(
    database: Database, tree: Mapping[str, Area], browser: Browser
) -> None:
    with database.write() as session:
        of = make.a_round(session, make.convention(session, tree[COMMUNITY]))
        make.clause(session, of, "还没写完的话。")
        number = of.number
    page = browser.in_language("en").get(f"/conventions/{number}", status=200)
    assert "还没写完的话。" not in page.text
    with database.write() as session:
        session.scalars(select(Round)).one().state = RoundState.DISCUSSION
    assert "还没写完的话。" in browser.get(f"/conventions/{number}").text


def test_r140_r253_r257_every_kind_shows_its_rule_and_a_model_text(browser: Browser) -> None:
    page = browser.in_language("en").get("/conventions/kinds/", status=200)
    assert len(page.soup.select("main li.card")) == 7
    owners = browser.get("/conventions/kinds/owners", status=200)
    assert "at least 2/3" in owners.text
    assert "《民法典》第二百七十八条" in owners.text
    for code in ("self_government", "management", "village"):
        assert "It is filed for record" in browser.get(f"/conventions/kinds/{code}").text
    # 公序良俗 is what a clause can be about (R140)
    assert "Public order and good morals" in browser.get("/conventions/kinds/residents").text
    browser.get("/conventions/kinds/nothing", status=404)


def test_the_street_lets_words_stand_with_a_reason(
    app: Flask, database: Database, tree: Mapping[str, Area]
) -> None:
    with database.write() as session:
        made = convention_things(session, tree[COMMUNITY])
        reviewed = select(Round).where(Round.number == made["convention_round"])
        session.scalars(reviewed).one().state = RoundState.REVIEW
        street = staff(session, "street_desk", area=tree["370283001"])
    browser = Browser(app).in_language("en")
    sign_in_as(browser, street)
    desk = f"/desk/conventions/{made['convention_round']}"
    page = browser.get(f"{desk}/move/approve").form(button="Nothing speaks against it").send()
    assert "Some words may not stand" in page.text
    page = browser.get(f"{desk}/flags/{made['convention_clause']}/fine")
    page = page.form(button="Let it stand").fill(reason="原文引用条例").send()
    assert "may stand" in page.text
    form = browser.get(f"{desk}/notes").form(button="Save")
    form.fill(clause=made["convention_clause"], note="请写明依据的条例。", must="no").send()
    public = browser.get(f"/conventions/{made['convention_round']}")
    assert "What the street says about the law" in public.text
    assert "请写明依据的条例。" in public.text
    page = browser.get(f"{desk}/move/approve").form(button="Nothing speaks against it").send()
    assert "Put to the vote" in page.text


def test_long_lists_and_long_texts_take_no_more_queries(
    app: Flask, database: Database, tree: Mapping[str, Area], at_desk: Browser
) -> None:
    found = list[list[int]]()
    with database.write() as session:
        of = make.a_round(session, make.convention(session, tree[COMMUNITY]))
        number = of.number
    for many in (2, 25):
        with database.write() as session:
            kept = session.scalars(select(Round).where(Round.number == number)).one()
            for at in range(many):
                make.clause(session, kept, f"第{at}件事。", position=at + 1)
                make.a_round(session, make.convention(session, tree[COMMUNITY]))
        pages = ("/conventions/", "/desk/conventions/", f"/desk/conventions/{number}")
        for page in pages:
            at_desk.get(page)
        found.append([])
        for page in pages:
            with counted(database) as statements:
                at_desk.get(page, status=200)
            found[-1].append(len(statements))
    assert found[0] == found[1]
    assert max(found[1]) <= 10
