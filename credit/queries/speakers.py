"""Reads of who speaks for a shop, and whose matters somebody may read: her own and her shops'."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import Session

from credit.models import Matter, Speaker
from credit.queries.matters import MatterRow

# a message to each of a crowd would tell strangers; a shop has an owner and perhaps a manager
MOST: Final = 10


def concerns(person_id: UUID) -> ColumnElement[bool]:
    """The condition that a matter is about somebody, or about a shop for which she speaks. Two
    reads by index, not one that an ``OR`` of two tables would turn into a look at every row."""
    own = select(Matter.id).where(Matter.subject_person_id == person_id)
    of_shops = (
        select(Matter.id)
        .join(Speaker, Speaker.organisation_id == Matter.subject_shop_id)
        .where(Speaker.person_id == person_id)
    )
    return Matter.id.in_(union_all(own, of_shops))


def is_about(session: Session, row: MatterRow, person_id: UUID | None) -> bool:
    """Whether a matter is about somebody or a shop of hers."""
    if person_id is None:
        return False
    if row.subject_shop_id is not None:
        return person_id in speakers_of(session, row.subject_shop_id)
    return row.subject_person_id == person_id


def heard_in(session: Session, row: MatterRow) -> list[UUID]:
    """Who is told of a matter: the person it is about, or all who speak for the shop."""
    if row.subject_shop_id is not None:
        return speakers_of(session, row.subject_shop_id)
    return [row.subject_person_id] if row.subject_person_id is not None else []


def speakers_of(session: Session, organisation_id: UUID) -> list[UUID]:
    """Who speaks for a shop, each once."""
    found = select(Speaker.person_id).where(Speaker.organisation_id == organisation_id).distinct()
    return list(session.scalars(found.order_by(Speaker.person_id).limit(MOST)))


def numbers_of_shop(session: Session, organisation_id: UUID) -> list[str]:
    """The numbers of the matters of a shop that are not erased."""
    mine = Matter.subject_shop_id == organisation_id
    return list(session.scalars(select(Matter.number).where(mine, Matter.erased_at.is_(None))))


@dataclass(frozen=True)
class SpeakerRow:
    """A bond by which somebody speaks for a shop."""

    source: str
    organisation_id: UUID
    since: datetime


def bonds_of(session: Session, person_id: UUID) -> list[SpeakerRow]:
    """Everything by which somebody speaks for shops, the oldest first."""
    rows = session.execute(
        select(Speaker.source, Speaker.organisation_id, Speaker.since)
        .where(Speaker.person_id == person_id)
        .order_by(Speaker.since, Speaker.source)
    )
    return [SpeakerRow(*row) for row in rows]
