"""Off-peak parking: a unit writes an offer and signs its letter, the street checks it.

Locks are taken in this order: premises, operator, offer, pledge. An offer is shown while it is
offered and its letter in force: whoever withdraws the letter withdraws the offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pledges.models import ParkingEvent, ParkingHours, ParkingOffer, Pledge, PledgeEvent
from pledges.queries.inspections import DoorRow, OperatorRow, door_by_number, operator_now
from pledges.queries.parking import OfferRow, hours_of, is_shown, offer_by_number
from pledges.rules.inspections import leads_to_person
from pledges.rules.parking import (
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_SPACES,
    OF_THE_UNIT,
    STEPS,
    ParkingFee,
    ParkingRefusal,
    ParkingState,
    ParkingStep,
    ParkingUser,
    Span,
)
from pledges.rules.premises import PremisesState
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import PledgeState, PledgeStep, Who
from pledges.service.days import today_of
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.geo import possible
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.phones import clean_mobile, clean_phone

REGISTER: Final = Permission.PLEDGE_REGISTER
# of an offer, its hours are signed too; see ``queries.parking.offer_content``
SIGNED_FIELDS: Final = frozenset({"spaces", "open_to", "fee", "fee_note", "starts_on", "ends_on"})
_WAS_SHOWN: Final = frozenset({ParkingState.OFFERED, ParkingState.PAUSED})


@dataclass(frozen=True)
class OfferWish:
    """What a unit offers. ``phone``: the unit's own, as typed; ``point``: (lon, lat), WGS-84."""

    spaces: int
    open_to: ParkingUser
    fee: ParkingFee
    fee_note: str
    entrance: str
    phone: str
    point: tuple[float, float] | None
    starts_on: date
    ends_on: date | None
    hours: Sequence[Span]


def own_door(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> tuple[DoorRow, OperatorRow]:
    """A place for which somebody speaks, and who runs it. Raises Missing."""
    door = door_by_number(session, clean_number(number) or "", lock=lock)
    if door is None or actor.person_id is None or door.state is PremisesState.GONE:
        raise Missing
    by = operator_now(session, door.district, door.id, lock=lock)
    if by is None or by.person_id != actor.person_id:
        raise Missing
    return door, by


def own_offer(session: Session, actor: Actor, number: str, *, lock: bool = False) -> OfferRow:
    """An offer of a place for which somebody speaks. Raises Missing."""
    row = offer_by_number(session, clean_number(number) or "")
    if row is None:
        raise Missing
    own_door(session, actor, row.premises, lock=lock)
    return _locked(session, row) if lock else row


def _locked(session: Session, row: OfferRow) -> OfferRow:
    found = offer_by_number(session, row.number, lock=True)
    if found is None:
        raise Missing
    return found


def offer_at_desk(session: Session, actor: Actor, number: str, *, lock: bool = False) -> OfferRow:
    """An offer of somebody's places. Raises Missing."""
    row = offer_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(REGISTER, place_path=row.place_path):
        raise Missing
    return row


def offer_shown(session: Session, number: str, now: datetime) -> OfferRow:
    """An offer as everybody sees it. Raises Missing."""
    row = offer_by_number(session, clean_number(number) or "")
    if row is None or not is_shown(session, row, today_of(session, now)):
        raise Missing
    return row


def _checked(door: DoorRow, wish: OfferWish) -> dict[str, Any]:
    if not 1 <= wish.spaces <= MOST_SPACES:
        raise Refused(ParkingRefusal.SPACES, field="spaces")
    if not wish.hours:
        raise Refused(ParkingRefusal.NO_HOURS, field="day_0")
    if wish.ends_on is not None and wish.ends_on < wish.starts_on:
        raise Refused(ParkingRefusal.DAYS, field="ends_on")
    point = wish.point or ((door.lon, door.lat) if door.lon and door.lat else None)
    if point is None or not possible(*point):
        raise Refused(ParkingRefusal.POINT, field="lon")
    return {
        "spaces": wish.spaces, "open_to": wish.open_to, "fee": wish.fee,
        "fee_note": _words(wish.fee_note, "fee_note"),
        "entrance": _words(wish.entrance, "entrance"),
        "phone": service_phone(wish.phone), "lon": point[0], "lat": point[1],
        "starts_on": wish.starts_on, "ends_on": wish.ends_on,
    }  # fmt: skip


def _words(text: str, field: str, most: int = LONGEST_WORDS) -> str | None:
    found = text.strip()
    if len(found) > most:
        raise Refused(PledgeRefusal.LONG, field=field, facts={"most": most})
    if leads_to_person(found):
        raise Refused(PledgeRefusal.LEADS_TO_PERSON, field=field)
    return found or None


def service_phone(typed: str) -> str:
    """The telephone of a unit: everybody reads it, so a mobile, which is a person's, is refused."""
    found = clean_phone(typed)
    if found is None:
        raise Refused(ParkingRefusal.PHONE, field="phone")
    if clean_mobile(typed) is not None:
        raise Refused(ParkingRefusal.MOBILE, field="phone")
    return found


def write_offer(
    session: Session, actor: Actor, premises: str, wish: OfferWish, *, now: datetime
) -> str:
    """Write an offer for a place for which one speaks; nobody sees it before it is signed."""
    door, _by = own_door(session, actor, premises, lock=True)
    running = select(ParkingOffer.id).where(
        ParkingOffer.district == door.district, ParkingOffer.premises_id == door.id,
        ParkingOffer.state != ParkingState.ENDED,
    )  # fmt: skip
    if session.scalar(running.limit(1)) is not None:
        raise Conflict(ParkingRefusal.OFFERED_ALREADY)
    key, number = new_id(), new_number()
    session.add(
        ParkingOffer(
            district=door.district, id=key, number=number, premises_id=door.id,
            place_path=door.place_path, updated_at=now, **_checked(door, wish),
        )
    )  # fmt: skip
    # hours and steps refer to it by key alone
    session.flush()
    _put_hours(session, door.district, key, wish.hours)
    add_step(session, door.district, key, ParkingStep.WRITE, Who.OPERATOR, now)
    return number


def _put_hours(session: Session, district: str, offer_id: UUID, hours: Sequence[Span]) -> None:
    h = ParkingHours
    session.execute(delete(h).where(h.district == district, h.offer_id == offer_id))
    session.add_all(
        ParkingHours(district=district, offer_id=offer_id, weekday=one.weekday, opens=one.opens,
                     closes=one.closes)
        for one in hours
    )  # fmt: skip


def add_step(
    session: Session, district: str, offer_id: UUID, step: ParkingStep, who: Who, now: datetime,
    *, actor: Actor | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Write a step into the history of an offer; a unit's own steps keep nobody."""
    staff = actor.person_id if actor is not None and who is Who.STAFF else None
    session.add(
        ParkingEvent(
            district=district, offer_id=offer_id, step=step, who=who, actor_id=staff, at=now,
            reason=reason,
        )
    )  # fmt: skip


def change_offer(
    session: Session, actor: Actor, number: str, wish: OfferWish, *, seen: int, now: datetime
) -> None:
    """Write an offer anew. ``seen``: the version of the form.

    What was signed is no longer signed once it says something else, and what the street has not
    seen is shown to nobody: another offer goes back to be signed, other words about it to the
    street. Hours that change while it is offered are told: everybody reads since when.
    """
    row = own_offer(session, actor, number, lock=True)
    if row.state is ParkingState.ENDED:
        raise Conflict(PledgeRefusal.MOVED_ON)
    door, _by = own_door(session, actor, row.premises)
    before = hours_of(session, [row]).get(row.id, [])
    other_hours = sorted(wish.hours) != sorted(before)
    checked = _checked(door, wish)
    different = {name for name, value in checked.items() if getattr(row, name) != value}
    if not different and not other_hours:
        return
    values = {**checked, "version": seen + 1, "updated_at": now}
    told = other_hours and row.state in _WAS_SHOWN
    if told:
        values["hours_changed_at"] = now
    resign = other_hours or bool(different & SIGNED_FIELDS)
    values |= _after_change(row, resign=resign)
    changed = update(ParkingOffer).where(
        ParkingOffer.district == row.district, ParkingOffer.id == row.id,
        ParkingOffer.version == seen,
    )  # fmt: skip
    if changed_rows(session, changed.values(**values)) != 1:
        raise Conflict(PledgeRefusal.CHANGED)
    if other_hours:
        _put_hours(session, row.district, row.id, wish.hours)
    if resign:
        _end_letter(session, row, Who.OPERATOR, actor, now)
    step = ParkingStep.CHANGE_HOURS if told else ParkingStep.CHANGE
    add_step(session, row.district, row.id, step, Who.OPERATOR, now)


def _after_change(row: OfferRow, *, resign: bool) -> dict[str, Any]:
    """Where an offer stands once it was written anew. A letter that signed something else is its
    letter no more, also one that ended when the street sent the offer back."""
    if row.state is ParkingState.WRITTEN:
        return {"pledge_id": None} if resign else {}
    if resign:
        return {"state": ParkingState.WRITTEN, "pledge_id": None, "reason": None}
    return {"state": ParkingState.WAITING, "reason": None}


def _street_paused(session: Session, row: OfferRow) -> bool:
    """Whether it was the street that paused an offer last."""
    last = (
        select(ParkingEvent.who)
        .where(
            ParkingEvent.district == row.district, ParkingEvent.offer_id == row.id,
            ParkingEvent.step == ParkingStep.PAUSE,
        )
        .order_by(ParkingEvent.at.desc(), ParkingEvent.id.desc())
        .limit(1)
    )  # fmt: skip
    return session.scalar(last) is Who.STAFF


def take_step(
    session: Session, actor: Actor, number: str, step: ParkingStep, reason: str, *, desk: bool,
    now: datetime, seen: int | None = None,
) -> None:  # fmt: skip
    """One step of the unit, or of the street (``desk``). Raises Conflict when it moved on.

    ``seen``: the version that was read. Nobody lets something be shown that she has not read.
    """
    if step not in STEPS or not (desk or step in OF_THE_UNIT):
        raise Missing
    row = (offer_at_desk if desk else own_offer)(session, actor, number, lock=True)
    edge, who = STEPS[step], Who.STAFF if desk else Who.OPERATOR
    if row.state not in edge.before:
        raise Conflict(PledgeRefusal.MOVED_ON)
    if step is ParkingStep.ADMIT and seen != row.version:
        raise Conflict(PledgeRefusal.CHANGED)
    if step is ParkingStep.RESUME and not desk and _street_paused(session, row):
        raise Refused(ParkingRefusal.STREET_PAUSED)
    words = _words(reason, "reason", LONGEST_REASON) if edge.reasoned else None
    if edge.reasoned and not words:
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    set_state(session, row, edge.after, words, now)
    add_step(session, row.district, row.id, step, who, now, actor=actor, reason=words)
    if edge.after in (ParkingState.WRITTEN, ParkingState.ENDED):
        _end_letter(session, row, who, actor, now)
    if desk:
        note_action(session, at=now, actor_id=actor.person_id, action=f"parking:{step.value}",
                    subject=f"parking:{row.number}")  # fmt: skip


def set_state(
    session: Session, row: OfferRow, state: ParkingState, reason: str | None, now: datetime,
    **values: Any,
) -> None:  # fmt: skip
    """The row of an offer in another state."""
    session.execute(
        update(ParkingOffer)
        .where(ParkingOffer.district == row.district, ParkingOffer.id == row.id)
        .values(state=state, reason=reason, updated_at=now, version=row.version + 1, **values)
    )


def _end_letter(session: Session, row: OfferRow, who: Who, actor: Actor, now: datetime) -> None:
    """What was signed for an offer ends with it."""
    if row.pledge_id is None:
        return
    state = PledgeState.ENDED if who is Who.STAFF else PledgeState.WITHDRAWN
    ended = update(Pledge).where(
        Pledge.district == row.district, Pledge.id == row.pledge_id,
        Pledge.state == PledgeState.IN_FORCE,
    )  # fmt: skip
    if changed_rows(session, ended.values(state=state, ended_at=now)) == 1:
        session.add(
            PledgeEvent(
                district=row.district, pledge_id=row.pledge_id, who=who, at=now,
                step=PledgeStep.STRIKE if who is Who.STAFF else PledgeStep.WITHDRAW,
                actor_id=actor.person_id if who is Who.STAFF else None,
            )
        )  # fmt: skip


def end_offers(session: Session, district: str, premises_id: UUID, now: datetime) -> None:
    """Whoever ran a place runs it no longer: what they offered ends."""
    rows = session.scalars(
        select(ParkingOffer)
        .where(
            ParkingOffer.district == district, ParkingOffer.premises_id == premises_id,
            ParkingOffer.state != ParkingState.ENDED,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    for row in rows:
        row.state, row.updated_at = ParkingState.ENDED, now
        add_step(session, district, row.id, ParkingStep.END, Who.CLOCK, now)
