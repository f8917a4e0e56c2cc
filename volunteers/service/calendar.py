"""A person's calendar: a link that she makes, ends, and that reads her shifts (RFC 5545)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from icalendar import Calendar, Event
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.ids import hash_token, new_id
from portal.kernel.instance import instance_of
from volunteers.models import CalendarFeed
from volunteers.queries.calendar import Appointment, appointments, owner_of_feed

KEPT = timedelta(days=60)
PURPOSE = "volunteers/calendar"


def token_of(session: Session, feed_id: UUID) -> str:
    """The secret part of a feed's address: 192 bits, the same whenever its owner looks."""
    key = instance_of(session).vault.derive(PURPOSE)
    return urlsafe_b64encode(hmac.new(key, feed_id.bytes, sha256).digest()[:24]).decode()


def make_feed(session: Session, actor: Actor, *, now: datetime) -> None:
    """Make a link to my calendar; an older one opens nothing any more."""
    end_feed(session, actor)
    if actor.person_id is None:
        raise Forbidden
    feed_id = new_id()
    session.add(
        CalendarFeed(
            person_id=actor.person_id, id=feed_id, made_at=now,
            token_hash=hash_token(token_of(session, feed_id)),
        )
    )  # fmt: skip


def end_feed(session: Session, actor: Actor) -> None:
    """End my link."""
    if actor.person_id is None:
        raise Forbidden
    session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == actor.person_id))


def read_feed(session: Session, token: str, language: str, *, now: datetime) -> bytes:
    """The calendar behind a token. Raises Missing for one that opens nothing."""
    person_id = owner_of_feed(session, hash_token(token))
    if person_id is None:
        raise Missing
    rows = appointments(session, person_id, now - KEPT)
    return _written(rows, instance_of(session).config.origin, language)


def _written(rows: Iterable[Appointment], origin: str, language: str) -> bytes:
    """The same bytes for the same shifts: DTSTAMP is when something last happened."""
    calendar = Calendar()
    calendar.add("prodid", "-//Gongzhi//volunteers//EN")
    calendar.add("version", "2.0")
    host = urlsplit(origin).netloc
    for row in rows:
        event = Event()
        event.add("uid", f"{row.number}@{host}")
        event.add("dtstamp", row.changed_at)
        event.add("sequence", row.sequence)
        event.add("dtstart", row.span.starts_at)
        event.add("dtend", row.span.ends_at)
        event.add("summary", row.titles.get(language) or next(iter(row.titles.values()), ""))
        event.add("location", row.meeting_place)
        event.add("url", f"{origin}/volunteers/shifts/{row.number}")
        event.add("status", _status(row))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _status(row: Appointment) -> str:
    if row.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if row.tentative else "CONFIRMED"
