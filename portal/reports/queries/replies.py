"""Prepared words: those that fit a step of a case, and those that somebody keeps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal, or_, select
from sqlalchemy.orm import Session

from portal.organisations.queries import through_time
from portal.reports.models import ReplyTemplate
from portal.reports.queries.case import CaseRow, columns
from portal.reports.rules.codes import Event


@dataclass(frozen=True)
class ReplyRow:
    """One version of prepared words."""

    id: UUID
    code: str
    version: int
    unit_id: UUID | None
    place_path: str | None
    step: Event
    category_code: str | None
    language: str
    title: str
    words: str
    times_used: int
    created_at: datetime
    created_by: UUID
    ended_at: datetime | None


def replies_for(
    session: Session, case: CaseRow, step: Event, units: Collection[UUID]
) -> list[ReplyRow]:
    """What is in use for a step of a case: of its place, or of the reader's own unit, also in the
    times before it merged."""
    here: ColumnElement[bool] = literal(case.place_path).startswith(ReplyTemplate.place_path)
    unit: ColumnElement[bool] = false()
    if case.unit_id is not None and case.unit_id in units:
        whose = ReplyTemplate.unit_id
        unit = and_(whose.in_(units), whose.in_(through_time(case.unit_id)))
    statement = (
        select(*columns(ReplyTemplate, ReplyRow))
        .where(
            ReplyTemplate.ended_at.is_(None),
            ReplyTemplate.step == step,
            or_(here, unit),
            or_(
                ReplyTemplate.category_code.is_(None),
                ReplyTemplate.category_code == case.category_code,
            ),
        )
        .order_by(ReplyTemplate.category_code.is_(None), ReplyTemplate.title, ReplyTemplate.code)
    )
    return [ReplyRow(*row) for row in session.execute(statement)]


def replies_kept(
    session: Session, units: Collection[UUID], places: Collection[str] | None
) -> list[ReplyRow]:
    """The newest version of everything that somebody keeps, in use first. None: every place."""
    mine: list[ColumnElement[bool]] = [ReplyTemplate.unit_id.in_(units)]
    if places is None:
        mine.append(ReplyTemplate.place_path.is_not(None))
    else:
        mine += [ReplyTemplate.place_path.startswith(place, autoescape=True) for place in places]
    rows = session.execute(
        select(*columns(ReplyTemplate, ReplyRow))
        .where(or_(*mine))
        .order_by(ReplyTemplate.code, ReplyTemplate.version.desc())
    )
    newest: dict[str, ReplyRow] = {}
    for row in (ReplyRow(*found) for found in rows):
        newest.setdefault(row.code, row)
    return sorted(newest.values(), key=lambda row: (row.ended_at is not None, row.step, row.title))


def reply_versions(session: Session, code: str) -> list[ReplyRow]:
    """Every version of some prepared words, newest first."""
    rows = session.execute(
        select(*columns(ReplyTemplate, ReplyRow))
        .where(ReplyTemplate.code == code)
        .order_by(ReplyTemplate.version.desc())
    )
    return [ReplyRow(*row) for row in rows]
