"""The report flow as pages: one thing a page, no script, nothing typed ever lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.kernel.db import Database
from portal.kernel.uploads import Upload
from portal.reports.models import CasePhoto, CaseReporter, CaseText, Draft
from portal.reports.rules.codes import TextKind
from tests.make import accounts
from tests.make.intake import (
    IN_COMMUNITY,
    at_contact,
    at_details,
    cases,
    thumbnails,
    to_check,
    to_place,
    visitor,
)
from tests.make.photos import exif, jpeg
from tests.pages import Browser

FLOW = (
    "/reports/new", "/reports/new/place", "/reports/new/place/list", "/reports/new/place/map",
    "/reports/new/place/point", "/reports/new/what", "/reports/new/details",
    "/reports/new/contact", "/reports/new/check", "/reports/new/paper", "/reports/categories",
)  # fmt: skip


def test_a_passer_by_reports_with_a_photo_and_gets_a_receipt(
    reader: Browser, city: Database
) -> None:
    page = to_check(reader, jpeg(exif=exif(place=IN_COMMUNITY)))
    for words in ("Rubbish not cleared", "东阁街道001社区", "垃圾桶满了", "北门", "anonymous"):
        assert words in page.text
    assert len(thumbnails(page)) == 1

    page = page.form().send("Send the report", status=200)

    (case,) = cases(city)
    assert page.h1 == "Your report was sent"
    assert case.number in page.text
    assert case.promised_at is not None
    assert page.soup.select_one(".receipt-qr svg")
    with city.read() as session:
        assert session.scalar(select(func.count()).select_from(CasePhoto)) == 1
        assert session.scalar(select(func.count()).select_from(Upload)) == 0
    assert reader.get(f"/reports/{case.number}", status=200).h1


def test_the_receipt_opens_in_this_browser_only_and_the_code_works(
    reader: Browser, app: Flask
) -> None:
    page = to_check(reader).form().send("Send the report", status=200)
    number, code = (str(tag.text).strip() for tag in page.soup.select(".receipt-code"))
    assert code in reader.get("/reports/new/done", status=200).text

    stranger = visitor(app)
    assert stranger.get("/reports/new/done").h1 == "Report a problem"
    form = stranger.get("/track", status=200).form()
    page = form.fill(number=number, code=code.lower()).send("Open the report", status=200)
    assert number in page.text


def test_a_signed_in_person_reports_with_her_account(reader: Browser, city: Database) -> None:
    page = at_contact(reader)
    assert "/sign-in?next=/reports/new/contact" in " ".join(page.links())
    with city.write() as session:
        person = accounts.person(session)
    accounts.sign_in_as(reader, person)

    page = reader.get("/reports/new/contact", status=200)
    assert page.form().values["contact"] == "account"
    page = page.form().fill(publish="show").send("Continue", status=200)
    assert "垃圾" in page.text
    page.form().send("Send the report", status=200)

    (case,) = cases(city)
    assert case.listed is True
    with city.read() as session:
        row = session.scalars(select(CaseReporter)).one()
        assert (row.person_id, row.verified) == (person.id, True)


def test_a_double_click_makes_one_report_and_both_see_it(reader: Browser, city: Database) -> None:
    first, second = to_check(reader).form().send_twice("Send the report")

    (case,) = cases(city)
    assert (first.status, second.status) == (200, 200)
    assert case.number in first.text
    assert case.number in second.text


def test_two_presses_at_the_same_moment_make_one_report(
    reader: Browser, app: Flask, city: Database
) -> None:
    form = to_check(reader).form()
    cookies = {name: reader.cookie(name) for name in ("session", "lang")}
    draft = reader.client.get_cookie("draft", path="/reports/new")
    assert draft is not None
    start = Barrier(2)

    def press(_: int) -> int:
        client = app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value or "")
        client.set_cookie("draft", draft.value, path="/reports/new")
        start.wait()
        return client.post("/reports/new/check", data=dict(form.values)).status_code

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(press, range(2))) == [303, 303]
    assert len(cases(city)) == 1


def test_of_two_windows_the_slower_keeps_what_was_typed_and_may_go_on(
    reader: Browser, city: Database
) -> None:
    first = at_details(reader)
    second = reader.get("/reports/new/details", status=200)
    first.form().fill(words="from the first window").send(status=200)

    page = second.form().fill(words="from the second window").send(status=409)

    assert "changed in another window" in page.errors[0]
    assert page.form().values["words"].strip() == "from the second window"
    page = page.form().send(status=200)
    assert reader.get("/reports/new/details").form().values["words"].strip() == (
        "from the second window"
    )


def test_a_second_window_cannot_send_the_report_again(reader: Browser, city: Database) -> None:
    page = to_check(reader)
    other = reader.get("/reports/new/check", status=200)
    draft = reader.client.get_cookie("draft", path="/reports/new")
    page.form().send("Send the report", status=200)
    assert draft is not None
    reader.client.set_cookie("draft", draft.value, path="/reports/new")

    page = other.form().send("Send the report", status=409)

    assert "already been sent" in page.errors[0]
    assert len(cases(city)) == 1


def test_a_stale_form_loses_nothing(reader: Browser) -> None:
    form = at_details(reader).form().fill(words="lange getippt", place_words="北门")
    form.values["csrf_token"] = "old"

    page = form.send(status=422)

    assert "open for too long" in page.errors[0]
    assert page.form().values["words"].strip() == "lange getippt"
    assert page.form().send(status=200).h1 == "You and your report"


def test_a_page_left_open_until_its_draft_was_forgotten_still_goes_on(
    reader: Browser, city: Database
) -> None:
    form = at_details(reader).form().fill(words="a month later")
    with city.write() as session:
        for draft in session.scalars(select(Draft)):
            session.delete(draft)

    page = form.send(status=200)

    assert page.h1 in {"Where is it?", "You and your report"}
    assert reader.get("/reports/new/details").form().values["words"].strip() == "a month later"


def test_what_is_missing_is_named_on_the_last_page_with_its_way_back(reader: Browser) -> None:
    to_place(reader)

    page = reader.get("/reports/new/check", status=200)
    assert "Something is still missing" in page.text
    page = page.form().send("Send the report", status=422)

    assert page.errors == ["Say where it is."]
    assert "/reports/new/place" in page.links()


def test_beginning_again_forgets_the_draft(reader: Browser, city: Database) -> None:
    at_details(reader).form().fill(words="forget me").send(status=200)
    page = reader.get("/reports/new", status=200)
    assert "You have begun a report" in page.text

    page = page.form(button="Begin again").send("Begin again", status=200)

    assert "You have begun" not in page.text
    assert reader.get("/reports/new/details").h1 == "Report a problem"


def test_a_later_page_without_a_draft_leads_to_the_first(reader: Browser) -> None:
    for path in FLOW[1:9]:
        assert reader.get(path, status=200).path == "/reports/new", path


def test_a_flood_is_told_when_to_come_back_and_loses_nothing(
    reader: Browser, city: Database, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.reports.service.intake.PER_ADDRESS", 1)
    to_check(reader).form().send("Send the report", status=200)
    page = to_check(visitor(app)).form().send("Send the report", status=422)

    assert "60 minutes" in page.errors[0]
    assert "垃圾桶满了" in page.text
    assert len(cases(city)) == 1


def test_get_writes_nothing(reader: Browser, city: Database) -> None:
    for path in FLOW:
        reader.get(path)
    with city.read() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_cookies_are_for_the_flow_only(app: Flask, city: Database) -> None:
    assert city
    response = app.test_client().get("/reports/new")
    (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("draft=")]

    assert "Path=/reports/new" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_words_of_the_place_are_kept_apart_from_the_words(
    reader: Browser, city: Database
) -> None:
    to_check(reader).form().send(status=200)

    with city.read() as session:
        found = {text.kind: text.text for text in session.scalars(select(CaseText))}
    assert found == {TextKind.DESCRIPTION: "垃圾桶满了", TextKind.PLACE: "北门"}


def test_p6_every_page_names_the_telephone_a_person_and_the_paper_form(reader: Browser) -> None:
    to_check(reader)
    for path in FLOW:
        page = reader.get(path, status=200)
        assert page.path == path
        (ways,) = page.soup.select("main .ways")
        assert ways.select('a[href="tel:12345"]'), path
        assert ways.select('a[href="/reports/new/paper"]'), path
        assert "Someone can do it for you" in ways.text, path
