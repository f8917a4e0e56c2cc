"""Certified service counted by kind, by street and by month. Sums in the database, no names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from volunteers.models import Activity, ServiceHours, Shift
from volunteers.queries.activities import said_in, within
from volunteers.rules.activities import ActivityKind
from volunteers.rules.hours import NOTICE
from volunteers.rules.shifts import Span
from volunteers.rules.statistics import Tally

OTHER = "other"


def _counted(key: Any, within: Span, final: datetime) -> Any:
    """Figures by a key of what began within a time and was certified by a moment."""
    return (
        select(
            key.label("key"), func.sum(ServiceHours.minutes), func.count(),
            func.count(ServiceHours.person_id.distinct()),
        )
        .select_from(ServiceHours)
        .where(
            ServiceHours.voided_at.is_(None), ServiceHours.confirmed_at <= final - NOTICE,
            ServiceHours.starts_at >= within.starts_at, ServiceHours.starts_at < within.ends_at,
        )
        .group_by("key")
    )  # fmt: skip


def _tallies(session: Session, statement: Any) -> list[Tally]:
    rows = session.execute(statement)
    return [Tally(str(row[0]), int(row[1]), row[2], row[3]) for row in rows]


def service_by_kind(session: Session, within: Span, final: datetime) -> list[Tally]:
    """By the kind of the activity; what came from elsewhere has none."""
    kind = func.coalesce(type_coerce(Activity.kind, String), OTHER)
    statement = _counted(kind, within, final)
    return _tallies(
        session,
        statement.join(Shift, Shift.id == ServiceHours.shift_id, isouter=True).join(
            Activity, Activity.id == Shift.activity_id, isouter=True
        ),
    )


def service_by_place(
    session: Session, paths: Mapping[str, str], within: Span, final: datetime
) -> list[Tally]:
    """By the places whose paths are given, by key; the rest lies in none of them."""
    inside: list[tuple[ColumnElement[bool], str]] = [
        (ServiceHours.place_path.startswith(path, autoescape=True), key)
        for key, path in paths.items()
    ]
    key = case(*inside, else_=OTHER) if inside else literal(OTHER)
    return _tallies(session, _counted(key, within, final))


@dataclass(frozen=True)
class ActivityTally:
    """Service on one activity: whole minutes that are certified, and that are still on notice.

    ``number`` None: what came from elsewhere, all of it together.
    """

    number: str | None
    titles: Mapping[str, str]
    kind: ActivityKind | None
    place_path: str | None
    minutes: int
    waiting: int
    services: int
    people: int


def service_by_activity(
    session: Session, scopes: Sequence[str] | None, within_days: Span, now: datetime
) -> list[ActivityTally]:
    """What was served in somebody's places, by activity, the most first. For its staff."""
    certified = ServiceHours.confirmed_at <= now - NOTICE
    about = (
        Activity.number, Activity.kind, Activity.place_path, Activity.title_zh_hans,
        Activity.title_zh_hant, Activity.title_en,
    )  # fmt: skip
    minutes = func.sum(case((certified, ServiceHours.minutes), else_=0))
    statement = (
        select(
            *about, minutes.label("minutes"), func.sum(ServiceHours.minutes).label("all"),
            func.count().label("services"),
            func.count(ServiceHours.person_id.distinct()).label("people"),
        )
        .select_from(ServiceHours)
        .join(Shift, Shift.id == ServiceHours.shift_id, isouter=True)
        .join(Activity, Activity.id == Shift.activity_id, isouter=True)
        .where(
            ServiceHours.voided_at.is_(None), ServiceHours.starts_at >= within_days.starts_at,
            ServiceHours.starts_at < within_days.ends_at,
        )
        .group_by(Activity.id, *about)
        .order_by(minutes.desc(), Activity.number)
    )  # fmt: skip
    inside = within(ServiceHours.place_path, scopes)
    if inside is not None:
        statement = statement.where(inside)
    return [
        ActivityTally(
            row.number, said_in(row, "title"), row.kind, row.place_path, int(row.minutes),
            int(row.all) - int(row.minutes), row.services, row.people,
        )
        for row in session.execute(statement)
    ]  # fmt: skip


def service_by_month(session: Session, months: Sequence[tuple[str, Span, datetime]]) -> list[Tally]:
    """By months: each with its time and the moment from which its figures stand."""
    inside = [
        (
            (ServiceHours.starts_at >= span.starts_at)
            & (ServiceHours.starts_at < span.ends_at)
            & (ServiceHours.confirmed_at <= final - NOTICE),
            month,
        )
        for month, span, final in months
    ]
    whole = Span(months[-1][1].starts_at, months[0][1].ends_at)
    statement = _counted(case(*inside, else_=OTHER), whole, months[0][2])
    return [row for row in _tallies(session, statement) if row.key != OTHER]
