"""The desk's lists: queues, what is late, my grid; and the smaller steps."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.queries.case import events_of
from portal.reports.rules.codes import Event, State
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.pages import Browser, Page


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def _open(browser: Browser, number: str) -> Page:
    return browser.get(f"/desk/cases/{number}", status=200)


def test_late_is_derived_from_the_clock_and_ends_with_the_work(city: City) -> None:
    number = city.case(state=State.DISPATCHED, at=clock.now() - timedelta(days=9))
    fresh = city.case(state=State.DISPATCHED)
    desk = city.browser(city.desk)
    page = desk.get("/desk/?task=late", status=200)
    assert number in page.text
    assert fresh not in page.text
    assert "1 case is overdue" in desk.get("/desk/").text
    assert "Overdue by" in _open(desk, number).text
    desk.get(f"/desk/cases/{number}/void").form().fill(reason="test").send(status=200)
    assert "Nothing waits here" in desk.get("/desk/?task=late").text


def test_a_queue_holds_what_waits_for_this_role_the_most_pressing_first(city: City) -> None:
    old = city.case(at=clock.now() - timedelta(days=3))
    new = city.case()
    elsewhere = city.case(state=State.DISPATCHED, words=None)
    text = city.browser(city.desk).get("/desk/").text
    assert text.index(old) < text.index(new)
    assert elsewhere not in text
    assert elsewhere in city.browser(city.worker).get("/desk/").text
    handled = city.case(state=State.HANDLED)
    assert handled in city.browser(city.verifier).get("/desk/").text
    assert old not in city.browser(city.verifier).get("/desk/").text


def test_a_dispatcher_is_told_why_she_cannot_verify(city: City) -> None:
    number = city.case(state=State.FILED)
    desk = city.browser(city.desk)
    form = desk.get(f"/desk/cases/{number}/dispatch").form()
    form.fill(unit=str(city.unit.id)).send(status=200)
    with city.database.write() as session:
        made = session.scalars(select(Case).where(Case.number == number)).one()
        reports.walk(session, made, (Event.HANDLE,), at=clock.now())
    page = _open(desk, number)
    assert "You dispatched this case, so somebody else has to verify it." in page.text
    assert "Close the case" not in page.text
    assert number not in desk.get("/desk/?task=verify").text


def test_my_grid_shows_its_figures_and_only_its_cases(city: City) -> None:
    number = city.case()
    city.case(state=State.CLOSED)
    with city.database.write() as session:
        other = reports.case(session, city.tree["370283002001"]).number
    lead = city.browser(city.lead)
    page = lead.get("/desk/grid", status=200)
    assert number in page.text
    assert other not in page.text
    cells = [cell.text for cell in page.soup.select("tbody tr")[0].select("td")]
    assert cells == ["1", "0", "1"]
    page = _open(lead, number).click("Give a first response")
    page.form().fill(words="马上去看").send(status=200)
    assert city.row(number).responded_at is not None
    city.browser(city.worker).get("/desk/grid", status=403)


def test_a_list_narrows_to_a_place_and_goes_on_after_a_page(city: City) -> None:
    with city.database.write() as session:
        here = [reports.case(session, city.area).number for _ in range(27)]
        north = reports.case(session, city.tree["370283001002"]).number
    desk = city.browser(city.desk)
    page = desk.get(f"/desk/?task=check&place={city.area.path}", status=200)
    first = [n for n in here if n in page.text]
    assert len(first) == 25
    page = page.click("Show more")
    rest = [n for n in here if n in page.text]
    assert sorted(first + rest) == sorted(here)
    assert north not in page.text
    assert page.click("Back to the beginning").path == "/desk/"
    for junk in ("~~", "0~1e400~zz", "x", f"0~{10**30}~{'0' * 32}"):
        assert len(desk.get(f"/desk/?after={junk}", status=200).soup.select(".queue-row")) == 25


@pytest.fixture
def statements(city: City) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            found.append(statement)

    sql_event.listen(city.database.reader, "before_cursor_execute", note)
    yield found
    sql_event.remove(city.database.reader, "before_cursor_execute", note)


def test_the_queue_costs_eight_queries_however_long_it_is(
    city: City, statements: list[str]
) -> None:
    for _ in range(3):
        city.case(state=State.DISPATCHED)
        city.case()
    desk = city.browser(city.desk)
    statements.clear()
    page = desk.get("/desk/?task=open", status=200)
    assert len(page.soup.select(".queue-row")) == 6
    signing_in = [s for s in statements if "login_session" in s]
    assert len(statements) - len(signing_in) <= 8, "\n".join(statements)


def test_a_case_changes_its_kind_on_a_page(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "lamp", name="路灯不亮")
    number = city.case()
    page = city.browser(city.desk).get(f"/desk/cases/{number}/reclassify", status=200)
    page = page.form().send(status=422)
    assert page.errors == ["The case has this kind already. Choose another."]
    page.form().fill(category="lamp").send(status=200)
    assert city.row(number).category_code == "lamp"


@pytest.mark.parametrize(
    ("step", "state", "reason"),
    [
        ("refuse", State.REPORTED, "out_of_scope"),
        ("refuse-filing", State.ACCEPTED, "not_found"),
        ("void", State.FILED, "duplicate"),
    ],
)
def test_a_refusal_needs_a_reason_and_words_for_another(
    city: City, step: str, state: State, reason: str
) -> None:
    number = city.case(state=state)
    page = city.browser(city.desk).get(f"/desk/cases/{number}/{step}", status=200)
    page = page.form().send(status=422)
    assert page.errors == ["Choose a reason."]
    page = page.form().fill(reason="other").send(status=422)
    assert page.errors == ["Write in a few words what happened."]
    page = page.form().fill(words="x" * 2001).send(status=422)
    assert page.errors == ["Please write no more than 2000 characters."]
    # what is not ours belongs to somebody, who is named
    more = {"body": "market"} if reason == "out_of_scope" else {}
    page = page.form().fill(reason=reason, words="", **more).send(status=200)
    assert page.path == f"/desk/cases/{number}"
    with city.database.read() as session:
        assert events_of(session, city.row(number))[-1].reason_code == reason


def test_a_unit_returns_what_is_not_its_own(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    page = city.browser(city.worker).get(f"/desk/cases/{number}/return", status=200)
    after = page.form().fill(reason="not_ours").send(status=200)
    # the case is no longer the unit's to see: she comes back to her own queue
    assert after.h1 == "My queue"
    row = city.row(number)
    assert (row.state, row.unit_id, row.times_returned) == (State.FILED, None, 1)


def test_an_auditor_reads_and_does_nothing(city: City) -> None:
    number = city.case(state=State.HANDLED)
    with city.database.write() as session:
        auditor = accounts.staff(session, "auditor", area=city.tree["370283"])
    browser = city.browser(auditor)
    page = browser.get("/desk/", status=200)
    assert page.h1 == "All open cases"
    page = _open(browser, number)
    assert not page.soup.select("main .desk-steps, main form")
    browser.get(f"/desk/cases/{number}/close", status=403)
    browser.get(f"/desk/cases/{number}/note", status=403)
