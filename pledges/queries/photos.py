"""Reads of photos of frontages: of an inspection, of what a shop put right, to check, for all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from pledges.models import Breach, BreachAnswer, PledgePhoto
from pledges.queries.breaches import BreachRow
from pledges.queries.inspections import in_places
from pledges.rules.breaches import BreachState
from pledges.rules.inspections import PhotoSide
from portal.kernel.db import PLANNED_ONCE

SHOWN = 30


@dataclass(frozen=True)
class PhotoRow:
    """A photo, and of what. ``clause_id`` None: of the whole frontage."""

    district: str
    id: UUID
    code: str
    premises_id: UUID
    inspection_id: UUID | None
    answer_id: UUID | None
    clause_id: UUID | None
    side: PhotoSide
    blob_key: str
    thumbnail_key: str
    at: datetime
    checked_at: datetime | None
    shown_at: datetime | None


_PHOTO: Any = (
    PledgePhoto.district, PledgePhoto.id, PledgePhoto.code, PledgePhoto.premises_id,
    PledgePhoto.inspection_id, PledgePhoto.answer_id, PledgePhoto.clause_id, PledgePhoto.side,
    PledgePhoto.blob_key, PledgePhoto.thumbnail_key, PledgePhoto.at, PledgePhoto.checked_at,
    PledgePhoto.shown_at,
)  # fmt: skip


def photos_of_inspection(session: Session, district: str, key: UUID) -> list[PhotoRow]:
    """The photos of an inspection, the earliest first."""
    return _photos(
        session, and_(PledgePhoto.district == district, PledgePhoto.inspection_id == key)
    )


def photos_of_breach(session: Session, row: BreachRow) -> list[PhotoRow]:
    """What was found of its clause or of the whole frontage, what the shop sent since, and what
    was seen when somebody looked again; the earliest first."""
    return _photos(session, of_breach(row.district, row.id, row.inspection_id, row.clause_id))


def of_breach(
    district: str, key: UUID, inspection_id: UUID, clause_id: UUID
) -> ColumnElement[bool]:  # fmt: skip
    """The condition of belonging to a breach."""
    answers = select(BreachAnswer.id).where(
        BreachAnswer.district == district, BreachAnswer.breach_id == key
    )
    found = and_(
        PledgePhoto.inspection_id == inspection_id,
        or_(PledgePhoto.clause_id.is_(None), PledgePhoto.clause_id == clause_id),
    )
    return and_(
        PledgePhoto.district == district, or_(found, PledgePhoto.answer_id.in_(answers))
    )  # fmt: skip


def _photos(session: Session, these: ColumnElement[bool]) -> list[PhotoRow]:
    rows = session.execute(
        select(*_PHOTO).where(these).order_by(PledgePhoto.at, PledgePhoto.id)
    )  # fmt: skip
    return [PhotoRow(*row) for row in rows]


def photo_by_code(session: Session, code: str) -> PhotoRow | None:
    """A photo by the code of its address."""
    found = session.execute(select(*_PHOTO).where(PledgePhoto.code == code)).one_or_none()
    return PhotoRow(*found) if found else None


_FOUND: Any = and_(
    Breach.district == PledgePhoto.district, Breach.inspection_id == PledgePhoto.inspection_id,
    or_(PledgePhoto.clause_id.is_(None), PledgePhoto.clause_id == Breach.clause_id),
)  # fmt: skip
_ANSWERED: Any = and_(
    Breach.district == PledgePhoto.district,
    Breach.id == select(BreachAnswer.breach_id)
    .where(
        BreachAnswer.district == PledgePhoto.district, BreachAnswer.id == PledgePhoto.answer_id
    )
    .scalar_subquery(),
)  # fmt: skip


def put_right_of(session: Session, photo: PhotoRow) -> bool:
    """Whether a photo shows something that was put right. The breach is held: whoever strikes it
    out meanwhile hides the photo after it was shown, and not before."""
    on = _FOUND if photo.inspection_id is not None else _ANSWERED
    statement = (
        select(Breach.id)
        .join(PledgePhoto, on)
        .where(
            PledgePhoto.district == photo.district, PledgePhoto.id == photo.id,
            Breach.state == BreachState.RECTIFIED,
        )
        .limit(1)
        .with_for_update(of=Breach)
    )  # fmt: skip
    return session.scalar(statement) is not None


def photos_to_check(session: Session, places: Collection[str] | None) -> list[PhotoRow]:
    """Photos of what was put right in some places, at which nobody has looked yet: two queries."""
    found: dict[UUID, PhotoRow] = {}
    for on in (_FOUND, _ANSWERED):
        rows = session.execute(
            select(*_PHOTO)
            .join(Breach, on)
            .where(
                in_places(places, Breach.place_path), Breach.state == BreachState.RECTIFIED,
                PledgePhoto.checked_at.is_(None),
            )
            .order_by(PledgePhoto.at, PledgePhoto.id)
            .limit(SHOWN)
        )  # fmt: skip
        found |= {row.id: PhotoRow(*row) for row in rows}
    return sorted(found.values(), key=lambda one: (one.at, one.id))[:SHOWN]


@dataclass(frozen=True)
class PutRight:
    """The breach that was put right last at a place: against which clause (its words by language),
    and when it was over."""

    district: str
    premises_id: UUID
    id: UUID
    inspection_id: UUID
    clause_id: UUID
    clause: Mapping[str, str]
    ended_at: datetime


@dataclass(frozen=True)
class ShownPhoto:
    """A photo that everybody may see, as its page needs it."""

    code: str
    side: PhotoSide


# built once; the place is named too, so that few rows are looked at on every engine
_GIVEN: Any = {name: bindparam(name) for name in ("district", "key", "inspection_id", "clause_id")}
_PUBLIC: Final = (
    select(PledgePhoto.code, PledgePhoto.side)
    .where(
        of_breach(**_GIVEN), PledgePhoto.premises_id == bindparam("premises_id"),
        PledgePhoto.shown_at.is_not(None),
    )
    .order_by(PledgePhoto.at, PledgePhoto.id)
    .execution_options(**PLANNED_ONCE)
)  # fmt: skip


def public_photos(session: Session, last: PutRight) -> list[ShownPhoto]:
    """Its photos that everybody may see, what was found first: one query."""
    given = {
        "district": last.district, "premises_id": last.premises_id, "key": last.id,
        "inspection_id": last.inspection_id, "clause_id": last.clause_id,
    }  # fmt: skip
    rows = [ShownPhoto(*row) for row in session.execute(_PUBLIC, given)]
    return sorted(rows, key=lambda one: one.side is PhotoSide.AFTER)
