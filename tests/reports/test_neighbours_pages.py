"""Neighbours as pages: offered before filing, joined in a press, and led on after a merge."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.reports.models import Case, CaseMerge, CaseReporter, CaseText, Category
from portal.reports.rules.codes import Relation, Review, State, Target, TextKind
from portal.reports.service.merging import merge_case
from portal.reports.service.moderation import about_text, moderate_case
from tests.make import accounts, reports
from tests.make.accounts import sign_in_as
from tests.make.intake import filed, to_check, visitor
from tests.pages import Browser, Page

OFFER = "Is it one of these?"
TOO = "I have seen it too"


def _published(city: Database, words: str = "路口的桶满了") -> str:
    """A report from the reader's community that everybody may see."""
    number = filed(city, words=words).number
    with city.write() as session:
        made = session.scalars(select(Case).where(Case.number == number)).one()
        text = session.scalars(select(CaseText).where(CaseText.case_id == made.id)).one()
        shown = [about_text(text.id, show=True)]
        row = reports.row_of(session, made)
        moderate_case(session, row, shown, actor=reports.desk(), now=now())
    return number


def _receipt(page: Page) -> tuple[str, str]:
    number, code = (str(tag.text).strip() for tag in page.soup.select(".receipt-code"))
    return number, code


def _behind(city: Database, number: str) -> list[Relation]:
    with city.read() as session:
        made = session.scalars(select(Case).where(Case.number == number)).one()
        rows = select(CaseReporter.relation).where(CaseReporter.case_id == made.id)
        return list(session.scalars(rows.order_by(CaseReporter.id)))


def test_nothing_is_offered_where_nothing_is_near(reader: Browser, city: Database) -> None:
    assert city
    assert OFFER not in to_check(reader).text


def test_a_near_report_is_followed_instead_of_filed_with_a_receipt_of_her_own(
    reader: Browser, app: Flask, city: Database
) -> None:
    number = _published(city)
    page = to_check(reader)
    assert OFFER in page.text
    assert "路口的桶满了" in page.text
    page = page.form("/reports/new/join").send(TOO, status=200)
    assert page.h1 == "You follow this report now"
    shown, code = _receipt(page)
    assert shown == number
    assert _behind(city, number) == [Relation.FIRST, Relation.ME_TOO]
    with city.read() as session:
        assert len(session.scalars(select(Case.id)).all()) == 1
        added = select(CaseText).where(CaseText.kind == TextKind.ADDITION)
        assert session.scalars(added).one().review is Review.PENDING
    # the draft is spent, and the code opens the report anywhere
    other = visitor(app)
    opened = other.get(f"/track?number={number}").form().fill(code=code).send(status=200)
    assert "You have reported this too" in opened.text
    assert "This is your report" not in opened.text
    assert "垃圾桶满了" not in other.get(f"/reports/{number}").text


def test_the_own_report_can_be_sent_all_the_same(reader: Browser, city: Database) -> None:
    _published(city)
    page = to_check(reader).form(button="Send the report").send("Send the report", status=200)
    assert page.h1 == "Your report was sent"
    with city.read() as session:
        assert len(session.scalars(select(Case.id)).all()) == 2


def test_anybody_joins_from_the_public_page_once_and_only_the_count_is_seen(
    reader: Browser, app: Flask, city: Database
) -> None:
    number = _published(city)
    page = reader.get(f"/reports/{number}").click(TOO, status=200)
    first, second = page.form().send_twice(TOO)
    assert _receipt(first) == _receipt(second)
    assert first.h1 == "You follow this report now"
    seen = visitor(app).get(f"/reports/{number}").text
    assert "1 more person has seen it too" in seen
    # her own page offers it no more, and another try is answered
    assert TOO not in reader.get(f"/reports/{number}").text
    again = reader.get(f"/reports/{number}/too").form().send(TOO, status=422)
    assert "already" in again.text
    # the receipt is for her browser alone
    assert visitor(app).get(first.url, status=404)
    assert _behind(city, number) == [Relation.FIRST, Relation.ME_TOO]


def test_somebody_signed_in_finds_what_she_joined_on_her_own_page(
    reader: Browser, city: Database
) -> None:
    number = _published(city)
    with city.write() as session:
        me = accounts.person(session, phone="+8613800001231")
    sign_in_as(reader, me)
    page = reader.get(f"/reports/{number}/too").form().send(TOO, status=200)
    assert any("You follow this matter now" in words for words in page.notices)
    assert number in reader.get("/me/reports").text


def test_P5_what_is_about_a_person_or_a_shop_has_no_count_and_no_button(
    reader: Browser, city: Database
) -> None:
    number = _published(city)
    reader.get(f"/reports/{number}/too").form().send(TOO, status=200)
    with city.write() as session:
        session.get_one(Category, "litter").target = Target.PERSON_OR_SHOP
    text = visitor(reader.app).get(f"/reports/{number}").text
    assert TOO not in text
    assert "seen it too" not in text


def test_the_desk_joins_two_reports_and_the_page_of_one_leads_on_to_the_other(
    reader: Browser, app: Flask, city: Database
) -> None:
    one, two = _published(city), _published(city, "同一个桶")
    with city.write() as session:
        officer = accounts.staff(session, "city_centre")
    desk = visitor(app)
    sign_in_as(desk, officer)
    page = desk.get(f"/desk/cases/{two}").click("Join with another case", status=200)
    page = page.form().fill(into=two).send("Join with another case", status=422)
    assert "this very case" in page.text
    page = page.form().fill(into=one).send("Join with another case", status=200)
    assert one in page.text
    assert two in desk.get(f"/desk/cases/{one}").text
    page = reader.get(f"/reports/{two}", status=200)
    assert f"Report {two} is about the same problem" in page.text
    assert one in page.url
    assert two not in reader.get("/reports/").text
    # nobody can make a page say so of another report
    assert "same problem" not in reader.get(f"/reports/{one}?joined={one}").text
    assert "same problem" in reader.get(f"/reports/{one}?joined={two}").text
    with city.write() as session:
        session.execute(update(CaseMerge).values(was_listed=False))
    # nor ask whether a report that was no one's to see became part of this one
    assert "same problem" not in reader.get(f"/reports/{one}?joined={two}").text
    reader.get(f"/reports/{two}", status=404)
    with city.write() as session:
        session.execute(update(CaseMerge).values(was_listed=True))
    page = desk.get(f"/desk/cases/{two}").click("Part from the other case", status=200)
    page.form().fill(reason="another_spot").send("Part from the other case", status=200)
    assert reader.get(f"/reports/{two}", status=200).url.endswith(two)


def test_a_merged_report_that_was_not_public_stays_unknown(
    reader: Browser, app: Flask, city: Database
) -> None:
    one, receipt = _published(city), filed(city)
    with city.write() as session:
        made = session.scalars(select(Case).where(Case.number == receipt.number)).one()
        into = {"number": one, "actor": reports.desk(), "now": now()}
        merge_case(session, reports.row_of(session, made), **into)
        assert session.get_one(Case, (made.district, made.id)).state is State.MERGED
    assert reader.get(f"/reports/{receipt.number}", status=404)
    hers = visitor(app)
    page = hers.get(f"/r/{receipt.token}", status=200)
    assert re.search(one, page.url)
    assert "You have reported this too" in page.text


@pytest.mark.parametrize("path", ["too", "still-there"])
def test_what_is_not_there_is_not_found(reader: Browser, city: Database, path: str) -> None:
    hidden = filed(city).number
    for number in (hidden, "7K3M9PQ2WX"):
        assert reader.get(f"/reports/{number}/{path}", status=404)
