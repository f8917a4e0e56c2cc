"""A person's calendar: a link that she makes, ends, and that reads her shifts (RFC 5545)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.events import CalendarEvent, EventStatus, written
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
    host = urlsplit(origin).netloc
    found = (
        CalendarEvent(
            uid=f"{row.number}@{host}", changed_at=row.changed_at, starts_at=row.span.starts_at,
            ends_at=row.span.ends_at, location=row.meeting_place, status=_status(row),
            summary=row.titles.get(language) or next(iter(row.titles.values()), ""),
            url=f"{origin}/volunteers/shifts/{row.number}", sequence=row.sequence,
        )
        for row in rows
    )  # fmt: skip
    return written(found, "volunteers")


def _status(row: Appointment) -> EventStatus:
    if row.cancelled:
        return EventStatus.CANCELLED
    return EventStatus.TENTATIVE if row.tentative else EventStatus.CONFIRMED
