"""Reads for the volunteer cloud."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteers.models import CloudLink, ServiceHours
from volunteers.rules.hours import NOTICE, HoursSource
from volunteers.rules.shifts import Span


def cloud_id_of(session: Session, person_id: UUID) -> str | None:
    """Somebody's number in the cloud."""
    return session.scalar(select(CloudLink.cloud_id).where(CloudLink.person_id == person_id))


def links_of(session: Session, cloud_ids: Collection[str]) -> dict[str, UUID]:
    """Who has these numbers."""
    rows = session.execute(
        select(CloudLink.cloud_id, CloudLink.person_id).where(CloudLink.cloud_id.in_(cloud_ids))
    )
    return {row.cloud_id: row.person_id for row in rows}


def outside_records(session: Session, numbers: Collection[str]) -> dict[str, Any]:
    """What was taken over under these numbers: whose, from when to when, how long."""
    rows: Any = session.execute(
        select(
            ServiceHours.outside_id, ServiceHours.person_id, ServiceHours.starts_at,
            ServiceHours.ends_at, ServiceHours.minutes,
        ).where(ServiceHours.outside_id.in_(numbers))
    )  # fmt: skip
    return {row[0]: tuple(row[1:]) for row in rows}


def overlapping(session: Session, person_id: UUID, span: Span) -> bool:
    """Whether somebody has other standing records in that time."""
    found = select(ServiceHours.id).where(
        ServiceHours.person_id == person_id, ServiceHours.voided_at.is_(None),
        ServiceHours.starts_at < span.ends_at, ServiceHours.ends_at > span.starts_at,
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def hours_to_send(
    session: Session, first: date, last: date, zone: ZoneInfo, now: datetime
) -> Iterator[Any]:
    """Certified time of our own between two days, of people who gave their number there."""
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    statement = (
        select(
            CloudLink.cloud_id, ServiceHours.number, ServiceHours.title_zh_hans,
            ServiceHours.starts_at, ServiceHours.ends_at, ServiceHours.minutes,
        )
        .join(CloudLink, CloudLink.person_id == ServiceHours.person_id)
        .where(
            ServiceHours.source != HoursSource.CLOUD, ServiceHours.voided_at.is_(None),
            ServiceHours.confirmed_at <= now - NOTICE, ServiceHours.starts_at >= start,
            ServiceHours.starts_at < end,
        )
        .order_by(ServiceHours.starts_at, ServiceHours.id)
    )  # fmt: skip
    yield from session.execute(statement)
