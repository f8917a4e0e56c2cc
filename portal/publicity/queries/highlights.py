"""Highlights of a pilot, as its report and the desk read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.publicity.models import PilotHighlight

PAGE = 50
# of one report: as many as somebody would print
MOST = 500


@dataclass(frozen=True)
class HighlightRow:
    """A highlight that has not ended; it is shown once it is approved."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    organisation_id: UUID
    month: str
    words: str
    written_at: datetime
    written_by: UUID | None
    approved_at: datetime | None


def _rows(
    session: Session, *where: ColumnElement[bool], page: int = 1, limit: int = MOST
) -> list[HighlightRow]:  # fmt: skip
    h = PilotHighlight
    columns = (getattr(h, name) for name in HighlightRow.__dataclass_fields__)
    statement = select(*columns).where(h.ended_at.is_(None), *where)
    order = (h.approved_at.is_not(None), h.month.desc(), h.id.desc())
    some = statement.order_by(*order).offset((page - 1) * PAGE).limit(limit)
    return [HighlightRow(*row) for row in session.execute(some)]


def highlights_shown(session: Session, path: str, first: str, last: str) -> list[HighlightRow]:
    """What is shown of a place and below it, of the months from one to another."""
    h = PilotHighlight
    return _rows(
        session, h.approved_at.is_not(None), h.place_path.startswith(path, autoescape=True),
        h.month >= first, h.month <= last,
    )  # fmt: skip


def highlights_kept(
    session: Session, paths: Iterable[str] | None, page: int = 1
) -> list[HighlightRow]:  # fmt: skip
    """A page of those of a desk's places (None: of all), what waits first, and one more."""
    if paths is None:
        return _rows(session, page=page, limit=PAGE + 1)
    inside = (PilotHighlight.place_path.startswith(path, autoescape=True) for path in paths)
    mine = or_(PilotHighlight.id.is_(None), *inside)
    return _rows(session, mine, page=page, limit=PAGE + 1)


def highlight_by_number(session: Session, number: str) -> HighlightRow | None:
    """One that has not ended."""
    return next(iter(_rows(session, PilotHighlight.number == number)), None)
