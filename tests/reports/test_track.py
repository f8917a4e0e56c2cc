"""Finding one's own report: the right code opens, guessing ends, and no answer tells anything."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from portal.kernel.clock import now as present
from portal.kernel.db import Database
from portal.kernel.errors import Counted
from portal.kernel.ids import new_number
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseReporter
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import LinkPurpose, Relation, State
from portal.reports.rules.track import CODE_TRIES, LINKS_A_DAY, LOCKED_FOR, TrackRefusal
from portal.reports.service.links import mint_link
from portal.reports.service.track import open_by_code
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import small_tree
from tests.make.rows import case_row
from tests.pages import Browser, Page

CODE, PHONE, TOKEN = "7K3M 9QX2", "+8613800001211", "t" * 32


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


@pytest.fixture
def number(database: Database) -> str:
    """A hidden case with a receipt and a phone."""
    with database.write() as session:
        tree = small_tree(session)
        case = make.reported(session, tree["370283001001"])
        make.reporter(session, case, phone=PHONE, lookup_code=CODE, token=TOKEN)
        return case.number


def type_code(browser: Browser, number: str, code: str) -> Page:
    return browser.get("/track").form().fill(number=number, code=code).send()


def tries(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(CaseReporter.failed_tries).order_by(CaseReporter.id)))


@pytest.mark.parametrize("typed", [CODE, "7k3m9qx2", " 7K3M-9QX2 "])
def test_number_and_code_open_the_report_however_they_are_typed(
    database: Database, browser: Browser, number: str, typed: str
) -> None:
    browser.get(f"/reports/{number}", status=404)
    page = type_code(browser, number.lower().replace("-", ""), typed)
    assert (page.status, page.path) == (200, f"/reports/{number}")
    assert "This is your report" in page.text
    closed = page.form(button="Close it on this device").send()
    assert closed.path == "/track"
    browser.get(f"/reports/{number}", status=404)


def test_a_double_click_opens_the_report_as_well(browser: Browser, number: str) -> None:
    form = browser.get("/track").form().fill(number=number, code=CODE)
    first, second = form.send_twice()
    assert first.path == second.path == f"/reports/{number}"


def test_the_ticket_of_one_browser_opens_nothing_in_another(
    app: Flask, browser: Browser, number: str
) -> None:
    form = browser.get("/track").form().fill(number=number, code=CODE)
    data = {name: form.values.getlist(name) for name in form.values}
    headers = {"Referer": "http://localhost/track"}
    ticket = browser.client.post("/track", data=data, headers=headers).headers["Location"]
    other = Browser(app)
    other.get("/track")
    other.get(ticket, status=404)
    other.get("/track/opened/nonsense", status=404)
    assert browser.get(ticket).path == f"/reports/{number}"


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(
    database: Database, browser: Browser, number: str
) -> None:
    answers = []
    for typed in (number, new_number(), "nonsense"):
        page = type_code(browser, typed, "0000 0000")
        assert page.status == 422
        answers.append(page.text)
        assert page.form().values["number"] == typed
    assert len(set(answers)) == 1
    assert tries(database) == [1]


def test_a_code_is_locked_after_five_tries_and_free_again_after_a_while(
    database: Database, browser: Browser, number: str
) -> None:
    wrong = [type_code(browser, number, "0000 0000").text for _ in range(CODE_TRIES + 1)]
    assert len(set(wrong)) == 1, "the lock must not show that the number exists"
    assert type_code(browser, number, CODE).text == wrong[0]
    with travel(present() + LOCKED_FOR + timedelta(seconds=1)):
        assert type_code(browser, number, CODE).path == f"/reports/{number}"
    assert tries(database) == [0]


def test_the_right_code_wipes_the_tries_and_spends_nobody_elses(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        case = make.reported(session, tree["370283001001"])
        make.reporter(session, case, lookup_code=CODE)
        make.reporter(session, case, lookup_code="2222 2222", relation=Relation.ME_TOO)
        number = case.number
    for _ in range(CODE_TRIES + 2):
        _try(database, number, CODE, present())
    assert tries(database) == [0, 0]


def _try(database: Database, number: str, code: str, now: datetime) -> TrackRefusal | None:
    try:
        with database.write() as session:
            open_by_code(session, number, code, address=code, now=now)
    except Counted as refusal:
        return TrackRefusal(refusal.code)
    return None


def test_racing_guesses_cannot_get_past_the_limit(database: Database, number: str) -> None:
    """Twenty at once: whoever guesses right among them has spent one of five tries."""
    start = threading.Barrier(20)
    now = present()
    looked_at: list[int] = []

    def guess(at: int) -> None:
        start.wait()
        _try(database, number, f"0000 00{at:02d}", now)
        looked_at.append(at)

    threads = [threading.Thread(target=guess, args=(at,)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 20
    assert tries(database) == [CODE_TRIES]
    assert _try(database, number, CODE, now) is TrackRefusal.NO_MATCH


def test_the_link_is_sent_to_the_phone_of_the_report_only(
    database: Database, browser: Browser, number: str
) -> None:
    answers = []
    for typed_number, phone in (
        (number, "13800001211"),
        (number, "13800001299"),
        (new_number(), "13800001211"),
    ):
        page = browser.get("/track/link").form().fill(number=typed_number, phone=phone).send()
        assert page.status == 200
        answers.append(page.soup.select_one("[role=status]").get_text(strip=True))
    assert len(set(answers)) == 1
    assert len(_messages(database)) == 1


def _messages(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        statement = select(OutboxMessage).where(OutboxMessage.template == "report.link")
        return list(session.scalars(statement))


def test_the_phone_unlocks_a_locked_code(database: Database, browser: Browser, number: str) -> None:
    for _ in range(CODE_TRIES):
        type_code(browser, number, "0000 0000")
    browser.get("/track/link").form().fill(number=number, phone="13800001211").send()
    assert type_code(browser, number, CODE).path == f"/reports/{number}"


def test_links_to_one_phone_are_few_and_a_wrong_phone_gets_words(
    database: Database, browser: Browser, number: str
) -> None:
    for _ in range(LINKS_A_DAY + 2):
        browser.get("/track/link").form().fill(number=number, phone="13800001211").send()
    assert len(_messages(database)) == LINKS_A_DAY
    page = browser.get("/track/link").form().fill(number=number, phone="12345").send(status=422)
    assert "mobile number" in page.errors[0]


def test_guessing_from_one_address_is_slowed(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.reports.service.track.CODES_AN_HOUR", 4)
    form = browser.get("/track").form()
    texts = [
        form.fill(number=new_number(), code=f"0000 {at:04d}").send().errors[0] for at in range(5)
    ]
    assert "too many tries" in texts[-1]
    assert len(set(texts[:4])) == 1


def test_a_receipts_link_opens_the_report_and_a_rating_link_the_rating(
    database: Database, app: Flask, browser: Browser, number: str
) -> None:
    assert browser.get(f"/r/{TOKEN}").path == f"/reports/{number}"
    with database.write() as session:
        matter = case_row(session, number)
        reporter = reporters_of(session, matter)[0]
        link = mint_link(session, reporter, LinkPurpose.RATE, now=present())
    path = link.removeprefix("http://127.0.0.1:8000")
    assert Browser(app).get(path).path == f"/reports/{number}/rate"
    # her phone is lost: what was sent to it opens nothing, and this browser still knows her
    page = browser.get(f"/reports/{number}").form(button="Close the links").send()
    assert "The links are closed" in page.soup.select_one("[role=status]").get_text()
    assert Browser(app).get(path, status=404).h1
    assert Browser(app).get(f"/r/{TOKEN}", status=404).h1
    page = browser.get("/r/nonsense", status=404)
    assert page.click("Find my report").path == "/track"


def test_a_withdrawn_report_is_still_its_reporters(
    database: Database, browser: Browser, number: str
) -> None:
    page = browser.get(f"/r/{TOKEN}")
    page = page.click("Withdraw").form(button="Withdraw it").send()
    assert "withdrawn" in page.soup.select_one("[role=status]").get_text()
    assert "Nothing more happens" in page.text
    with database.read() as session:
        assert session.scalar(select(Case.state)) is State.WITHDRAWN


def test_a_receipt_is_forgotten_after_half_a_day(browser: Browser, number: str) -> None:
    browser.get(f"/r/{TOKEN}")
    with travel(present() + timedelta(hours=13)):
        browser.get(f"/reports/{number}", status=404)


def test_an_account_is_no_key_to_anothers_report(
    database: Database, browser: Browser, number: str
) -> None:
    with database.write() as session:
        stranger = accounts.person(session)
    accounts.sign_in_as(browser, stranger)
    for path in ("", "/urge", "/withdraw", "/photo"):
        browser.get(f"/reports/{number}{path}", status=404)
    for path in ("urge", "withdraw", "photo", "close-receipt", "close-links"):
        assert browser.post(f"/reports/{number}/{path}").status == 404
