"""The alarm: shortly before a shift a seat is free, and nobody of its list can take it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from volunteers.queries.candidates import post_facts
from volunteers.queries.sign_ups import sign_shift
from volunteers.service.limits import messaging_of
from volunteers.service.messages import Told, at_words, tell_organisers


def alarm_if_open(session: Session, post_id: UUID, now: datetime) -> bool:
    """Tell the organisers at once when a seat that was given back stays open within the alarm
    window; whether they were. Those who wait and stand by were asked before."""
    post = post_facts(session, post_id)
    if post is None or post.cancelled or post.free <= 0:
        return False
    starts_at = post.span.starts_at
    if not starts_at - messaging_of(session).alarm <= now < starts_at:
        return False
    shift = sign_shift(session, post.number)
    if shift is None:
        return False
    tell_organisers(
        session, shift.place_path, shift.organisation_id, Told.SEAT_OPEN, now,
        subject=f"shift:{shift.number}",
        facts={"number": shift.number, "moment": at_words(session, starts_at)},
    )  # fmt: skip
    return True
