"""Prepared words for answers, and replies that are no answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Permission
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.models import ReplyTemplate
from portal.reports.rules.codes import Event, Means, State
from portal.reports.rules.replies import Blank, ReplyRefusal, added, filled, unknown_blanks
from portal.reports.service.handling import close_case
from portal.reports.service.replies import (
    Keeper,
    ReplyWish,
    add_reply,
    change_reply,
    offered_replies,
    says_nothing,
)
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.desk import City, small_city
from tests.make.photos import jpeg
from tests.pages import Page

WORDS = "{类别}（{number}）由{街道}处理，最迟{promised}办结。"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def test_words_are_prepared_filled_in_changed_and_counted(city: City) -> None:
    worker = city.browser(city.worker)
    new = worker.get("/desk/replies/", status=200).click("New words", status=200).form()
    new.fill(title="清走垃圾", step="handle", words="已到场，{reporter}您好")
    refused = new.send("Save", status=422)
    assert any("{reporter}" in error for error in refused.errors)
    saved = refused.form().fill(words=f"已清理。{WORDS}").send("Save", status=200)
    assert "清走垃圾" in saved.text
    number = city.case(state=State.DISPATCHED)
    step = worker.get(f"/desk/cases/{number}/handle", status=200)
    none = step.form().fill(words="昨天到场。").attach("photos", jpeg())
    none = none.send("Fill in the words", status=422)
    assert any("Choose which words" in error for error in none.errors)
    chosen = none.form()
    code = next(value for value in choices(none) if value)
    page = chosen.fill(reply=code).send("Fill in the words", status=200)
    words = page.soup.select_one("textarea[name=words]")
    assert words is not None
    # what was typed stays, the photo too, and nothing has happened yet
    assert words.text.strip().startswith("昨天到场。\n已清理。暴露垃圾")
    assert number in words.text
    assert city.row(number).state is State.DISPATCHED
    page.form().send("Report the work as done", status=200)
    assert city.row(number).state is State.HANDLED
    assert "used 1 time" in worker.get("/desk/replies/", status=200).text
    further_version(city, code)


def choices(page: Page) -> list[str]:
    return [str(option["value"]) for option in page.soup.select("[name=reply] option")]


def further_version(city: City, code: str) -> None:
    """A change keeps what was; an end deletes nothing; who does not keep them finds none."""
    worker = city.browser(city.worker)
    page = worker.get(f"/desk/replies/{code}", status=200)
    page.form(button="Save").fill(words="已清理干净，请放心。").send("Save", status=200)
    page = worker.get(f"/desk/replies/{code}", status=200)
    assert "Version 1" in page.text
    assert "Version 2" in page.text
    page.form(button="Offer them no more").send(status=200)
    assert "have ended" in worker.get(f"/desk/replies/{code}", status=200).text
    number = city.case(state=State.DISPATCHED)
    assert not worker.get(f"/desk/cases/{number}/handle").soup.select("[name=reply]")
    with city.database.read() as session:
        assert len(session.scalars(select(ReplyTemplate)).all()) == 2
    city.browser(city.desk).get(f"/desk/replies/{code}", status=404)
    assert "New words" not in city.browser(city.verifier).get("/desk/replies/", status=200).text


def test_a_reply_that_only_says_it_was_received_closes_nothing(database: Database) -> None:
    assert says_nothing("您的留言已收悉，感谢您的关注！")
    assert not says_nothing("已清理")
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        made = reports.case(session, area, state=State.HANDLED)
        row = reports.row_of(session, made)
        with pytest.raises(Refused) as refusal:
            close_case(
                session, row, actor=reports.verifier(), now=clock.now(), means=Means.SERVICE,
                words="留言已收悉",
            )  # fmt: skip
        assert refusal.value.code is ReplyRefusal.SAYS_NOTHING
        keeper = Keeper(reports.desk().person_id, (), None)
        wish = ReplyWish("空话", "来信已收悉。", "close", "zh_Hans", place_path=area.path)
        with pytest.raises(Refused) as refusal:
            add_reply(session, keeper, wish, now=clock.now())
        assert refusal.value.code is ReplyRefusal.SAYS_NOTHING


def test_a_street_offers_its_words_below_itself_and_of_two_who_change_them_one_wins(
    city: City,
) -> None:
    street = city.tree["370283001"].path
    keeper = Keeper(city.desk.id, (), (street,))
    wish = ReplyWish("请补充", "请问在几号楼？", "ask", "zh_Hans", "litter", place_path=street)
    here, there = city.case(state=State.ACCEPTED), city.tree["370283002"]
    with city.database.write() as session:
        code = add_reply(session, keeper, wish, now=clock.now())
        far = reports.case(session, there, state=State.ACCEPTED)
        desk = reports.staff(Permission.REPORT_ACCEPT)
        of = {
            row.number: [reply.title for reply in offered_replies(session, row, Event.ASK, desk)]
            for row in (city.row(here), reports.row_of(session, far))
        }
    assert of == {here: ["请补充"], far.number: []}
    start = Barrier(2)

    def change(words: str) -> str:
        start.wait()
        try:
            with city.database.write() as session:
                newer = ReplyWish("请补充", words, "ask", "zh_Hans", place_path=street)
                change_reply(session, keeper, code, 1, newer, now=clock.now())
        except Refused as refusal:
            return refusal.code.value
        return "won"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(change, ("在哪个路口？", "在几楼？")))
    assert ended == [ReplyRefusal.CHANGED.value, "won"]


def test_only_blanks_of_the_list_are_filled_and_typed_words_stay() -> None:
    values = {Blank.NUMBER: "N", Blank.KIND: "K", Blank.STREET: "S", Blank.PROMISED: "P"}
    assert filled(WORDS, values) == "K（N）由S处理，最迟P办结。"
    assert filled("{phone}", values) == "{phone}"
    assert unknown_blanks("{number}{phone}{ 街道 }{}") == ["phone", ""]
    assert added("  先说 ", "再说") == "先说\n再说"
    assert added("", "再说") == "再说"
    assert added("先说\n再说", "再说") == "先说\n再说"
