"""The waiting list: first come, first asked; a freed seat is kept for whoever is asked until a
moment, and goes on to the next who can.

A seat is never taken by a stranger while somebody waits who could have it: it is offered in the
transaction that frees it. What runs out is settled by a job, and by whoever asks meanwhile.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from volunteers.queries.candidates import (
    PostFacts,
    candidates,
    led,
    lock_posts,
    lock_volunteers,
    post_facts,
    posts_to_settle,
    queued,
    unanswered,
    wanted,
)
from volunteers.queries.sign_ups import sign_up_by_id
from volunteers.rules.fitness import why_not
from volunteers.rules.limits import offer_until
from volunteers.rules.signing_up import Event
from volunteers.service.alarms import alarm_if_open
from volunteers.service.limits import clock_of
from volunteers.service.messages import Told, at_words, subject_of, tell
from volunteers.service.seats import take_seat
from volunteers.service.steps import Act, leave, move


def settle_post(session: Session, post_id: UUID, now: datetime) -> None:
    """End offers that nobody answered, and offer free seats to those who wait. Holds the post."""
    lock_posts(session, [post_id])
    lapsed = unanswered(session, post_id, now)
    for sign_up_id in lapsed:
        _lapse(session, sign_up_id, now)
    offer_free_seats(session, post_id, now)
    if lapsed:
        alarm_if_open(session, post_id, now)


def _lapse(session: Session, sign_up_id: UUID, now: datetime) -> None:
    row = sign_up_by_id(session, sign_up_id)
    leave(session, row.id, row.post_id, row.state, Event.LAPSE, Act(now))
    tell(
        session, [row.person_id], Told.LAPSED, now, subject=subject_of(row.number),
        facts={"shift": row.shift.number},
    )  # fmt: skip


def offer_free_seats(session: Session, post_id: UUID, now: datetime) -> None:
    """Keep each free seat for the next who can come. The post is held by the caller."""
    post = post_facts(session, post_id)
    if post is None or post.cancelled or post.free <= 0 or now >= post.span.starts_at:
        return
    queue = queued(session, post_id)
    if queue:
        lock_volunteers(session, [person_id for _sign_up, person_id in queue])
        able = _able(session, post, [person_id for _sign_up, person_id in queue], now)
        for sign_up_id, person_id in queue:
            if person_id in able and not _offer(session, post, sign_up_id, now):
                return


def _able(session: Session, post: PostFacts, people: list[UUID], now: datetime) -> set[UUID]:
    """Those of the list who can come now: others are skipped, and keep their place in it."""
    clock = clock_of(session, now)
    what = wanted(post, led=led(session, post.shift_id, clock.limits, now), wave=False)
    found = candidates(session, people, post.span, clock.limits, now)
    return {who for who, one in found.items() if why_not(one, what, clock) is None}


def _offer(session: Session, post: PostFacts, sign_up_id: UUID, now: datetime) -> bool:
    """Whether there was a seat to offer."""
    try:
        take_seat(session, post.post_id)
    except Conflict:
        return False
    row = sign_up_by_id(session, sign_up_id)
    until = offer_until(now, post.span.starts_at, clock_of(session, now).limits)
    move(session, sign_up_id, row.state, Event.OFFER, Act(now), until=until)
    tell(
        session, [row.person_id], Told.OFFERED, now, subject=subject_of(row.number),
        facts={"number": row.number, "moment": at_words(session, until)},
    )  # fmt: skip
    return True


def take_or_settle(session: Session, post_id: UUID, now: datetime) -> None:
    """Take a seat; when there is none, settle what has run out and try once more.

    Raises Conflict when the seats are gone, or kept for those who waited.
    """
    try:
        take_seat(session, post_id)
    except Conflict:
        if not unanswered(session, post_id, now):
            raise
        settle_post(session, post_id, now)
        take_seat(session, post_id)


def settle_waiting(database: Database, now: datetime) -> int:
    """Settle every post that needs it, each in a transaction of its own; how many. A job."""
    with database.read() as session:
        found = posts_to_settle(session, now)
    for post_id in found:
        with database.write() as session:
            settle_post(session, post_id, now)
    return len(found)
