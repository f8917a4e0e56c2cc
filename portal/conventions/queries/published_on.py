"""Versions by the time at which they were published, for whoever tells the news of a day."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.conventions.models import Convention, ConventionVersion


@dataclass(frozen=True)
class PublishedThen:
    """A version: with ``number`` of its convention its address for ever."""

    number: str
    version: int
    title: str
    area_id: UUID
    published_at: datetime


def versions_between(session: Session, since: datetime, until: datetime) -> list[PublishedThen]:
    """What was published from a moment on and before another, the newest first."""
    v = ConventionVersion
    statement = (
        select(Convention.number, v.version, v.title, Convention.area_id, v.published_at)
        .join(Convention, Convention.id == v.convention_id)
        .where(v.published_at >= since, v.published_at < until)
        .order_by(v.published_at.desc(), v.id.desc())
    )
    return [PublishedThen(*row) for row in session.execute(statement)]
