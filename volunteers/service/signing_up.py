"""Signing up for a shift: the seat first, then the rules; the waiting list; answering and leaving.

Every transaction holds posts first, then volunteers, then sign-ups; see ``queries.candidates``.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.outbox import wipe_messages
from volunteers.queries.candidates import (
    PostFacts,
    candidates,
    has_of_wave,
    led,
    lock_posts,
    lock_volunteers,
    post_facts,
    wanted,
)
from volunteers.queries.sign_ups import MySignUp, sign_up_by_number, steps_of
from volunteers.rules.fitness import Broken, broken
from volunteers.rules.limits import is_late
from volunteers.rules.signing_up import ASKED, QUEUED, Event, SignUpRefusal, SignUpState
from volunteers.service.alarms import alarm_if_open
from volunteers.service.limits import clock_of
from volunteers.service.messages import Told, at_words, subject_of, tell_organisers
from volunteers.service.steps import Act, agree_to, begin_sign_up, leave, move
from volunteers.service.waiting import offer_free_seats, take_or_settle

# who waits may not be able now; she is asked again when a seat is free. The shift itself, her age
# and what she has learnt do not change by waiting
_WHILE_WAITING: Final = frozenset(
    {
        SignUpRefusal.NEWCOMER,
        SignUpRefusal.OVERLAP,
        SignUpRefusal.REST,
        SignUpRefusal.TRAVEL,
        SignUpRefusal.DAY_HOURS,
        SignUpRefusal.WEEK_HOURS,
        SignUpRefusal.FIRST_WAVE,
    }
)

_SEAT_WAS_GIVEN: Final = frozenset({SignUpRefusal.FIRST_WAVE, SignUpRefusal.NOT_YET})


def sign_up(
    session: Session, person_id: UUID, post_id: UUID, *, has_read: bool, now: datetime
) -> str:
    """Take a seat for somebody; the number of her sign-up.

    ``has_read``: she says that she has read risks, insurance, gear and rules (条例, 12, 14).
    Raises Refused with the rule that stands against it, Conflict when the last seat is gone.
    """
    take_or_settle(session, post_id, now)
    post = _post(session, post_id)
    lock_volunteers(session, [person_id])
    if not has_read:
        raise Refused(SignUpRefusal.NOT_READ, field="has_read")
    check(session, person_id, post, now)
    return begin_sign_up(session, post, person_id, Event.TAKE, Act(now, person_id))[1]


def wait(
    session: Session,
    person_id: UUID,
    post_id: UUID,
    *,
    has_read: bool,
    standby: bool = False,
    now: datetime,
) -> str:
    """Join the waiting list (or stand by) where no seat is free; the number of her sign-up."""
    lock_posts(session, [post_id])
    post = _post(session, post_id)
    if not has_read:
        raise Refused(SignUpRefusal.NOT_READ, field="has_read")
    lock_volunteers(session, [person_id])
    check(session, person_id, post, now, ignoring=_WHILE_WAITING)
    if post.free > 0 and not find_broken(session, person_id, post, now):
        raise Conflict(SignUpRefusal.SEATS_FREE)
    event = Event.STAND_BY if standby else Event.WAIT
    return begin_sign_up(session, post, person_id, event, Act(now, person_id))[1]


def _post(session: Session, post_id: UUID) -> PostFacts:
    found = post_facts(session, post_id)
    if found is None:
        raise Missing
    return found


def find_broken(
    session: Session,
    person_id: UUID,
    post: PostFacts,
    now: datetime,
    *,
    without: Collection[UUID] = (),
) -> list[Broken]:
    """Every rule that stands against somebody's seat. ``without``: sign-ups that are given away in
    the same step, and those of whoever gives this one."""
    clock = clock_of(session, now)
    found = candidates(session, [person_id], post.span, clock.limits, now, without=without)
    if person_id not in found:
        raise Missing
    what = wanted(
        post,
        led=led(session, post.shift_id, clock.limits, now, without=without),
        wave=has_of_wave(session, person_id, post.activity_id, post.shift_id, now),
    )
    return list(broken(found[person_id], what, clock))


def check(
    session: Session,
    person_id: UUID,
    post: PostFacts,
    now: datetime,
    *,
    ignoring: Collection[SignUpRefusal] = frozenset(),
    without: Collection[UUID] = (),
) -> None:
    """Raises Refused with the first rule that stands against somebody's seat."""
    for one in find_broken(session, person_id, post, now, without=without):
        if one.code not in ignoring:
            raise Refused(one.code, facts=one.facts)


def own(session: Session, number: str, person_id: UUID | None) -> MySignUp:
    """Somebody's own sign-up; anybody else's is no page. Raises Missing."""
    row = sign_up_by_number(session, number)
    if row is None or row.person_id != person_id:
        raise Missing
    return row


def accept(session: Session, number: str, person_id: UUID, *, now: datetime) -> None:
    """Say yes to an offered or a proposed seat. The rules are asked again."""
    row = own(session, number, person_id)
    lock_posts(session, [row.post_id])
    row = own(session, number, person_id)
    if row.state not in ASKED or row.state_at(now) is SignUpState.LAPSED:
        raise Conflict(SignUpRefusal.OVER)
    lock_volunteers(session, [person_id])
    # what an organiser set aside when she proposed the seat stays set aside
    aside = {code for step in steps_of(session, row.id) for code in step.overridden}
    ignored = {code for code in SignUpRefusal if code in aside} | _SEAT_WAS_GIVEN
    check(
        session, person_id, _post(session, row.post_id), now, ignoring=ignored, without=[row.id]
    )  # fmt: skip
    act = Act(now, person_id)
    move(session, row.id, row.state, Event.ACCEPT, act, sequence=row.shift.sequence)
    wipe_messages(session, subject_of(number))


def decline(session: Session, number: str, person_id: UUID, *, now: datetime) -> None:
    """Say no to an offered or a proposed seat; it goes on to the next. No reason is asked."""
    row = own(session, number, person_id)
    lock_posts(session, [row.post_id])
    if row.state not in ASKED:
        raise Conflict(SignUpRefusal.CHANGED)
    leave(session, row.id, row.post_id, row.state, Event.DECLINE, Act(now, person_id))
    wipe_messages(session, subject_of(number))
    offer_free_seats(session, row.post_id, now)
    alarm_if_open(session, row.post_id, now)


def withdraw(
    session: Session, number: str, person_id: UUID, *, reason: str = "", now: datetime
) -> bool:
    """Leave a shift or its waiting list; whether that was at short notice (条例, article 22).

    After the deadline a reason is asked, and the organisers are told; a shift that was changed
    since she agreed can be left at any time. They are alarmed when nobody waits for her seat.
    """
    row = own(session, number, person_id)
    lock_posts(session, [row.post_id])
    if row.state in QUEUED:
        leave(session, row.id, row.post_id, row.state, Event.WITHDRAW, Act(now, person_id))
        return False
    if row.state is not SignUpState.TAKEN:
        raise Conflict(SignUpRefusal.CHANGED)
    if now >= row.shift.span.starts_at:
        raise Refused(SignUpRefusal.STARTED)
    late = leaves_late(session, row, now)
    if late and not reason.strip():
        raise Refused(SignUpRefusal.NO_REASON, field="reason")
    act = Act(now, person_id, reason.strip() or None)
    event = Event.WITHDRAW_LATE if late else Event.WITHDRAW
    leave(session, row.id, row.post_id, row.state, event, act)
    offer_free_seats(session, row.post_id, now)
    if not alarm_if_open(session, row.post_id, now) and late:
        _tell_late(session, row, now)
    return late


def leaves_late(session: Session, row: MySignUp, now: datetime) -> bool:
    """Whether leaving now is at short notice."""
    limits = clock_of(session, now).limits
    return not row.changed() and is_late(now, row.shift.span.starts_at, limits)


def _tell_late(session: Session, row: MySignUp, now: datetime) -> None:
    tell_organisers(
        session, row.shift.place_path, row.shift.organisation_id, Told.LATE_CANCEL, now,
        subject=f"shift:{row.shift.number}",
        facts={"number": row.shift.number,
               "moment": at_words(session, row.shift.span.starts_at)},
    )  # fmt: skip


def confirm_again(
    session: Session, number: str, person_id: UUID, *, sequence: int, now: datetime
) -> None:
    """Agree to a shift as it is now. ``sequence``: the change that she has read.

    Her other shifts are looked at again: the new time may not go with them.
    """
    row = own(session, number, person_id)
    lock_posts(session, [row.post_id])
    row = own(session, number, person_id)
    if row.state is not SignUpState.TAKEN or sequence != row.shift.sequence:
        raise Conflict(SignUpRefusal.CHANGED)
    lock_volunteers(session, [person_id])
    ignored = _SEAT_WAS_GIVEN | {SignUpRefusal.NEWCOMER}
    check(
        session, person_id, _post(session, row.post_id), now, ignoring=ignored, without=[row.id]
    )  # fmt: skip
    agree_to(session, row.id, sequence, Act(now, person_id))
