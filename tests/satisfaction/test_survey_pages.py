"""The pages of surveys: built at the desk, answered by residents, told when they are over."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import Person
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.satisfaction.service.answering import type_sheet
from tests.make import surveys as make
from tests.make.accounts import a_phone, actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.surveys import ANSWERED, WORDS
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

STREET = "370283001"


class Town:
    """A street with a desk and a resident."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app = app
        with database.write() as session:
            self.tree = small_tree(session)
            self.desk = staff(session, "street_desk", area=self.tree[STREET])
            self.resident = person(session, phone=a_phone())
            self.street = actor(session, self.desk)

    def browser(self, who: Person | None = None) -> Browser:
        browser = Browser(self.app)
        if who is not None:
            sign_in_as(browser.client, who)
        return browser


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return Town(app, database)


def test_a_survey_is_built_previewed_started_and_copied(town: Town, database: Database) -> None:
    with database.read() as session:
        first = make.today(session)
    desk = town.browser(town.desk)
    form = desk.get("/desk/surveys/new").form()
    good = {
        "title_zh_hans": "窗口服务满意度", "opens_on": first.isoformat(), "sheets": "3",
        "closes_on": (first - timedelta(days=1)).isoformat(), "place": STREET,
        "notice_zh_hans": "用于改进服务。",
    }  # fmt: skip
    page = form.fill(**good).send(status=422)
    assert "用于改进服务。" in str(page.form().values)
    last = (first + timedelta(days=7)).isoformat()
    page = page.form().fill(closes_on=last).send()
    number = page.url.rpartition("/")[2]
    assert desk.get(f"/surveys/{number}", status=404)
    ask = desk.get(f"/desk/surveys/{number}/question")
    typed = {"kind": "one", "words_zh_hans": "最该改进什么？", "options_zh_hans": "停车"}
    page = ask.form().fill(**typed).send(status=422)
    page.form().fill(options_zh_hans="停车\n绿化").send()
    again = desk.get(f"/desk/surveys/{number}/question")
    again.form().fill(kind="satisfaction", words_zh_hans="总体是否满意？").send()
    page = desk.get(f"/desk/surveys/{number}")
    assert "停车" in page.text
    page.form(f"/desk/surveys/{number}/start").send()
    sheets = desk.get(f"/desk/surveys/{number}/sheets")
    assert "最该改进什么？" in sheets.text
    page = desk.get(f"/desk/surveys/{number}").form(f"/desk/surveys/{number}/copy").send()
    assert number not in page.url


def test_an_answer_by_link_is_one_and_loses_nothing_typed(town: Town, database: Database) -> None:
    with database.write() as session:
        number = make.a_survey(session, town.tree[STREET]).number
    resident = town.browser(town.resident)
    assert "/answer" in str(town.browser().get(f"/surveys/{number}").links())
    form = resident.get(f"/surveys/{number}/answer").form()
    page = form.fill(q5=WORDS).send(status=422)
    assert WORDS in str(page.form().values)
    first, second = page.form().fill(q1="2").send_twice()
    assert first.url == second.url
    assert resident.get(f"/surveys/{number}/answer").text.count("每人只能填一次") == 1


def test_results_are_told_when_a_survey_is_over(town: Town, database: Database) -> None:
    with database.write() as session:
        survey = make.a_survey(session, town.tree[STREET])
        for sheet in range(1, 13):
            type_sheet(session, town.street, survey.number, sheet, ANSWERED, now=now())
        number = survey.number
    guest = town.browser()
    guest.get(f"/surveys/{number}/results.csv", status=404)
    with database.write() as session:
        make.end(session, number)
    page = guest.get(f"/surveys/{number}")
    assert WORDS not in page.text
    assert "约10" in page.text
    table = guest.get(f"/surveys/{number}/results.csv").html
    assert "第2个问题,1,清洁,10,10" in table
    assert "第1个问题" not in table
    assert WORDS in town.browser(town.desk).get(f"/desk/surveys/{number}").text


def test_a_sheet_typed_twice_is_refused_with_everything_typed(
    town: Town, database: Database
) -> None:
    with database.write() as session:
        number = make.a_survey(session, town.tree[STREET]).number
    desk = town.browser(town.desk)
    for status in (None, 409):
        form = desk.get(f"/desk/surveys/{number}/paper").form()
        page = form.fill(sheet="4", q1="1", q5=WORDS).send(status=status)
    assert WORDS in str(page.form().values)


def test_whoever_agreed_may_take_it_back(town: Town) -> None:
    me = town.browser(town.resident)
    for wanted in ("yes", "no"):
        page = me.get("/me/surveys").form().fill(wanted=wanted).send()
        assert page.form().values["wanted"] == wanted


def test_lists_of_surveys_send_a_fixed_number_of_queries(town: Town, database: Database) -> None:
    desk, found = town.browser(town.desk), list[list[int]]()
    for many in (1, 5):
        with database.write() as session:
            for place in (STREET, f"{STREET}001"):
                for _ in range(many):
                    make.a_survey(session, town.tree[place])
        found.append([])
        for page in ("/surveys/", "/desk/surveys/"):
            desk.get(page)
            with counted(database) as statements:
                desk.get(page, status=200)
            found[-1].append(len(statements))
    assert found[0] == found[1]
    assert max(found[1]) <= 10
