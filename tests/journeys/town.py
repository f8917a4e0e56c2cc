"""A small town at work, with its clock, its post and everybody's browser."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.jobs import close_months
from portal.reports.models import Case
from portal.reports.rules.codes import Event
from portal.reports.service.categories import load_categories
from portal.reports.service.demo import PlannedCase, PlannedStep, PlantedCase, plant_cases
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.service import Subject
from portal.satisfaction.service.demo import PlannedRating, plant_ratings
from portal.site.jobs import deliver_messages
from tests.make import accounts
from tests.make.areas import area
from tests.make.desk import City, small_city
from tests.make.intake import to_check, visitor
from tests.make.photos import jpeg
from tests.make.ratings import ratings_on
from tests.make.rows import ReadsCases
from tests.pages import Browser, Page

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10:00 in the city
PHONE = "13800001277"
UNHAPPY = {"solved": "no", "result": "4", "service": "3"}
HAPPY = {"solved": "yes", "result": "1", "service": "2"}


@dataclass
class Town(ReadsCases):
    """Everybody in it, and what they do in one line each."""

    city: City
    clock: Traveller
    browsers: dict[str, Browser] = field(default_factory=dict)
    # whether pages of the staff are checked like all pages; it takes half of a test's time
    checks: bool = True

    @property
    def app(self) -> Flask:
        return self.city.app

    @property
    def database(self) -> Database:
        return self.city.database

    def at(self, who: str) -> Browser:
        """The browser of the desk, the worker, the verifier, the centre …; signed in once."""
        if who not in self.browsers:
            self.browsers[who] = self.city.browser(getattr(self.city, who))
            self.browsers[who].check = self.checks
        return self.browsers[who]

    def sign_out(self) -> None:
        """Everybody of the staff comes back later and signs in anew."""
        self.browsers.clear()

    @cached_property
    def passer_by(self) -> Browser:
        """One who only ever looks."""
        return self.resident()

    def hire(self, role: str, *, place: Area | None = None) -> Browser:
        """Somebody more, with a role in a place."""
        with self.database.write() as session:
            person = accounts.staff(session, role, area=place or self.city.tree["370283"])
        return self.city.browser(person)

    def resident(self) -> Browser:
        return visitor(self.app)

    def later(self, **delta: float) -> None:
        self.clock.shift(timedelta(**delta))

    # --- post -------------------------------------------------------------------------------------

    def letters(self, phone: str) -> list[dict[str, str]]:
        """What a phone has received, oldest first, as the outbox folder holds it."""
        with self.app.app_context():
            while deliver_messages(self.database, clock.now()):
                pass
        folder = self.app.extensions["gongzhi_instance"].config.outbox
        found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
        return [letter for letter in found if letter["to"].endswith(phone)]

    def templates(self, phone: str) -> list[str]:
        return [letter["template"] for letter in self.letters(phone)]

    def link(self, phone: str, template: str) -> str:
        """The path of the link in the newest message of a kind."""
        texts = [m["text"] for m in self.letters(phone) if m["template"] == template]
        assert texts, f"no {template} for {phone}: {self.templates(phone)}"
        address = next(word for word in texts[-1].split() if "://" in word)
        return urlsplit(address.rstrip(".")).path

    # --- the desk ---------------------------------------------------------------------------------

    def open(self, who: str, number: str) -> Page:
        return self.at(who).get(f"/desk/cases/{number}", status=200)

    def step(self, who: str, number: str, action: str, status: int = 200, **values: Any) -> Page:
        """Press a step's button or follow its link, fill in what it asks, and send it."""
        page = self.open(who, number)
        if any(action in button.get_text() for button in page.soup.select("main form button")):
            return page.form(button=action).send(action, status=status)
        return page.click(action, status=200).form().fill(**values).send(action, status=status)

    def accept_and_dispatch(self, number: str) -> None:
        self.step("desk", number, "Accept")
        unit = str(self.city.unit.id)
        self.step("desk", number, "Dispatch to a unit", unit=unit, words="请今天去")

    def handle(self, number: str, words: str = "已清运") -> Page:
        page = self.open("worker", number).click("Report the work as done", status=200)
        form = page.form().fill(words=words).attach("photos", jpeg(), "after.jpg")
        return form.send("Report the work as done", status=200)

    def close(self, number: str) -> Page:
        return self.step("verifier", number, "Close the case", means="service")

    def settle(self, number: str) -> None:
        """From reported to closed."""
        self.accept_and_dispatch(number)
        self.handle(number)
        self.close(number)

    # --- what is so -------------------------------------------------------------------------------

    def cases(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(Case)) or 0

    # --- others -----------------------------------------------------------------------------------

    def plant_others(self, place: Area, count: int, closed_at: datetime) -> None:
        """Cases of other people, closed and rated: half unsolved, half dissatisfied."""
        with self.database.write() as session:
            planned = partial(_planned, place, self.city.unit, closed_at)
            planted = plant_cases(session, (planned(number) for number in range(count)))
            plant_ratings(session, (_rating(n, case) for n, case in enumerate(planted)))

    def close_months(self) -> list[str]:
        return close_months(self.database, clock.now())


def _planned(place: Area, unit: Organisation, closed_at: datetime, number: int) -> PlannedCase:
    start = closed_at - timedelta(hours=6, seconds=number)
    events = (Event.ACCEPT, Event.FILE, Event.DISPATCH, Event.HANDLE)
    steps = [PlannedStep(e, start + timedelta(hours=h)) for h, e in enumerate(events, start=1)]
    return PlannedCase(
        category="litter",
        area_id=place.id,
        place_path=place.path,
        lon=119.9,
        lat=36.7,
        person_id=None,
        found_at=start,
        words="垃圾",
        place="路口",
        unit_id=unit.id,
        steps=(*steps, PlannedStep(Event.CLOSE, closed_at)),
    )


def _rating(number: int, case: PlantedCase) -> PlannedRating:
    cycle, closed_at = case.closings[-1]
    subject = Subject(
        kind=SubjectKind.CASE,
        id=case.id,
        district=case.district,
        cycle=cycle,
        place_path=case.place_path,
        category_code=case.category,
        window_ends=closed_at + timedelta(days=14),
    )
    half = number % 2 == 0
    return PlannedRating(
        subject=subject,
        rater_key=case.reporter_id,
        solved=half,
        result=4 if half else 2,
        service=3,
        at=closed_at + timedelta(hours=1),
    )


def small_town(app: Flask, database: Database, clock: Traveller) -> Town:
    """The small Pingdu with a second quarter in its first street, ratings on, and its staff."""
    city = small_city(app, database)
    with database.write() as session:
        street = city.tree["370283001"]
        quarter = area(session, "370283001M2", "management_area", "第二管区", street)
        city.tree[quarter.code] = quarter
        load_categories(session, None, MONDAY)
        ratings_on(session, city.tree["370283"])
    return Town(city, clock)


def report_by_phone(browser: Browser, phone: str = PHONE, photo: bytes | None = None) -> str:
    """A report with messages to a phone; its number."""
    page = to_check(browser, photo or jpeg())
    page = page.browser.get("/reports/new/contact", status=200)
    form = page.form().fill(contact="phone", phone=phone, consent=True, publish="show")
    return send(form.send("Continue", status=200))


def send(page: Page) -> str:
    """The last button of the flow; the number on the receipt."""
    # beside it stands the offer to join a neighbour's report, if one is near
    page = page.form(button="Send the report").send("Send the report", status=200)
    assert page.h1 == "Your report was sent"
    return receipt(page)[0]


def receipt(page: Page) -> tuple[str, str]:
    """Number and look-up code of a receipt."""
    number, code = (tag.get_text(strip=True) for tag in page.soup.select(".receipt-code"))
    return number, code


def code_of(town: Town, phone: str) -> str:
    """The six digits of the newest message to a phone."""
    text = town.letters(phone)[-1]["text"]
    code = re.search(r"\b\d{6}\b", text)
    assert code, text
    return code[0]


def person_of(town: Town, phone: str) -> Person:
    """Whoever has a phone."""
    vault = town.app.extensions["gongzhi_instance"].vault
    with town.database.read() as session:
        hashed = vault.keyed_hash("phone", f"+86{phone}")
        return session.scalars(select(Person).where(Person.phone_hash == hashed)).one()
