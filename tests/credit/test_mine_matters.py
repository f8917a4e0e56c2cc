"""A deduction on the pages of the person concerned: told, objected to, withdrawn, printed."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from credit.models import MatterStep
from credit.queries.matters import matter_by_id
from credit.queries.process import OpenNotices, open_notices, open_reviews, own_matter
from credit.rules.guard import Route
from credit.rules.process import MatterEvent, MatterState
from credit.service.process import confirm, decide, object_to, withdraw_objection
from portal.accounts.models import Person
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.site.dates import day, moment
from tests.make.accounts import sign_in_as
from tests.make.calendars import know_next_year
from tests.make.credit import adult
from tests.make.photos import jpeg
from tests.make.process import NO_PHOTOS, World, announced, waiting, world
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACT = "在路边丢下一袋垃圾"


@pytest.fixture
def made(database: Database) -> World:
    with database.write() as session:
        know_next_year(session)
    return world(database)


@pytest.fixture
def matter(made: World) -> UUID:
    return announced(made, now=now() - HOUR)


@pytest.fixture
def subject(app: Flask, made: World) -> Browser:
    browser = Browser(app)
    sign_in_as(browser, made.subject)
    return browser.in_language("en")


def path(made: World, matter: UUID) -> str:
    return f"/credit/matters/{made.row(matter).number}"


def test_L7_a_notice_tells_reason_rule_basis_amount_and_deadline(
    made: World, matter: UUID, subject: Browser
) -> None:
    page = subject.get("/credit/", status=200)
    assert "Deductions of 3 are announced and count nothing yet." in page.text
    page = page.click("Deductions of 3 are announced", status=200)
    page = page.click("乱扔垃圾", status=200)
    for words in (
        ACT, "东阁街道", "−3", "乱扔垃圾, version 1", "自律规范第九条", "平度市城市管理条例",
        "You can object until", "Announced, not in effect", "Confirmed by",
        "Evidence needed", "照片", "No photo was handed in; you can ask the desk what it rests on.",
    ):  # fmt: skip
        assert words in page.text, words
    printed = page.click("Print this", status=200)
    assert ACT in printed.text


@pytest.mark.parametrize("route", [Route.ORDINARY, Route.OUTSIDE])
def test_N1_who_confirmed_does_not_tell_which_way_the_guard_sent_it(
    app: Flask, made: World, subject: Browser, route: Route
) -> None:
    made.route = route
    matter_id = waiting(made, now=now() - 4 * HOUR)
    by = made.centre if route is Route.ORDINARY else made.reviewer
    at = now() - HOUR
    made.do(confirm, matter_id, no_interest=True, actor=by, gates=made.gates, now=at)
    with made.database.write() as session:
        step = select(MatterStep).where(MatterStep.event == MatterEvent.CONFIRM)
        found = session.scalars(step).one()
        assert found.office is None
        # a row of an older release names it
        found.office = "city_centre" if route is Route.ORDINARY else "credit_reviewer"
    with made.database.read() as session:
        reader = session.get_one(Person, by.person_id)
    desk = Browser(app)
    sign_in_as(desk, reader)
    desk.in_language("en")
    letter = f"/desk/deductions/{made.row(matter_id).number}/letter"
    for page in (subject.get(path(made, matter_id)), desk.get(letter)):
        rows = {
            row.dt.get_text(strip=True): row.dd.get_text(strip=True)
            for row in page.soup.select(".summary-row")
            if row.dt and row.dd
        }
        assert rows["Confirmed by"] == "Somebody from outside that unit"


def test_an_entry_leads_to_its_notice(made: World, matter: UUID, subject: Browser) -> None:
    page = subject.get("/credit/", status=200)
    until = made.row(matter).object_until
    assert until is not None
    assert "Object: say why it is wrong" in page.text
    # how long the ledger would wait for its end is no day of hers
    (standing,) = page.soup.select(".ledger-state")
    assert "until" not in standing.get_text()
    assert page.click("Object: say why it is wrong", status=200).path == path(made, matter)


def test_L8_an_objection_is_kept_on_an_error_and_marks_it_as_disputed(
    made: World, matter: UUID, subject: Browser
) -> None:
    form = subject.get(f"{path(made, matter)}/object", status=200).form()
    page = form.attach("photos", jpeg()).send(status=422)
    assert page.errors == ["Please write what you have to say."]
    assert page.soup.select("input[name=photos-kept]")
    page = page.form().fill(statement="那天我不在家").send(status=200)
    assert "shown as disputed" in page.notices[0]
    assert "Disputed, not in effect" in page.text
    assert "那天我不在家" in page.text
    assert "It will be answered by" in page.text
    pictures = page.soup.select("img[src*='/photos/']")
    assert len(pictures) == 1
    assert subject.get(str(pictures[0]["src"]), status=200).response.mimetype == "image/jpeg"
    assert "Disputed" in subject.get("/credit/", status=200).text
    (told,) = [
        one
        for one in json.loads(subject.get("/credit/ledger.json").response.data)["entries"]
        if one["matter"]
    ]
    assert told["disputed"] is True
    assert made.row(matter).state is MatterState.DISPUTED


def test_an_objection_is_withdrawn_and_a_statement_stands_beside(
    made: World, matter: UUID, subject: Browser
) -> None:
    page = subject.get(f"{path(made, matter)}/object").form().fill(statement="不对").send()
    page = page.click("Take my objection back", status=200).form().send(status=200)
    assert "Your objection is taken back." in page.notices[0]
    assert "Announced, not in effect" in page.text
    page = page.click("Add a statement", status=200)
    assert page.form().send(status=422).errors
    page = page.form().fill(statement="我已道歉").send(status=200)
    assert "我已道歉" in page.text


def test_L9_after_an_answer_the_next_review_can_be_asked_for(
    made: World, matter: UUID, subject: Browser
) -> None:
    subject.get(f"{path(made, matter)}/object").form().fill(statement="不对").send()
    made.do(
        decide, matter, granted=False, reason="照片清楚", no_interest=True,
        actor=made.reviewer, now=now(),
    )  # fmt: skip
    page = subject.get(path(made, matter), status=200)
    assert "照片清楚" in page.text
    assert "The deduction stands" in page.text
    page = page.click("Ask for a review", status=200)
    assert page.h1.startswith("Ask for a review of")
    page = page.form().fill(statement="请再看").send(status=200)
    assert "请再看" in page.text
    assert made.row(matter).state is MatterState.DISPUTED


def test_L9_ones_own_page_says_until_when_an_answer_can_be_reviewed(
    app: Flask, made: World, matter: UUID, subject: Browser
) -> None:
    subject.get(f"{path(made, matter)}/object").form().fill(statement="不对").send()
    assert "can be reviewed" not in subject.get("/me").text
    made.do(
        decide, matter, granted=False, reason="照片清楚", no_interest=True,
        actor=made.reviewer, now=now(),
    )  # fmt: skip
    with made.database.read() as session:
        own = own_matter(session, made.subject.id, matter, now())
        reviews = open_reviews(session, made.subject.id, now())
        assert own is not None
        assert own.ask_until is not None
        assert own.can_ask_review
        assert reviews == OpenNotices(1, own.ask_until)
        # on its last moment it is still told, and after it neither the page nor the news offers it
        assert open_reviews(session, made.subject.id, own.ask_until) == reviews
        over = own.ask_until + timedelta(seconds=1)
        assert open_reviews(session, made.subject.id, over) is None
    with app.test_request_context("/?lang=en"):
        until = moment(own.ask_until)
    words = f"1 answer to your objection can be reviewed until {until}"
    page = subject.get("/me").click(words, status=200)
    assert f"you can ask for it until {until}" in page.text
    page = subject.get(path(made, matter), status=200)
    assert f"You can ask for it until {until}." in page.text
    page = page.click("Ask for a review", status=200)
    page.form().fill(statement="请再看").send(status=200)
    assert "can be reviewed" not in subject.get("/me").text


def test_nobody_else_reads_it(app: Flask, made: World, matter: UUID, database: Database) -> None:
    with database.write() as session:
        other = adult(session)
    stranger = Browser(app)
    sign_in_as(stranger, other)
    for more in ("", "/object", "/statement", "/withdraw", "/print", "/photos/x"):
        stranger.get(path(made, matter) + more, status=404)
        assert "sign-in" in Browser(app).get(path(made, matter) + more).path
    stranger.get("/credit/matters/nonsense", status=404)
    assert "没有" in stranger.get("/credit/matters/", status=200).text


def test_L14_what_was_announced_is_in_the_download_and_goes_with_the_ledger(
    made: World, matter: UUID, subject: Browser, database: Database
) -> None:
    found = json.loads(subject.get("/credit/ledger.json", status=200).response.data)
    assert [one["details"]["act"] for one in found["entries"]] == [ACT]
    subject.get("/credit/erase").form(button="Erase my points").fill(sure=True).send(status=200)
    subject.get(path(made, matter), status=404)
    with database.read() as session:
        row = matter_by_id(session, matter)
        assert row is not None
        assert row.subject_person_id is None
        assert row.stands(now()) is MatterState.VOIDED


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_pages_stand_in_every_language(
    made: World, matter: UUID, subject: Browser, language: str
) -> None:
    subject.in_language(language)
    for more in ("", "/object", "/statement", "/print"):
        subject.get(path(made, matter) + more, status=200)
    subject.get("/credit/matters/", status=200)
    subject.get(f"{path(made, matter)}/object").form().fill(statement="不对").send(status=200)
    subject.get(f"{path(made, matter)}/withdraw", status=200)


def test_L7_ones_own_page_says_what_can_be_objected_to_and_until_when(
    app: Flask, made: World, matter: UUID, subject: Browser, database: Database
) -> None:
    later = announced(made, now=now())
    first = made.row(matter).object_until
    assert first is not None
    page = subject.get("/me", status=200)
    (told,) = [link for link in page.soup.select("a") if "about you" in link.get_text()]
    with app.test_request_context("/?lang=en"):
        said = moment(first)
    words = f"2 matters about you wait, the first until {said}: you can object"
    assert told.get_text() == words
    page = page.click(words, status=200)
    assert page.path == "/credit/matters/"
    assert page.text.count("You can object until") == 2
    # what was objected to waits for others; what was answered too
    subject.get(f"{path(made, matter)}/object").form().fill(statement="不对").send(status=200)
    assert "1 matter about you waits until" in subject.get("/me").text
    subject.get(f"{path(made, later)}/object").form().fill(statement="不对").send(status=200)
    assert "about you" not in subject.get("/me").text
    made.do(
        decide, later, granted=False, reason="照片清楚", no_interest=True,
        actor=made.reviewer, now=now(),
    )  # fmt: skip
    assert made.row(later).state is MatterState.ANNOUNCED
    assert "about you" not in subject.get("/me").text
    with database.write() as session:
        other = adult(session)
    stranger = Browser(app)
    sign_in_as(stranger, other)
    assert "about you" not in stranger.in_language("en").get("/me", status=200).text


def test_open_notices_are_those_that_her_own_list_lets_her_object_to(
    made: World, matter: UUID
) -> None:
    """Whatever became of a notice, the count and the page of it say the same."""
    until = made.row(matter).object_until
    who = made.subject.id
    assert until is not None

    def waits(at: datetime) -> bool:
        with made.database.read() as session:
            found, own = open_notices(session, who, at), own_matter(session, who, matter, at)
        assert own is not None
        open_now = own.can_object and own.state is MatterState.ANNOUNCED and at < until
        assert (found == OpenNotices(1, until)) is open_now
        assert (found is None) is not open_now
        return open_now

    at = now()
    assert waits(at)
    assert waits(until - timedelta(seconds=1))
    assert not waits(until)
    for again in (True, False):  # it can be taken back and raised once more, not twice
        made.do(
            object_to, person_id=who, matter_id=matter, statement="不对", files=NO_PHOTOS, now=at
        )
        assert not waits(at)
        made.do(withdraw_objection, person_id=who, matter_id=matter, now=at)
        assert waits(at) is again


def test_L8_what_is_in_effect_offers_to_object_and_to_repair_and_says_until_when(
    app: Flask, made: World, subject: Browser
) -> None:
    """In the ledger, where she reads the entry: the page of the matter offers the same."""
    matter = announced(made, now=now() - 16 * DAY)
    made.run(now())
    row = made.row(matter)
    assert row.state is MatterState.IN_EFFECT
    assert row.expires_at is not None
    with app.test_request_context("/?lang=en"):
        until = day(row.expires_at)
    page = subject.get("/credit/", status=200)
    (told,) = page.soup.select(".ledger-do")
    said = f"Object, or put it right by a service · until {until}"
    assert " ".join(told.get_text().split()) == said
    page = page.click("Object, or put it right by a service", status=200)
    assert page.path == path(made, matter)
    assert "You can repair it by a service" in page.text
    page = page.click("Object", status=200).form().fill(statement="不对").send(status=200)
    assert made.row(matter).state is MatterState.CONTESTED
    # she has objected: what is left in the ledger is to repair it
    (told,) = subject.get("/credit/", status=200).soup.select(".ledger-do")
    said = f"Put it right by a service · until {until}"
    assert " ".join(told.get_text().split()) == said


def test_a_notice_that_was_objected_to_leads_to_what_became_of_it(
    made: World, matter: UUID, subject: Browser
) -> None:
    subject.get(f"{path(made, matter)}/object").form().fill(statement="不对").send(status=200)
    page = subject.get("/credit/", status=200)
    assert "Object: say why it is wrong" not in page.text
    assert page.click("See what became of your objection", status=200).path == path(made, matter)
    subject.get(f"{path(made, matter)}/withdraw").form().send(status=200)
    assert "Object: say why it is wrong" in subject.get("/credit/", status=200).text


def test_open_notices_are_found_by_index_in_one_query(made: World, matter: UUID) -> None:
    with made.database.read() as session, counted(made.database) as sent:
        assert open_notices(session, made.subject.id, now()) is not None
    (statement,) = sent
    with made.database.read() as session:
        if made.database.is_sqlite:
            explain = "EXPLAIN QUERY PLAN "
        else:
            explain = "EXPLAIN "
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(map(str, explained(session, explain, made.subject.id)))
    assert "ix_credit_matter_subject_person_id" in plan, statement


def test_ones_own_page_sends_the_same_queries_however_much_waits(
    made: World, subject: Browser
) -> None:
    def sent() -> int:
        with counted(made.database) as statements:
            subject.get("/me", status=200)
        return len(statements)

    subject.get("/me")
    none = sent()
    for _ in range(3):
        announced(made, now=now())
    # nothing is followed: the second query about that is not sent; one asks for news of shifts,
    # one for the next shift of the coming day, and one for letters to be signed anew
    assert none == sent() == 9


def explained(session: Session, explain: str, who: UUID) -> list[Any]:
    """The plan of the query that ``open_notices`` sends."""
    rows: list[Any] = []

    def ask(connection: Any, cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if not statement.startswith("EXPLAIN"):
            cursor.execute(explain + statement, given)
            rows.extend(cursor.fetchall())

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", ask)
    open_notices(session, who, now())
    event.remove(connection, "before_cursor_execute", ask)
    return rows
