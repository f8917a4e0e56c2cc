"""Rows of the two lists, for everybody and for the desk; where the second is on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from pledges.models import (
    Breach,
    Clause,
    Listing,
    ListSwitch,
    ListWish,
    Premises,
    PremisesOperator,
    Standing,
)
from pledges.queries.inspections import in_places
from pledges.rules.breaches import BreachState
from pledges.rules.standing import ListingState, ListKind

PAGE = 50
_DOOR = and_(Premises.district == Listing.district, Premises.id == Listing.premises_id)
_ITS_OPERATOR = and_(
    PremisesOperator.district == Listing.district, PremisesOperator.id == Listing.operator_id
)
_ITS_BREACH = and_(Breach.district == Listing.district, Breach.id == Listing.breach_id)


@dataclass(frozen=True)
class PublicRow:
    """A shop on a list as everybody reads it: of a sole trader only the name of the shop.

    ``clause``: what is to be put right; ``evidence``: why it is exemplary.
    """

    number: str
    title: str
    where: str
    place_path: str
    evidence: str
    clause: dict[str, str]
    starts_on: date
    ends_on: date


def public_list(
    session: Session, which: ListKind, place_path: str | None, today: date, after: str | None
) -> list[PublicRow]:
    """A page and one row more, the newest first; ``after``: the number of the last one seen.

    One query. A row of 待整改公示 is shown only while its place has the list switched on.
    """
    statement: Any = (
        select(
            Listing.number, Premises.title, Premises.road, Premises.door,
            PremisesOperator.sole_trader, Listing.place_path, Listing.evidence,
            Listing.starts_on, Listing.ends_on, Clause.text_zh_hans, Clause.text_zh_hant,
            Clause.text_en,
        )
        .join(Premises, _DOOR)
        .join(PremisesOperator, _ITS_OPERATOR)
        .outerjoin(Breach, _ITS_BREACH)
        .outerjoin(Clause, Clause.id == Breach.clause_id)
        .outerjoin(ListSwitch, ListSwitch.id == Listing.switch_id)
        .where(
            Listing.which == which, Listing.state == ListingState.SHOWN,
            Listing.starts_on <= today, Listing.ends_on >= today,
            # who left stands there no more
            PremisesOperator.ends_on.is_(None),
            or_(Listing.switch_id.is_(None), ListSwitch.off_at.is_(None)),
        )
        .order_by(Listing.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    if place_path is not None:
        statement = statement.where(Listing.place_path.startswith(place_path, autoescape=True))
    if after is not None:
        last = select(Listing.id).where(Listing.number == after).scalar_subquery()
        statement = statement.where(Listing.id < last)
    return [_public(row) for row in session.execute(statement)]


def _public(row: Any) -> PublicRow:
    texts = {"zh_Hans": row.text_zh_hans, "zh_Hant": row.text_zh_hant, "en": row.text_en}
    return PublicRow(
        row.number, row.title, "" if row.sole_trader else f"{row.road}{row.door}", row.place_path,
        row.evidence, texts if row.text_en else {}, row.starts_on, row.ends_on,
    )  # fmt: skip


@dataclass(frozen=True)
class ListingRow:
    """A row of a list at the desk."""

    district: str
    id: UUID
    number: str
    which: ListKind
    state: ListingState
    premises_id: UUID
    operator_id: UUID
    breach_id: UUID | None
    switch_id: UUID | None
    place_path: str
    evidence: str
    starts_on: date
    ends_on: date
    proposed_at: datetime
    proposed_by: UUID | None
    title: str


_LISTING: Any = (
    Listing.district, Listing.id, Listing.number, Listing.which, Listing.state,
    Listing.premises_id, Listing.operator_id, Listing.breach_id, Listing.switch_id,
    Listing.place_path, Listing.evidence, Listing.starts_on, Listing.ends_on,
    Listing.proposed_at, Listing.proposed_by, Premises.title,
)  # fmt: skip


def listings_in(session: Session, places: Collection[str] | None) -> list[ListingRow]:
    """What is proposed, shown or suspended in some places, what waits first."""
    rows = session.execute(
        select(*_LISTING)
        .join(Premises, _DOOR)
        .where(Listing.ended_at.is_(None), in_places(places, Listing.place_path))
        .order_by(Listing.state != ListingState.PROPOSED, Listing.id.desc())
        .limit(PAGE * 4)
    )
    return [ListingRow(*row) for row in rows]


def listing_by_number(session: Session, number: str, *, lock: bool = False) -> ListingRow | None:
    """One row; ``lock``: nobody else moves it meanwhile."""
    statement = select(*_LISTING).join(Premises, _DOOR).where(Listing.number == number)
    if lock:
        statement = statement.with_for_update(of=Listing)
    found = session.execute(statement).one_or_none()
    return ListingRow(*found) if found else None


def stars_and_breaches(
    session: Session,
    district: str,
    premises_id: UUID,
    operator_id: UUID,
    quarter: str,
    handed_since: datetime,
) -> tuple[int | None, int]:
    """The stars of a quarter under an operator, and how many breaches weigh against them: the open
    ones, and those that were handed to enforcement since a moment, for they end by no repair."""
    stars = session.scalar(
        select(Standing.stars)
        .where(
            Standing.district == district, Standing.premises_id == premises_id,
            Standing.operator_id == operator_id, Standing.quarter == quarter,
        )
    )  # fmt: skip
    breaches = session.scalar(
        select(func.count()).select_from(Breach).where(
            Breach.district == district, Breach.premises_id == premises_id,
            or_(
                Breach.ended_at.is_(None),
                and_(
                    Breach.state == BreachState.HANDED_OVER, Breach.operator_id == operator_id,
                    Breach.ended_at >= handed_since,
                ),
            ),
        )
    )  # fmt: skip
    return stars, breaches or 0


@dataclass(frozen=True)
class SwitchRow:
    """That 待整改公示 is on in a place, or asked for (``on_at`` None)."""

    area_id: UUID
    place_path: str
    basis: str
    on_at: datetime | None
    by: UUID | None


def switches_in(session: Session, places: Collection[str] | None) -> list[SwitchRow]:
    """Where it is on, and where somebody asked for it: two queries."""
    on = session.execute(
        select(
            ListSwitch.area_id, ListSwitch.place_path, ListSwitch.basis, ListSwitch.on_at,
            ListSwitch.on_by,
        )
        .where(ListSwitch.off_at.is_(None), in_places(places, ListSwitch.place_path))
        .order_by(ListSwitch.place_path)
    )  # fmt: skip
    asked = session.execute(
        select(ListWish.area_id, ListWish.place_path, ListWish.basis, ListWish.asked_by)
        .where(in_places(places, ListWish.place_path))
        .order_by(ListWish.place_path)
    )
    return [
        *(SwitchRow(*row) for row in on),
        *(SwitchRow(row.area_id, row.place_path, row.basis, None, row.asked_by) for row in asked),
    ]
