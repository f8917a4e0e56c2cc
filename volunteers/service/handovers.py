"""Two swap their shifts (换班), or somebody stands in for another (替班): offered and accepted in
one transaction. The seats stay where they are; both people are looked at again.

Nobody learns a name: whoever may answer is asked by message, and accepts on a page.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Counted, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.outbox import wipe_messages
from portal.kernel.ratelimit import Limit, take
from volunteers.models import Handover
from volunteers.queries.candidates import lock_posts, lock_volunteers, post_facts
from volunteers.queries.handovers import (
    HandoverRow,
    handover_by_number,
    open_handover,
    own_queue_place,
    place_to_give,
    starts_at,
    to_ask,
)
from volunteers.queries.sign_ups import MySignUp, shifts_to_swap, sign_up_by_id
from volunteers.rules.handovers import (
    OFFERS_A_DAY,
    HandoverKind,
    HandoverRefusal,
    HandoverState,
)
from volunteers.rules.signing_up import Event, SignUpRefusal, SignUpState
from volunteers.service.messages import Told, tell
from volunteers.service.signing_up import check, own
from volunteers.service.steps import Act, begin_sign_up, leave, move

PER_PERSON: Final = Limit("handover_day", OFFERS_A_DAY, 86_400)
# these were looked at when the seat was given first; a swap opens no shift
_IGNORED: Final = frozenset({SignUpRefusal.NOT_YET, SignUpRefusal.FIRST_WAVE})


def offer_seat(
    session: Session, number: str, person_id: UUID, *, wanted: str = "", now: datetime
) -> str:
    """Offer one's seat: for one on another shift of the activity (its number), or to whoever stands
    in; the number of the offer. Those who may answer are asked by message."""
    row = own(session, number, person_id)
    if row.state is not SignUpState.TAKEN or now >= row.shift.span.starts_at:
        raise Conflict(HandoverRefusal.NOT_HELD)
    wanted_id = _wanted(session, row, wanted, now) if wanted else None
    if take(session, [(PER_PERSON, str(person_id))], now=now) is not None:
        raise Counted(HandoverRefusal.TOO_OFTEN, facts={"most": OFFERS_A_DAY})
    until = row.shift.span.starts_at
    if wanted_id is not None:
        until = min(until, starts_at(session, wanted_id))
    offer = _insert(session, row, wanted_id, until, now)
    _ask_people(session, offer, now)
    return offer


def _wanted(session: Session, row: MySignUp, wanted: str, now: datetime) -> UUID:
    found = shifts_to_swap(session, row.shift, row.person_id, now)
    chosen = next((shift for shift in found if shift.number == wanted), None)
    if chosen is None:
        raise Refused(HandoverRefusal.SAME_SHIFT, field="wanted")
    return chosen.id


def _insert(
    session: Session, row: MySignUp, wanted_id: UUID | None, until: datetime, now: datetime
) -> str:
    kind = HandoverKind.SUBSTITUTE if wanted_id is None else HandoverKind.SWAP
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    _end_old(session, row.id, now)
    number: str | None = session.scalar(
        dialect.insert(Handover)
        .values(
            id=new_id(), number=new_number(), kind=kind, state=HandoverState.OFFERED,
            sign_up_id=row.id, wanted_shift_id=wanted_id, made_at=now, until=until,
        )
        .on_conflict_do_nothing()
        .returning(Handover.number)
    )  # fmt: skip
    if number is None:
        raise Conflict(HandoverRefusal.ASKED)
    return number


def _end_old(session: Session, sign_up_id: UUID, now: datetime) -> None:
    """An offer that nobody took in time makes room for another."""
    session.execute(
        update(Handover)
        .where(
            Handover.sign_up_id == sign_up_id,
            Handover.state == HandoverState.OFFERED,
            Handover.until <= now,
        )
        .values(state=HandoverState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


def _ask_people(session: Session, number: str, now: datetime) -> None:
    row = handover_by_number(session, number)
    if row is not None:
        what = Told.SWAP_ASKED if row.kind is HandoverKind.SWAP else Told.STAND_IN_ASKED
        people = to_ask(session, row)
        tell(session, people, what, now, subject=_subject(number), facts={"number": number})


def _subject(number: str) -> str:
    return f"handover:{number}"


def withdraw_offer(session: Session, number: str, person_id: UUID, *, now: datetime) -> None:
    """Keep the seat after all."""
    row = own(session, number, person_id)
    offer = open_handover(session, row.id)
    if offer is None:
        raise Conflict(HandoverRefusal.OVER)
    _close(session, offer, HandoverState.WITHDRAWN, now)
    wipe_messages(session, _subject(offer.number))


def _close(
    session: Session, row: HandoverRow, state: HandoverState, now: datetime, *,
    taken_by: UUID | None = None,
) -> None:  # fmt: skip
    one = (
        update(Handover)
        .where(Handover.id == row.id, Handover.state == HandoverState.OFFERED, Handover.until > now)
        .values(state=state, taken_by_id=taken_by)
    )
    if changed_rows(session, one) != 1:
        raise Conflict(HandoverRefusal.OVER)


def answerable(session: Session, number: str, person_id: UUID | None, now: datetime) -> HandoverRow:
    """An offer that somebody may look at: any that is open; her own always. Raises Missing."""
    row = handover_by_number(session, number)
    if row is None or not (row.open_at(now) or row.given.person_id == person_id):
        raise Missing
    return row


def accept_offer(
    session: Session, number: str, person_id: UUID, *, has_read: bool, now: datetime
) -> str:
    """Take an offered seat, giving one's own for it when it is a swap; the number of the new
    sign-up. Raises Conflict when somebody was faster, Refused with the rule for either."""
    row = handover_by_number(session, number)
    if row is None:
        raise Missing
    if row.given.person_id == person_id:
        raise Refused(HandoverRefusal.OWN)
    if not has_read:
        raise Refused(SignUpRefusal.NOT_READ, field="has_read")
    back = None
    if row.wanted_shift_id is not None:
        back = place_to_give(session, row.wanted_shift_id, row.given.role, person_id)
        if back is None:
            raise Refused(HandoverRefusal.NOT_ON_IT)
    posts = {row.given.post_id} | ({back[1]} if back else set())
    lock_posts(session, posts)
    row = handover_by_number(session, number)
    if row is None or not row.open_at(now):
        raise Conflict(HandoverRefusal.OVER)
    lock_volunteers(session, [person_id, row.given.person_id])
    return _exchange(session, row, person_id, back[0] if back else None, now)


def _exchange(
    session: Session, row: HandoverRow, person_id: UUID, back_id: UUID | None, now: datetime
) -> str:
    giver = row.given.person_id
    act = Act(now, person_id)
    without = [row.given.id] + ([back_id] if back_id else [])
    back = sign_up_by_id(session, back_id) if back_id else None
    _may(session, person_id, row.given.post_id, without, now)
    if back is not None:
        try:
            _may(session, giver, back.post_id, without, now)
        except Refused as refusal:
            # her own hindrance is nobody else's business
            raise Refused(HandoverRefusal.GIVER_CANNOT) from refusal
    move(session, row.given.id, SignUpState.TAKEN, Event.HAND_OVER, act)
    if back is not None:
        move(session, back.id, SignUpState.TAKEN, Event.HAND_OVER, act)
        _step_in(session, giver, back.post_id, act)
    key, number = _step_in(session, person_id, row.given.post_id, act)
    _close(session, row, HandoverState.ACCEPTED, now, taken_by=key)
    wipe_messages(session, _subject(row.number))
    tell(session, [giver], Told.HANDED_OVER, now, subject=_subject(row.number))
    return number


def _may(
    session: Session, person_id: UUID, post_id: UUID, without: list[UUID], now: datetime
) -> None:
    post = post_facts(session, post_id)
    if post is None:
        raise Missing
    check(session, person_id, post, now, ignoring=_IGNORED, without=without)


def _step_in(session: Session, person_id: UUID, post_id: UUID, act: Act) -> tuple[UUID, str]:
    """The seat is hers now; a place in the waiting list of the same shift ends with that."""
    post = post_facts(session, post_id)
    if post is None:
        raise Missing
    waited = own_queue_place(session, post.shift_id, person_id)
    if waited is not None:
        state = sign_up_by_id(session, waited).state
        leave(session, waited, post_id, state, Event.WITHDRAW, act)
    return begin_sign_up(session, post, person_id, Event.STEP_IN, act)
