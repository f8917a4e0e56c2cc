"""One case at the desk: each step as a page, who sees what, and the look at a reporter."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.reports.models import Case, CaseText
from portal.reports.queries.case import texts_of
from portal.reports.rules.codes import Event, Review, State, Target
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.photos import jpeg
from tests.pages import Browser, Page

PHONE = "+8619900001266"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def _open(browser: Browser, number: str) -> Page:
    return browser.get(f"/desk/cases/{number}", status=200)


def test_a_report_goes_round_the_loop_in_four_pairs_of_hands(city: City) -> None:
    number = city.case(phone=PHONE)
    desk, worker = city.browser(city.desk), city.browser(city.worker)
    queue = desk.get("/desk/", status=200)
    assert number in queue.text
    page = queue.click("Exposed litter").form(button="Accept").send("Accept", status=200)
    assert "Accepted. The reporter is told." in page.soup.text
    page = page.click("Dispatch to a unit")
    assert "市政中心" not in page.text
    page = page.form().fill(unit=str(city.unit.id), words="快一点").send("Dispatch", status=200)
    assert number in worker.get("/desk/", status=200).text
    page = _open(worker, number)
    assert "快一点" in page.text
    page = page.click("Report the work as done")
    form = page.form().fill(words="清走了,电话13800001234").attach("photos", jpeg())
    form.send("Report the work as done", status=200)
    assert city.row(number).state is State.HANDLED
    checker = city.browser(city.verifier)
    assert number in checker.get("/desk/", status=200).text
    page = _open(checker, number)
    assert page.soup.select('img[src*="/desk/photos/"]')
    form = page.click("Close the case").form().fill(means="management")
    form.send("Close the case", status=200)
    row = city.row(number)
    assert (row.state, row.verifier_id) == (State.CLOSED, city.verifier.id)
    assert city.events(number) == [
        Event.REPORT,
        Event.ACCEPT,
        Event.FILE,
        Event.DISPATCH,
        Event.HANDLE,
        Event.CLOSE,
    ]


def test_handling_without_a_photo_keeps_what_was_written(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    page = city.browser(city.worker).get(f"/desk/cases/{number}/handle", status=200)
    page = page.form().fill(words="清走了").send("Report the work as done", status=422)
    assert page.errors == ["Add a photo that shows the result."]
    assert page.form().values["words"].strip() == "清走了"
    page.form().attach("photos", jpeg()).send("Report the work as done", status=200)
    assert city.row(number).state is State.HANDLED


def test_the_loser_of_a_race_gets_409_keeps_her_words_and_can_go_on(city: City) -> None:
    number = city.case(state=State.FILED)
    first, second = city.browser(city.desk), city.browser(city.centre)
    page = second.get(f"/desk/cases/{number}/void", status=200)
    away = first.get(f"/desk/cases/{number}/dispatch", status=200).form()
    away.fill(unit=str(city.unit.id)).send(status=200)
    page = page.form().fill(reason="other", words="看错了").send(status=409)
    assert "Somebody else has just changed this case" in page.errors[0]
    assert page.form().values["words"].strip() == "看错了"
    assert city.row(number).state is State.DISPATCHED
    # she has seen what happened, and still means it
    page.form().send(status=200)
    assert city.row(number).state is State.VOID


def test_a_double_click_takes_one_step(city: City) -> None:
    number = city.case()
    form = _open(city.browser(city.desk), number).form(button="Accept")
    form.send("Accept", status=200)
    form.send("Accept", status=200)
    assert city.events(number) == [Event.REPORT, Event.ACCEPT]


def test_a_step_that_no_longer_fits_leads_back_to_the_case(city: City) -> None:
    number = city.case(state=State.CLOSED)
    page = city.browser(city.desk).get(f"/desk/cases/{number}/refuse", status=200)
    assert page.path == f"/desk/cases/{number}"


@pytest.mark.parametrize("who", ["worker", "stranger", "resident"])
def test_what_is_not_hers_does_not_exist_for_her(city: City, who: str) -> None:
    number = city.case(state=State.FILED)
    with city.database.write() as session:
        person = {
            "worker": city.worker,
            "stranger": accounts.staff(session, "street_desk", area=city.tree["370283002"]),
            "resident": accounts.person(session),
        }[who]
    browser = city.browser(person)
    status = 403 if who == "resident" else 404
    browser.get(f"/desk/cases/{number}", status=status)
    browser.get(f"/desk/cases/{number}/dispatch", status=404 if who == "stranger" else 403)
    assert number not in browser.get("/desk/").text


def test_a_number_that_cannot_be_one_is_no_page(city: City) -> None:
    browser = city.browser(city.desk)
    for wrong in ("x", "7K3M9-QX2HD", "%00", "9" * 300):
        browser.get(f"/desk/cases/{wrong}", status=404)
    page = browser.get("/desk/?number=7777")
    assert "There is no case with this number" in page.text


def test_a_case_can_be_found_by_its_number_as_people_type_it(city: City) -> None:
    number = city.case()
    typed = number.lower().replace("-", " ")
    assert city.browser(city.desk).get(f"/desk/?number={typed}").path.endswith(number)


def test_the_unit_sees_what_came_back_alike_for_every_cause(city: City) -> None:
    pages = []
    for last in (State.REWORK, State.REOPENED):
        number = city.case(state=last)
        with city.database.read() as session:
            assert texts_of(session, city.row(number))
        page = _open(city.browser(city.worker), number)
        assert "Sent back: the work is not done yet" in page.text
        assert "The work is not done." not in page.text
        assert "reporter" not in page.text.split("History")[1]
        pages.append(page)
    titles = [p.soup.select(".timeline-title")[0].text for p in pages]
    assert titles[0] == titles[1]
    desk = _open(city.browser(city.desk), number)
    assert "Opened again by those who reported it" in desk.text


def test_a_unit_reads_no_name_no_number_and_no_note_of_the_desk(city: City) -> None:
    number = city.case(state=State.DISPATCHED, phone=PHONE, words="我是19900001266", sealed=True)
    desk = city.browser(city.desk)
    page = desk.get(f"/desk/cases/{number}/note", status=200)
    page.form().fill(words="报料人是张三").send(status=200)
    assert "报料人是张三" in _open(desk, number).text
    page = _open(city.browser(city.worker), number)
    for secret in ("张三", "19900001266", "窗口", "Who reported it"):
        assert secret not in page.html
    page = page.click("Write a note")
    page.form().fill(words="明天去").send(status=200)
    assert "明天去" in _open(desk, number).text


@pytest.mark.parametrize("sealed", [True, False])
def test_of_a_report_under_seal_a_unit_reads_what_the_check_left(city: City, sealed: bool) -> None:
    words = "垃圾堆了三天，我是王五，住二号楼"
    number = city.case(state=State.DISPATCHED, phone=PHONE, words=words, sealed=sealed)
    with city.database.write() as session:
        row = session.scalars(select(CaseText).where(CaseText.text == words)).one()
        row.public_text, row.review = "垃圾堆了三天，█████", Review.APPROVED
    page = _open(city.browser(city.worker), number)
    assert "垃圾堆了三天" in page.text
    assert ("王五" in page.text) is not sealed
    assert "王五" in _open(city.browser(city.desk), number).text


def test_a_look_at_the_reporter_asks_why_is_logged_and_ends(city: City) -> None:
    with city.database.write() as session:
        reporter = accounts.person(session, "赵六", PHONE)
    number = city.case(reporter=reporter)
    centre = city.browser(city.centre)
    page = _open(centre, number)
    assert "赵六" not in page.html
    page = page.click("See who reported it")
    page = page.form().send(status=422)
    assert page.errors == ["Write in a few words what happened."]
    page = page.form().fill(words="回访").send(status=200)
    assert "赵六" in page.text
    assert PHONE in page.text
    with city.database.read() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "identity:look")
        ).one()
    assert (entry.actor_id, entry.person_id) == (city.centre.id, reporter.id)
    assert (entry.subject, entry.reason) == (f"case:{number}", "回访")
    with city.database.write() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "identity:look")
        ).one()
        entry.at = clock.now() - timedelta(minutes=10)
    assert "赵六" not in _open(centre, number).html
    city.browser(city.desk).get(f"/desk/cases/{number}/identity", status=403)


def test_words_and_photos_are_checked_on_one_page(city: City) -> None:
    number = city.case(words="张三的垃圾")
    with city.database.write() as session:
        made = session.scalars(select(Case)).one()
        photo = reports.photo(session, made)
        words = texts_of(session, city.row(number))[0]
    desk = city.browser(city.desk)
    page = desk.get("/desk/?task=moderate", status=200)
    assert number in page.text
    page = desk.get(f"/desk/cases/{number}/moderate", status=200)
    page = page.form().send(status=422)
    assert page.errors == ["Decide at least one thing."]
    text_field, photo_field = f"text_{words.id.hex}", f"photo_{photo.id.hex}"
    form = page.form().fill(**{text_field: "show", f"public_{words.id.hex}": "李四的垃圾"})
    page = form.send(status=422)
    assert page.errors == ["You may leave words out, but not add or change any."]
    form = page.form().fill(**{f"public_{words.id.hex}": "的垃圾", photo_field: "keep"})
    page = form.send(status=422)
    assert page.errors == ["Choose a reason."]
    page.form().fill(reason="faces_or_plates").send(status=200)
    with city.database.read() as session:
        text = texts_of(session, city.row(number))[0]
    assert (text.review, text.public_text) == (Review.APPROVED, "的垃圾")
    assert number not in desk.get("/desk/?task=moderate").text
    page = _open(desk, number)
    assert "Faces or number plates can be seen" in page.text


def test_p5_nothing_about_a_shop_is_offered_for_publication(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
    number = city.case(category_code="noise", words="烧烤店太吵")
    desk = city.browser(city.desk)
    assert number not in desk.get("/desk/?task=moderate").text
    page = _open(desk, number)
    assert "never public" in page.text
    assert "Check for the public page" not in page.text


def test_staffs_photos_are_for_those_who_may_see_the_case(city: City) -> None:
    number = city.case()
    with city.database.write() as session:
        key = city.database.info["instance"].blobs.put(jpeg(), "jpg")
        code = reports.photo(session, session.scalars(select(Case)).one(), blob_key=key).code
        stranger = accounts.staff(session, "street_desk", area=city.tree["370283002"])
    page = city.browser(city.desk).get(f"/desk/photos/{code}", status=200)
    assert page.response.mimetype == "image/jpeg"
    assert page.response.headers["Cache-Control"] == "private, no-store"
    city.browser(stranger).get(f"/desk/photos/{code}", status=404)
    city.browser(city.worker).get(f"/desk/photos/{code}", status=404)
    city.browser(city.desk).get("/desk/photos/nothing", status=404)
    assert number
