"""People for tests: residents, staff in a place or unit, and browsers that are signed in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.models import LoginSession, Person
from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor, AgeBand, Way
from portal.accounts.service import (
    Browser,
    NewPerson,
    Place,
    add_person,
    begin_session,
    grant_role,
    session_token,
)
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.ids import new_token
from portal.kernel.web import database as web_database

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# apart from every number that a test writes out
_PHONES: Iterator[int] = count(19900100000)


def a_phone() -> str:
    """A made-up mobile number that no other test person has."""
    return f"+86{next(_PHONES)}"


def person(
    session: Session,
    name: str = "王小明",
    phone: str | None = None,
    *,
    now: datetime = LONG_AGO,
    password: str | None = None,
    demo: bool = False,
) -> Person:
    """A resident with a verified phone."""
    new = NewPerson(name=name, phone=phone or a_phone(), password=password, demo=demo)
    row = add_person(session, new, now=now)
    row.phone_verified_at = now
    return row


def aged(session: Session, person_id: UUID, band: AgeBand) -> None:
    """Let an account be of this age, whoever says so."""
    session.get_one(Person, person_id).age_band = band
    # it is asked in SQL at once
    session.flush()


def staff(
    session: Session,
    role: str,
    *,
    area: Area | UUID | None = None,
    organisation: Any = None,
    name: str = "李同志",
    now: datetime = LONG_AGO,
) -> Person:
    """Somebody who holds a role; ``area`` and ``organisation`` are rows or ids."""
    row = person(session, name, now=now)
    at = Place(area_id=_id(area), organisation_id=_id(organisation))
    grant_role(session, None, row.id, role, at, now=now)
    # the caller may ask for the actor at once
    session.flush()
    return row


def _id(thing: Any) -> UUID | None:
    return thing if thing is None or isinstance(thing, UUID) else thing.id


def actor(session: Session, person: Person, now: datetime | None = None) -> Actor:
    """The person as an actor who has given the second factor."""
    session.flush()  # roles added a line ago count
    return actor_for(session, person.id, now or clock.now(), second_factor=True)


def sign_in_as(client: Any, person: Person, *, second_factor: bool = True) -> LoginSession:
    """Sign a test client (or a browser that has one) in, through a real row of a session."""
    web: FlaskClient = getattr(client, "client", client)
    key = new_token()
    browser = Browser(key=key, address="127.0.0.1", form_key=key, local=True)
    now = clock.now()
    with web.application.app_context():
        database = web_database()
    with database.write() as session:
        found = session.get_one(Person, person.id)
        welcome = begin_session(session, found, Way.CODE, browser, now=now)
        row = session.get_one(LoginSession, welcome.session_id)
        row.second_factor_at = now if second_factor else None
    token = session_token(database.info["instance"].vault, key)
    with web.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie.permanent = True
    return row


def session_cookie(app: Flask, person: Person, *, second_factor: bool = True) -> tuple[str, str]:
    """Name and value of the cookie of somebody who is signed in, for a real browser."""
    client = app.test_client()
    sign_in_as(client, person, second_factor=second_factor)
    name = app.config["SESSION_COOKIE_NAME"]
    found = client.get_cookie(name)
    assert found is not None
    return name, found.value
