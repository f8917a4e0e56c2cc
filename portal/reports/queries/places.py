"""Places as the report form offers them: by words, by short lists, on the map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import String, func, literal, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries import (
    AreaRow,
    areas_by_codes,
    descendants_at_level,
    find_areas,
    outlines_under,
    root_areas,
)
from portal.areas.rules import codes_of
from portal.kernel.instance import instance_of
from portal.kernel.tokens import fold
from portal.reports.rules.place_map import SIZE, Frame, frame_around, rings

MOST_FOUND = 12
MOST_NAMES = 60
OFFICE_ENDINGS = Path(__file__).parents[1] / "data" / "office-endings.txt"


@cache
def office_endings() -> tuple[str, ...]:
    """What an office is called, and nobody says."""
    return tuple(OFFICE_ENDINGS.read_text("utf-8").split())


@dataclass(frozen=True)
class Choice:
    """A place to choose, with the places it lies in, from the top."""

    area: AreaRow
    above: tuple[AreaRow, ...]


def with_places_above(session: Session, areas: Sequence[AreaRow]) -> list[Choice]:
    """The places with what they lie in, in one query."""
    codes = {code for area in areas for code in codes_of(area.path)[:-1]}
    known = areas_by_codes(session, codes)
    return [
        Choice(area, tuple(known[code] for code in codes_of(area.path)[:-1] if code in known))
        for area in areas
    ]


def places_for_words(session: Session, typed: str) -> list[Choice]:
    """Places whose names hold the words; else those whose names stand in the words."""
    words = " ".join(typed.split())[:80]
    if not words:
        return []
    found = find_areas(session, words, MOST_FOUND) or _named_in(session, words)
    return with_places_above(session, found)


def _named_in(session: Session, words: str) -> list[AreaRow]:
    """Places named inside a longer address, the finest first."""
    name: Any = Area.name_zh_hans
    for end in office_endings():
        name = func.replace(name, end, "")
    address = literal(fold(words), String)
    codes = session.scalars(
        select(Area.code)
        .where(
            Area.valid_to.is_(None),
            func.length(name) >= 2,
            func.replace(address, name, "") != address,
        )
        .order_by(func.length(Area.path).desc(), Area.code)
        .limit(MOST_FOUND)
    ).all()
    found = areas_by_codes(session, codes)
    return [found[code] for code in codes if code in found]


def city_frame(session: Session) -> Frame | None:
    """The map that shows the whole city; None where no outline is known."""
    points = [
        point
        for root in root_areas(session)
        for level in instance_of(session).city.levels[:2]
        for _, outline in outlines_under(session, root.path, level=level.code)
        for ring in rings(outline)
        for point in ring
    ]
    return frame_around(points)


def outlines_for(session: Session, frame: Frame) -> list[dict[str, Any]]:
    """The outlines that fit a map of this width: the closer, the finer."""
    return [
        outline
        for root in root_areas(session)
        for level in _levels_for(session, frame)
        for _, outline in outlines_under(session, root.path, level=level)
        if _meets(frame, outline)
    ]


def names_for(session: Session, frame: Frame) -> list[AreaRow]:
    """The places whose names belong on a map, the larger first."""
    west, south, east, north = frame.box
    found = [
        area
        for root in root_areas(session)
        for level in _levels_for(session, frame)[1:]
        for area in descendants_at_level(session, root.path, level)
        if area.lon is not None and area.lat is not None
    ]
    inside = (a for a in found if west <= (a.lon or 0) <= east and south <= (a.lat or 0) <= north)
    return list(inside)[:MOST_NAMES]


def _levels_for(session: Session, frame: Frame) -> list[str]:
    levels = [level.code for level in instance_of(session).city.levels]
    depth = 2 if frame.span > 0.5 else 4 if frame.span > 0.1 else 5
    return levels[:depth]


def _meets(frame: Frame, outline: dict[str, Any]) -> bool:
    """Whether some part of an outline's box is on the map."""
    points = [point for ring in rings(outline) for point in ring]
    return _overlaps(frame, points)


def _overlaps(frame: Frame, points: Iterable[tuple[float, float]]) -> bool:
    dots = [frame.dot_of(lon, lat) for lon, lat in points]
    xs, ys = [x for x, _ in dots], [y for _, y in dots]
    return max(xs) > 0 and min(xs) < SIZE and max(ys) > 0 and min(ys) < SIZE
