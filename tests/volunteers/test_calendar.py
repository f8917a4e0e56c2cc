"""A personal calendar: one secret link, what is called off stays and says so, nobody else in it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import update

from portal.accounts.models import Person
from portal.kernel.clock import now
from portal.kernel.db import Database
from tests.make import volunteers as make
from tests.make.accounts import actor, person, sign_in_as
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted
from volunteers.models import CalendarFeed, Shift
from volunteers.rules.shifts import ShiftState
from volunteers.rules.signing_up import SignUpState
from volunteers.service.calendar import make_feed, read_feed, token_of

DAY = timedelta(days=1)


class Town:
    """Somebody with a shift tomorrow, and her link."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database, self.now = app, database, now()
        with database.write() as session:
            self.place = small_tree(session)[DISTRICT]
            self.activity = make.activity(session, self.place)
            self.who, self.other = person(session), person(session, "林不见")
        self.shift = self.add()

    def add(self, days: int = 1, state: SignUpState = SignUpState.TAKEN) -> Shift:
        with self.database.write() as session:
            shift = make.shift(
                session, self.activity, starts_at=self.now + days * DAY, seats={"member": 2}
            )
            make.sign_up(session, shift, self.who.id, state=state, at=self.now)
            make.sign_up(session, shift, self.other.id, at=self.now)
        return shift

    def browser(self) -> Browser:
        browser = Browser(self.app).in_language("en")
        sign_in_as(browser, self.who)
        return browser

    def link(self) -> str:
        """Make a link on the page; its path."""
        page = self.browser().get("/volunteers/calendar", status=200)
        page = page.form(button="Make a link").send()
        [code] = page.soup.select("main code")
        return code.get_text().partition(":8000")[2]

    def events(self, path: str) -> list[Any]:
        answer = self.app.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        self.raw = answer.data
        return list(Calendar.from_ical(answer.data).walk("VEVENT"))


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return Town(app, database)


def test_a_link_reads_my_shifts_and_nobody_elses_name(town: Town) -> None:
    [event] = town.events(path := town.link())
    assert str(event["uid"]).startswith(town.shift.number)
    assert str(event["status"]) == "CONFIRMED"
    assert event["dtstart"].dt == town.shift.starts_at.replace(microsecond=0)
    assert "林不见".encode() not in town.raw
    first = town.raw
    town.events(path)
    assert town.raw == first


def test_what_is_called_off_or_left_stays_and_says_so_with_a_higher_number(town: Town) -> None:
    path = town.link()
    [before] = town.events(path)
    with town.database.write() as session:
        session.execute(
            update(Shift).values(
                state=ShiftState.CANCELLED, cancelled_at=town.now, cancel_reason="暴雨",
                sequence=Shift.sequence + 1,
            )
        )  # fmt: skip
    [after] = town.events(path)
    assert (str(after["uid"]), str(after["status"])) == (str(before["uid"]), "CANCELLED")
    assert int(after["sequence"]) > int(before["sequence"])


def test_a_waiting_list_is_no_appointment_and_an_offer_is_tentative(town: Town) -> None:
    town.add(2, SignUpState.WAITING)
    town.add(3, SignUpState.OFFERED)
    town.add(4, SignUpState.WITHDRAWN)
    states = [str(event["status"]) for event in town.events(town.link())]
    assert states == ["CONFIRMED", "TENTATIVE", "CANCELLED"]


def test_a_new_link_ends_the_old_and_an_ended_one_opens_nothing(town: Town) -> None:
    old = town.link()
    page = town.browser().get("/volunteers/calendar")
    new = page.form(button="Make a new link").send().soup.select_one("main code")
    assert new is not None
    assert old not in new.get_text()
    assert town.app.test_client().get(old).status_code == 404
    page = town.browser().get("/volunteers/calendar")
    assert page.form(button="End the link").send().form(button="Make a link")
    assert town.app.test_client().get(new.get_text().partition(":8000")[2]).status_code == 404
    assert town.app.test_client().get("/volunteers/calendar/guessed.ics").status_code == 404


def test_the_secret_is_kept_as_a_hash_and_goes_with_its_person(town: Town) -> None:
    path = town.link()
    with town.database.read() as session:
        feed = session.query(CalendarFeed).one()
        assert token_of(session, feed.id) in path
        assert feed.token_hash not in path


@pytest.mark.parametrize("many", [1, 12])
def test_a_feed_sends_as_many_queries_for_many_shifts_as_for_one(town: Town, many: int) -> None:
    for at in range(many - 1):
        town.add(at + 2)
    with town.database.write() as session:
        me = session.get_one(Person, town.who.id)
        make_feed(session, actor(session, me, town.now), now=town.now)
    with town.database.read() as session:
        token = token_of(session, session.query(CalendarFeed.id).scalar())
    with counted(town.database) as sent, town.database.read() as session:
        assert read_feed(session, token, "en", now=town.now).count(b"BEGIN:VEVENT") == many
    assert len(sent) == 3
