"""Upkeep of the kept counts: a change is noted where a point comes or goes, and folded later."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.ids import new_id
from portal.reports.models import MapCell, MapChange
from portal.reports.rules.cells import Cell, finest_cell, moves, pyramid

Point = tuple[float, float] | None
# so many changes are folded in one transaction
FOLD = 5_000
# so many rows of three values and a count in one statement, below every engine's limit
ROWS = 200


def note_moves(
    session: Session, before: Mapping[object, Point], after: Mapping[object, Point]
) -> None:
    """Points as they were and as they are; called in the transaction that changes them."""
    found = moves(_cells(before), _cells(after))
    if found:
        rows = [{"id": new_id(), "x": x, "y": y, "points": n} for (x, y), n in found.items()]
        session.execute(insert(cast("Table", MapChange.__table__)), rows)


def _cells(points: Mapping[object, Point]) -> dict[object, Cell | None]:
    return {key: point and finest_cell(*point) for key, point in points.items()}


def fold_changes(session: Session) -> int:
    """Move noted changes into the counts of every zoom; how many there were.

    Whoever deletes a change counts it, so that two at once never count it twice.
    """
    some = select(MapChange.id).order_by(MapChange.id).limit(FOLD)
    taken = session.execute(
        delete(MapChange)
        .where(MapChange.id.in_(some.with_for_update(skip_locked=True).scalar_subquery()))
        .returning(MapChange.x, MapChange.y, MapChange.points)
    ).all()
    # in one order everywhere: two at once then wait for each other, and never in a circle
    changed = sorted(pyramid([((row.x, row.y), row.points) for row in taken]).items())
    for start in range(0, len(changed), ROWS):
        rows = [
            {"zoom": zoom, "x": x, "y": y, "points": points}
            for (zoom, x, y), points in changed[start : start + ROWS]
        ]
        session.execute(_added(session, rows))
    return len(taken)


def _added(session: Session, rows: list[dict[str, Any]]) -> Any:
    dialect = session.get_bind().dialect.name
    upsert = (sqlite if dialect == "sqlite" else postgresql).insert(MapCell).values(rows)
    return upsert.on_conflict_do_update(
        index_elements=[MapCell.zoom, MapCell.x, MapCell.y],
        set_={"points": MapCell.points + upsert.excluded.points},
    )
