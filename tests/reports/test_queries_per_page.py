"""Pages that gather much send the same few queries, however much there is to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import person_by_phone
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.photos import CleanPhoto
from portal.reports.jobs import close_months
from portal.reports.rules.codes import Event
from portal.reports.service.demo import PlannedCase, PlannedStep, plant_cases
from portal.site.demo.load import load_demo
from portal.site.demo.people import demo_accounts, demo_places
from portal.site.demo.words import load_words
from portal.site.packages import load_city_data
from tests.make.accounts import sign_in_as
from tests.pages import Browser

PICTURE = CleanPhoto(b"picture", b"small", 960, 720)
PICTURES = {kind: [(PICTURE, PICTURE)] for kind in load_words().categories}
MANY = 40
# who looks, at what, and how many queries that may take; whoever is signed in costs one more
PAGES = (
    (None, "/reports/", 4),
    (None, "/reports/board", 4),
    (None, "/", 6),
    (None, "/places/370283001", 15),
    (None, "/data/", 3),
    (None, "/places/responsibilities", 4),
    ("street_desk", "/desk/", 9),
    ("street_desk", "/desk/?task=open", 9),
    ("handling_unit", "/desk/?task=all", 7),
    ("grid_lead", "/desk/grid", 5),
    ("street_desk", "/desk/supervision", 8),
    # one query says what she follows, another whether anything is new in it, a third what she can
    # still object to: whoever is accused has to learn of it wherever she comes in (L7); and so on
    # for answers that can be reviewed, for shifts that wait for her yes, and for what organisers
    # wrote to her
    ("resident", "/me", 10),
    ("resident", "/me/following", 5),
)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield sent
    event.remove(database.reader, "before_cursor_execute", note)


def demo_person(session: Session, role: str) -> Person:
    phone = next(account.phone for account in demo_accounts() if account.role == role)
    found = person_by_phone(session, f"+86{phone}")
    assert found is not None
    return session.get_one(Person, found.id)


def plant_many(session: Session) -> None:
    """Many open cases of one resident, in the place that everybody looks at."""
    place = demo_places(session)["community"]
    person, desk = demo_person(session, "resident"), demo_person(session, "street_desk")
    start = now() - timedelta(days=2)
    plant_cases(
        session,
        [
            PlannedCase(
                category="litter",
                area_id=place.id,
                place_path=place.path,
                lon=place.lon or 0.0,
                lat=place.lat or 0.0,
                person_id=person.id,
                found_at=start + at * timedelta(minutes=5),
                words=f"垃圾 {at}",
                place="路口",
                steps=(PlannedStep(Event.ACCEPT, start + timedelta(days=1), desk.id),),
            )
            for at in range(MANY)
        ],
    )


@pytest.fixture
def city(database: Database, instance: Instance) -> Database:
    """A city with the demo's accounts and scenes, and hardly any cases."""
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
        load_demo(session, PICTURES, now=now(), residents=5, cases=3)
    close_months(database, now())
    return database


def queries(city: Database, app: Flask) -> dict[str, int]:
    found = {}
    for role, path, _ in PAGES:
        browser = Browser(app)
        if role is not None:
            with city.read() as session:
                person = demo_person(session, role)
            sign_in_as(browser, person)
        with counted(city) as sent:
            browser.get(path, status=200)
        found[path] = len(sent)
    return found


def test_much_to_show_takes_no_more_queries_than_little(city: Database, app: Flask) -> None:
    few = queries(city, app)
    with city.write() as session:
        plant_many(session)
    many = queries(city, app)
    assert many == few
    assert not {path: many[path] for _, path, most in PAGES if many[path] > most}
