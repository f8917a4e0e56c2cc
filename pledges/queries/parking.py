"""Offers of parking as they are read: by everybody, by the unit, at the desk."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from credit.rules.canonical import Json
from pledges.models import (
    ParkingEvent,
    ParkingHours,
    ParkingOffer,
    Pledge,
    Premises,
    PremisesOperator,
)
from pledges.queries.inspections import in_places
from pledges.rules.parking import (
    DAY_MINUTES,
    Moment,
    ParkingFee,
    ParkingState,
    ParkingStep,
    ParkingUser,
    Span,
)
from pledges.rules.signing import PledgeState, Who

PAGE = 30
# more than a city has; a map and a table hold them all
MOST = 2000


@dataclass(frozen=True)
class OfferRow:
    """An offer and the unit whose it is, by its sign."""

    district: str
    id: UUID
    number: str
    premises_id: UUID
    premises: str
    title: str
    road: str
    door: str
    area_id: UUID
    place_path: str
    pledge_id: UUID | None
    lon: float
    lat: float
    spaces: int
    open_to: ParkingUser
    fee: ParkingFee
    fee_note: str | None
    entrance: str | None
    phone: str | None
    state: ParkingState
    reason: str | None
    starts_on: date
    ends_on: date | None
    version: int
    hours_changed_at: datetime | None


@dataclass(frozen=True)
class Sought:
    """What is looked for: a place, a moment when it is open, who wants to park."""

    under: str = "/"
    at: Moment | None = None
    open_to: ParkingUser | None = None
    after: str = ""


def _rows() -> Select[*tuple[Any, ...]]:
    o, p = ParkingOffer, Premises
    return select(
        o.district, o.id, o.number, o.premises_id, p.number, p.title, p.road, p.door, p.area_id,
        o.place_path, o.pledge_id, o.lon, o.lat, o.spaces, o.open_to, o.fee, o.fee_note,
        o.entrance, o.phone, o.state, o.reason, o.starts_on, o.ends_on, o.version,
        o.hours_changed_at,
    ).join(p, and_(p.district == o.district, p.id == o.premises_id))  # fmt: skip


def _holds(today: date) -> ColumnElement[bool]:
    """Offered, checked, in its days, and its letter in force."""
    letter = exists().where(
        Pledge.district == ParkingOffer.district, Pledge.id == ParkingOffer.pledge_id,
        Pledge.state == PledgeState.IN_FORCE,
    )  # fmt: skip
    days = and_(
        ParkingOffer.starts_on <= today,
        or_(ParkingOffer.ends_on.is_(None), ParkingOffer.ends_on >= today),
    )
    return and_(ParkingOffer.state == ParkingState.OFFERED, days, letter)


def _open_at(at: Moment) -> ColumnElement[bool]:
    h = ParkingHours
    now = and_(h.weekday == at.today, h.opens <= at.minute, h.closes > at.minute)
    over_midnight = and_(h.weekday == at.yesterday, h.closes > at.minute + DAY_MINUTES)
    return exists().where(
        h.district == ParkingOffer.district, h.offer_id == ParkingOffer.id, or_(now, over_midnight)
    )


def _found(sought: Sought, today: date) -> Select[*tuple[Any, ...]]:
    statement = _rows().where(
        _holds(today), ParkingOffer.place_path.startswith(sought.under, autoescape=True)
    )
    if sought.at is not None:
        statement = statement.where(_open_at(sought.at))
    if sought.open_to is not None:
        kinds = {sought.open_to, ParkingUser.EVERYBODY}
        statement = statement.where(ParkingOffer.open_to.in_(kinds))
    return statement.order_by(ParkingOffer.number)


def offers_page(session: Session, sought: Sought, today: date) -> list[OfferRow]:
    """A page and one more of what is offered, by number: one query."""
    statement = _found(sought, today)
    if sought.after:
        statement = statement.where(ParkingOffer.number > sought.after)
    return [OfferRow(*row) for row in session.execute(statement.limit(PAGE + 1))]


def all_offers(session: Session, sought: Sought, today: date) -> list[OfferRow]:
    """Everything that is offered, for the map and the table: one query."""
    return [OfferRow(*row) for row in session.execute(_found(sought, today).limit(MOST))]


def offer_by_number(session: Session, number: str, *, lock: bool = False) -> OfferRow | None:
    """One offer, in whatever state."""
    statement = _rows().where(ParkingOffer.number == number)
    if lock:
        statement = statement.with_for_update(of=ParkingOffer)
    found = session.execute(statement).one_or_none()
    return OfferRow(*found) if found else None


def is_shown(session: Session, row: OfferRow, today: date) -> bool:
    """Whether everybody sees it."""
    statement = select(ParkingOffer.id).where(ParkingOffer.id == row.id, _holds(today))
    return session.scalar(statement) is not None


def offers_in(
    session: Session, places: Collection[str] | None, after: str = ""
) -> list[OfferRow]:  # fmt: skip
    """A page and one more of the offers of some places that did not end: one query."""
    here = in_places(places, ParkingOffer.place_path)
    statement = _rows().where(here, ParkingOffer.state != ParkingState.ENDED)
    if after:
        statement = statement.where(ParkingOffer.number > after)
    found = session.execute(statement.order_by(ParkingOffer.number).limit(PAGE + 1))
    return [OfferRow(*row) for row in found]


def offers_of_speaker(session: Session, person_id: UUID | None) -> list[OfferRow]:
    """The offers of the places for which somebody speaks: one query."""
    o = PremisesOperator
    mine = exists().where(
        o.district == ParkingOffer.district, o.premises_id == ParkingOffer.premises_id,
        o.person_id == person_id, o.ends_on.is_(None),
    )  # fmt: skip
    found = session.execute(_rows().where(mine).order_by(ParkingOffer.starts_on.desc()).limit(PAGE))
    return [OfferRow(*row) for row in found] if person_id is not None else []


def hours_of(session: Session, rows: Iterable[OfferRow]) -> dict[UUID, list[Span]]:
    """The hours of some offers in order, by their ids: one query."""
    h = ParkingHours
    found: dict[UUID, list[Span]] = defaultdict(list)
    statement = (
        select(h.offer_id, h.weekday, h.opens, h.closes)
        .where(h.offer_id.in_([row.id for row in rows]))
        .order_by(h.weekday, h.opens)
    )
    for row in session.execute(statement):
        found[row.offer_id].append(Span(row.weekday, row.opens, row.closes))
    return found


def offer_content(session: Session, row: OfferRow) -> dict[str, Json]:
    """What is offered, as it is signed: how many spaces, to whom, when, for what."""
    hours = hours_of(session, [row]).get(row.id, [])
    return {
        "number": row.number, "spaces": row.spaces, "open_to": row.open_to.value,
        "fee": row.fee.value, "fee_note": row.fee_note or "",
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else "",
        "hours": [[one.weekday, one.opens, one.closes] for one in hours],
    }  # fmt: skip


def offer_of_letter(session: Session, district: str, pledge_id: UUID) -> OfferRow | None:
    """The offer that a letter signed, while it says what was signed."""
    statement = _rows().where(
        ParkingOffer.district == district, ParkingOffer.pledge_id == pledge_id
    )
    found = session.execute(statement).one_or_none()
    return OfferRow(*found) if found else None


@dataclass(frozen=True)
class EventRow:
    """A step of an offer; whoever took it is not in it."""

    step: ParkingStep
    who: Who
    at: datetime
    reason: str | None


def events_of(session: Session, row: OfferRow) -> list[EventRow]:
    """The history of an offer, the first step first."""
    e = ParkingEvent
    rows = session.execute(
        select(e.step, e.who, e.at, e.reason)
        .where(e.district == row.district, e.offer_id == row.id)
        .order_by(e.at, e.id)
    )
    return [EventRow(*one) for one in rows]
