"""The rules in public with every version, and the page where a new one is published."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from credit.queries.rulebook import all_rules
from credit.rules.rulebook import RuleClass
from credit.service.sealing import seal
from portal.kernel.db import Database
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import DAY, publish
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW
from tests.pages import Browser, Page

CHANGED = {"source_text": "自律规范第五条", "points": 3}


@pytest.fixture(autouse=True)
def three_days_later() -> Iterator[None]:
    with time_machine.travel(NOW + 3 * DAY, tick=False):
        yield


@pytest.fixture
def english(browser: Browser) -> Browser:
    return browser.in_language("en")


@pytest.fixture
def publisher(browser: Browser, database: Database) -> Browser:
    """An administrator of the district."""
    with database.write() as session:
        city = small_tree(session)["370283"]
        somebody = staff(session, "administrator", area=city)
    sign_in_as(browser, somebody)
    return browser.in_language("en")


def two_versions(database: Database) -> None:
    publish(database, shift_rule(NOW))
    publish(database, replace(shift_rule(NOW + DAY, version=1), **CHANGED), at=NOW + DAY)


def test_R255_the_code_in_force_is_public_with_what_each_rule_gives_and_where_it_is_written(
    english: Browser, database: Database
) -> None:
    two_versions(database)
    publish(
        database,
        replace(
            shift_rule(NOW + DAY), code="hero", fact="hero", rule_class=RuleClass.HONOUR,
            title="见义勇为", life_days=None,
        ),
        at=NOW + DAY,
    )  # fmt: skip
    page = english.get("/credit/rules", status=200)
    headings = [heading.get_text() for heading in page.soup.select("main h2")]
    assert headings[:2] == ["Gives points", "Honours"]
    (card,) = page.soup.select("#rule-shift")
    words = card.get_text(" ")
    assert "3 points each time" in words
    assert "365 days" in words
    assert "自律规范第五条" in words
    assert "签到记录" in words
    assert "without end" in page.soup.select("#rule-hero")[0].get_text(" ")
    # codes are for machines
    assert "volunteer_organiser" not in page.text
    assert "shift_done" not in page.text


def test_N6_what_is_announced_is_told_with_its_day_and_what_counts_now_stays(
    english: Browser, database: Database
) -> None:
    publish(database, shift_rule(NOW))
    publish(database, shift_rule(NOW + 30 * DAY, version=1, points=0), at=NOW + DAY)
    card = english.get("/credit/rules", status=200).soup.select("#rule-shift")[0].get_text(" ")
    assert "2 points each time" in card
    assert "from 29 December 2026 on: nothing any more: the rule ends" in card
    page = english.get("/credit/rules/shift", status=200)
    first, second = page.soup.select("section p")
    assert "Announced, not yet in force" in first.get_text()
    assert "In force" in second.get_text()


def test_a_version_that_waits_to_be_sealed_is_not_in_force(
    english: Browser, database: Database
) -> None:
    publish(database, shift_rule(NOW), sealed=False)
    assert "once it is sealed" in english.get("/credit/rules", status=200).text
    assert "not sealed yet" in english.get("/credit/rules/shift").text
    seal(database, NOW + DAY)
    page = english.get("/credit/rules/shift")
    assert "In force" in page.text
    assert "its statement is number 0 of the log" in page.text


def test_a_rule_that_ended_stays_to_be_read(english: Browser, database: Database) -> None:
    publish(database, shift_rule(NOW))
    publish(database, shift_rule(NOW + DAY, version=1, points=0), at=NOW + DAY)
    page = english.get("/credit/rules", status=200)
    assert page.soup.select("#rule-shift") == []
    assert "Version 1" in page.click("志愿服务", status=200).text


@pytest.mark.parametrize("plain", ["", "1"])
def test_every_version_shows_what_went_and_what_came_also_in_plain_text(
    english: Browser, database: Database, plain: str
) -> None:
    two_versions(database)
    english.client.set_cookie("plain", plain)
    page = english.get("/credit/rules/shift", status=200)
    assert [h.get_text() for h in page.soup.select("section h2")] == ["Version 2", "Version 1"]
    newest, oldest = page.soup.select("section")
    assert [one.get_text() for one in newest.select("del")] == ["2", "三"]
    assert [one.get_text() for one in newest.select("ins")] == ["3", "五"]
    assert "Taken out: 三" in newest.get_text()
    assert "Put in: 五" in newest.get_text()
    assert oldest.select("del, ins") == []
    assert english.get("/credit/rules/nothing").status == 404


def test_N6_every_version_names_its_day_and_its_statement_in_the_log(
    english: Browser, database: Database
) -> None:
    two_versions(database)
    first, second = english.get("/credit/rules/shift", status=200).soup.select("section p")
    assert "Published on 30 November 2026" in first.get_text()
    assert "its statement is number 1 of the log" in first.get_text()
    assert "its statement is number 0 of the log" in second.get_text()


def test_the_list_asks_the_database_as_often_for_many_rules_as_for_one(
    english: Browser, database: Database
) -> None:
    asked = list[str]()

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    def count() -> int:
        asked.clear()
        english.get("/credit/rules", status=200)
        return len(asked)

    publish(database, shift_rule(NOW))
    event.listen(database.reader, "before_cursor_execute", hear)
    try:
        count()
        before = count()
        for name in ("a", "b", "c"):
            publish(database, shift_rule(NOW + DAY, code=name, fact=name), at=NOW + DAY)
        assert count() == before
    finally:
        event.remove(database.reader, "before_cursor_execute", hear)


# --- publishing -----------------------------------------------------------------------------------

NEW = {
    "code": "shift", "fact": "shift_done", "title": "志愿服务", "points": "2", "life_days": "365",
    "source_text": "自律规范第三条", "evidence": "签到记录", "valid_from": "2026-12-02",
}  # fmt: skip


def preview(page: Page, **changes: str) -> Page:
    return page.form(button="Look at the differences").fill(**changes).send()


def test_a_rule_is_looked_at_and_then_published_and_audited(
    publisher: Browser, database: Database
) -> None:
    page = preview(publisher.get("/admin/rules/new", status=200), **NEW)
    assert (page.status, page.h1) == (200, "Before you publish it")
    with database.read() as session:
        assert all_rules(session, DISTRICT) == []
    page = page.form(button="Publish it").send(status=200)
    assert page.path == "/credit/rules/shift"
    with database.read() as session:
        (rule,) = all_rules(session, DISTRICT)
    assert (rule.points, rule.source_text, rule.valid_from) == (2, "自律规范第三条", NOW + 3 * DAY)
    with database.write() as session:
        auditor = staff(session, "auditor")
    reader = Browser(publisher.app)
    sign_in_as(reader, auditor)
    page = reader.get("/audit/?action=rule:publish&lang=en", status=200)
    assert "Rule of the ledger published" in page.text
    assert "shift@1" in page.text


def test_a_new_version_shows_its_difference_before_it_is_published(
    publisher: Browser, database: Database
) -> None:
    publish(database, shift_rule(NOW))
    page = publisher.get("/admin/", status=200).click("Rules of the ledger", status=200)
    page = page.click("Publish a new version", status=200)
    page = preview(page, source_text="自律规范第五条\n第二款", points="3")
    assert [one.get_text() for one in page.soup.select("del")] == ["2", "三"]
    page = page.form(button="Publish it").send(status=200)
    assert "Version 2" in page.text
    with database.read() as session:
        rule = all_rules(session, DISTRICT)[-1]
    assert (rule.points, rule.source_text) == (3, "自律规范第五条\n第二款")
    assert rule.proposers == "volunteer_organiser"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"valid_from": "2026-12-01"}, "A rule cannot begin before it is published."),
        ({"valid_from": "soon"}, "Write a day like 2026-07-01."),
        ({"life_days": "1827"}, "Points last from one day to five years."),
        ({"points": "-1"}, "Points are a whole number, zero or more."),
        ({"points": "many"}, "Write a whole number."),
        ({"code": "Big Name"}, "A code has small letters"),
        ({"source_text": ""}, "Fill this in."),
        ({"title": "长" * 121}, "Please write no more than 120 characters."),
        ({"code": "other"}, "Another rule is about this already."),
    ],
)
def test_N6_what_no_city_may_publish_is_told_before_and_what_was_typed_is_kept(
    publisher: Browser, database: Database, changes: dict[str, str], error: str
) -> None:
    publish(database, shift_rule(NOW - DAY), at=NOW - DAY)
    typed = {**NEW, "code": "fresh", "fact": "fresh_done", **changes}
    if changes.get("code") == "other":
        typed["fact"] = "shift_done"
    page = preview(publisher.get("/admin/rules/new"), **typed)
    assert page.status == 422
    assert any(error in words for words in page.errors), page.errors
    kept = page.soup.select_one("[name=evidence]")
    assert kept is not None
    assert kept["value"] == "签到记录"
    with database.read() as session:
        assert len(all_rules(session, DISTRICT)) == 1


def test_two_who_publish_at_once_do_not_overwrite_each_other(
    publisher: Browser, database: Database
) -> None:
    publish(database, shift_rule(NOW))
    page = preview(publisher.get("/admin/rules/shift"), points="4")
    publish(database, shift_rule(NOW + DAY, version=1, points=7), at=NOW + DAY)
    page = page.form(button="Publish it").send(status=409)
    assert page.errors == ["Somebody else has changed this rule meanwhile."]
    assert str(page.soup.select("[name=points]")[0]["value"]) == "4"


def test_who_keeps_another_district_publishes_nothing_here(
    browser: Browser, database: Database
) -> None:
    with database.write() as session:
        places = small_tree(session)
        street = staff(session, "administrator", area=places["370283001"])
        desk = staff(session, "street_desk", area=places["370283"])
    sign_in_as(browser, street)
    assert browser.get("/admin/rules/").status == 404
    sign_in_as(browser, desk)
    assert browser.get("/admin/rules/").status == 403


def test_the_same_words_again_are_warned_of(publisher: Browser, database: Database) -> None:
    publish(database, shift_rule(NOW))
    page = preview(publisher.get("/admin/rules/shift"), valid_from="2026-12-09")
    assert "It says the same as the version before." in page.text
