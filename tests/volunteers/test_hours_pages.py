"""Certified time in the browser: confirmed, on notice without names, a paper and its check page."""

import json
import sys
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import time_machine
import zxingcpp
from flask import Flask

from portal.accounts.models import Person
from portal.areas.queries import area_by_code
from portal.kernel.clock import now
from portal.kernel.db import Database
from tests.make import volunteers as make
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT
from tests.make.pictures import picture_of_svg
from tests.pages import Browser, Page
from tests.reports.test_queries_per_page import counted
from volunteers.models import Volunteer

NAME, SHY = "陈可见", "林不见"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Town:
    """A shift of yesterday with two volunteers, one of whom agreed to be named."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database, self.now = app, database, now()
        with database.write() as session:
            place = small_tree(session)[DISTRICT]
            self.organiser = staff(session, "volunteer_organiser", area=place)
            starts = self.now.replace(minute=0, second=0, microsecond=0) - DAY
            activity = make.activity(session, place)
            shift = make.shift(session, activity, starts_at=starts, seats={"member": 9})
            self.number, self.people = shift.number, [person(session, NAME), person(session, SHY)]
            for at, one in enumerate(self.people):
                make.sign_up(session, shift, one.id)
                named: datetime | None = None if at else self.now
                session.add(Volunteer(person_id=one.id, registered_at=self.now, named_at=named))

    def browser(self, who: Person, language: str = "en") -> Browser:
        browser = Browser(self.app).in_language(language)
        sign_in_as(browser, who)
        return browser

    def confirm(self) -> Any:
        """The organiser ticks both and leaves the plan's times."""
        page = self.browser(self.organiser).get(
            f"/desk/volunteers/shifts/{self.number}/hours", status=200
        )
        form = page.form(button="Confirm those who are ticked")
        ticks = [str(box["name"]) for box in page.soup.select("main input[type=checkbox]")]
        assert len(ticks) == 2
        return form.fill(**dict.fromkeys(ticks, "y")).send()


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return Town(app, database)


def test_an_organiser_confirms_it_hangs_out_and_a_certificate_is_made(town: Town) -> None:
    page = town.confirm()
    assert "Nobody’s time waits to be confirmed here." in page.text
    mine = town.browser(town.people[0]).get("/volunteers/hours", status=200)
    assert "2 h" in mine.text
    refused = mine.click("Make a certificate").form(button="Make it").fill(name=NAME).send()
    assert refused.status == 422
    assert "No certified time lies between these days." in refused.text
    with time_machine.travel(town.now + 8 * DAY, tick=False):
        fresh = town.browser(town.people[0]).get("/volunteers/certificates/new")
        form = fresh.form(button="Make it")
        paper = form.fill(name=NAME, first=(town.now - 2 * DAY).date().isoformat()).send()
        assert NAME in paper.text
        number = paper.path.split("/")[3]
        drawn = picture_of_svg(str(paper.soup.select_one(".code-drawing svg")))
        [code] = zxingcpp.read_barcodes(drawn)
        assert code.text.endswith(f"/volunteers/certificates/{number}")
        stranger = Browser(town.app).in_language("en")
        check = stranger.get(f"/volunteers/certificates/{number.lower()}", status=200)
        assert "This certificate holds." in check.text
        assert NAME not in check.text
        other = town.browser(town.people[1])
        assert other.get(f"/volunteers/certificates/{number}/paper").status == 404


def test_a_guessed_number_says_so_and_a_number_that_cannot_be_one_too(town: Town) -> None:
    stranger = Browser(town.app).in_language("en")
    page = stranger.get("/volunteers/certificates/7K3M9-QX2HD")
    assert (page.status, "There is no certificate" in page.text) == (404, True)
    page = stranger.get("/volunteers/certificates?number=12")
    assert (page.status, "is no such number" in page.text) == (422, True)


def test_names_stand_on_the_notice_only_of_those_who_agreed(town: Town) -> None:
    town.confirm()
    for language in ("en", "zh_Hans"):
        page = town.browser(town.people[1], language).get("/volunteers/hours/notice", status=200)
        assert NAME in page.text
        assert SHY not in page.text
    assert Browser(town.app).get("/volunteers/hours/notice").path == "/sign-in"


def test_a_record_is_struck_out_and_its_volunteer_reads_why(town: Town) -> None:
    town.confirm()
    desk = town.browser(town.organiser).get("/desk/volunteers/hours", status=200)
    form = desk.click("Strike out").form(button="Strike out")
    assert form.fill(reason="").send().status == 422
    form.fill(reason="名单有误").send()
    texts = [town.browser(one).get("/volunteers/hours").text for one in town.people]
    assert sum("名单有误" in text for text in texts) == 1


def test_a_shift_that_runs_is_not_confirmed_and_strangers_are_kept_out(town: Town) -> None:
    with town.database.write() as session:
        place = area_by_code(session, DISTRICT)
        coming = make.shift(session, make.activity(session, place), starts_at=town.now + HOUR)
        number = coming.number
    page = town.browser(town.organiser).get(f"/desk/volunteers/shifts/{number}/hours")
    assert (page.status, "once the shift is over" in page.text) == (422, True)
    path = f"/desk/volunteers/shifts/{town.number}/hours"
    assert town.browser(town.people[0]).get(path).status == 403


def test_the_notice_sends_as_many_queries_for_many_as_for_one(town: Town) -> None:
    browser = town.browser(town.people[0])
    with counted(town.database) as few:
        browser.get("/volunteers/hours/notice", status=200)
    town.confirm()
    with counted(town.database) as many:
        browser.get("/volunteers/hours/notice", status=200)
    assert len(few) == len(many)


class _Stand:
    """Stands for the compiler: keeps what it is asked to set."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, dict[str, str]]] = []

    def compile(self, source: bytes, **options: Any) -> bytes:
        assert options["format"] == "pdf"
        self.asked.append((source, options["sys_inputs"]))
        return b"%PDF-"


def _paper_of(town: Town) -> Page:
    """The paper of a certificate, eight days later."""
    town.confirm()
    with time_machine.travel(town.now + 8 * DAY, tick=False):
        form = town.browser(town.people[0]).get("/volunteers/certificates/new")
        first = (town.now - 2 * DAY).date().isoformat()
        return form.form(button="Make it").fill(name='陈"可见\\#{', first=first).send(status=200)


def test_with_the_extra_a_certificate_is_a_pdf_for_its_holder_alone(town: Town) -> None:
    paper = _paper_of(town)
    with time_machine.travel(town.now + 8 * DAY, tick=False):
        holder = town.browser(town.people[0])
        again = holder.get(paper.path, status=200)
        assert "print only" not in again.text
        [address] = [link for link in again.links() if link.endswith(".pdf")]
        given = holder.get(address, status=200).response
        assert given.mimetype == "application/pdf"
        # a page with glyphs in it, and no blank one
        assert given.data.startswith(b"%PDF-")
        assert b"/FontFile" in given.data
        assert town.browser(town.people[1]).get(address).status == 404


def test_what_she_typed_comes_into_the_pdf_as_data_and_is_never_run(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = _Stand()
    monkeypatch.setitem(sys.modules, "typst", cast(Any, stand))
    monkeypatch.setattr("volunteers.views.hours.makes_pdf", lambda: True)
    paper = _paper_of(town)
    with time_machine.travel(town.now + 8 * DAY, tick=False):
        town.browser(town.people[0]).get(f"{paper.path}.pdf", status=200)
    [(source, inputs)] = stand.asked
    assert "陈".encode() not in source
    words = json.loads(inputs["data"])
    assert '陈"可见\\#{' in words["said"]
    assert [line[2] for line in words["lines"]] == ["2 h"]
    assert words["qr"].startswith("<svg")


def test_without_the_extra_it_is_print_only_and_the_page_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.kernel.pdf.find_spec", lambda _name: None)
    paper = _paper_of(town)
    assert "print only" in paper.text
    assert not [link for link in paper.links() if link.endswith(".pdf")]
    with time_machine.travel(town.now + 8 * DAY, tick=False):
        assert town.browser(town.people[0]).get(f"{paper.path}.pdf").status == 404
