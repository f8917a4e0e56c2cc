"""The kept counts of a window: what is folded and what is not yet, in one statement."""

from sqlalchemy import ColumnElement, literal_column, select, union_all
from sqlalchemy.orm import Session

from portal.reports.models import MapCell, MapChange
from portal.reports.rules.cells import FINEST, Cell, Window


def counts_in(session: Session, on: Window) -> dict[Cell, int]:
    """How many public points each kept square of a window holds, at this very moment."""
    # of one statement: between two of them a change could be folded, and counted twice or never
    finer = FINEST - on.zoom
    folded = select(MapCell.x, MapCell.y, MapCell.points).where(
        MapCell.zoom == on.zoom,
        MapCell.x.between(on.west, on.east),
        MapCell.y.between(on.north, on.south),
    )
    by: ColumnElement[int] = literal_column(str(finer))
    waiting = select(
        MapChange.x.bitwise_rshift(by), MapChange.y.bitwise_rshift(by), MapChange.points
    ).where(
        MapChange.x.between(on.west << finer, ((on.east + 1) << finer) - 1),
        MapChange.y.between(on.north << finer, ((on.south + 1) << finer) - 1),
    )
    found: dict[Cell, int] = {}
    for x, y, points in session.execute(union_all(folded, waiting)):
        found[x, y] = found.get((x, y), 0) + points
    return {cell: points for cell, points in found.items() if points}
