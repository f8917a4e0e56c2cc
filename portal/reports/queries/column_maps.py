"""Column maps that staff saved under names."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from portal.reports.models import ColumnMap


@dataclass(frozen=True)
class MapRow:
    """One saved map. ``standing``: it is offered still."""

    code: str
    name: str
    spec: str
    standing: bool


def saved_maps(session: Session) -> list[MapRow]:
    """All of them by name; ended ones are named by the files that were read with them."""
    return _rows(session, true())


def saved_map(session: Session, name: str) -> MapRow | None:
    """A map by its code, or one that is offered by its name."""
    offered = and_(ColumnMap.name == name, ColumnMap.ended_at.is_(None))
    return next(iter(_rows(session, or_(ColumnMap.code == name, offered))), None)


def _rows(session: Session, wanted: ColumnElement[bool]) -> list[MapRow]:
    columns = (ColumnMap.code, ColumnMap.name, ColumnMap.spec, ColumnMap.ended_at)
    rows = session.execute(
        select(*columns).where(wanted).order_by(ColumnMap.name, ColumnMap.made_at)
    )
    return [MapRow(row.code, row.name, row.spec, row.ended_at is None) for row in rows]
