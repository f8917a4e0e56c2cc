"""The map of the public reports: which outlines, which window, which pins; drawn without script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.queries import areas_by_codes, outlines_under
from portal.kernel.instance import instance_of
from portal.reports.queries.listing import Listing, PlaceRow
from portal.reports.queries.pins import Pin, Pins, pins
from portal.reports.rules.atlas import (
    CHINA,
    Frame,
    Point,
    around,
    bounds,
    covers,
    dots,
    frame,
    moved,
    outline,
    radius,
)
from portal.reports.rules.codes import State
from portal.reports.rules.listing import Asked
from portal.reports.rules.publicity import Box
from portal.reports.rules.transitions import OPEN

# below this width (degrees) the outlines of communities are drawn as well
NEAR = 0.12
NUMBERED = 25
Outlines = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Shape:
    """One outline: its path, its place (for its name and link), and where its name stands."""

    path: str
    place: PlaceRow | None
    window: Box | None
    label: Point | None


@dataclass(frozen=True)
class Spot:
    """One thing to point at: a report of the list by its position, or a number of reports."""

    x: float
    y: float
    radius: float
    text: str
    number: str | None
    window: Box | None


@dataclass(frozen=True)
class Atlas:
    """The drawing and the windows it leads to."""

    frame: Frame
    wide: list[Shape]
    fine: list[Shape]
    open_dots: str
    done_dots: str
    circles: list[Spot]
    numbered: list[Spot]
    total: int
    whole: bool
    windows: Mapping[str, Box | None]


def atlas(session: Session, found: Listing) -> Atlas:
    """Draw what the list's filters find, in the window that was asked for."""
    roots, wide, fine = _outlines(session)
    whole = _home(roots, wide, found)
    own = next((geojson for code, geojson in [*wide, *fine] if code == found.asked.area), None)
    near = bounds([own]) if own else None
    on = frame(found.filters.box or near or whole)
    shown = pins(session, found.filters, on.box) if not found.problems else Pins([], 0, True, {})
    is_near = on.box.east - on.box.west < NEAR
    return Atlas(
        frame=on,
        wide=_shapes(wide or roots, on, found.places),
        fine=_named(session, _visible(fine, on), on) if is_near else [],
        open_dots=_dots(shown, on, finished=False),
        done_dots=_dots(shown, on, finished=True),
        circles=[_circle(pin, on) for pin in shown.rows if pin.count > 1],
        numbered=_numbered(found, shown, on),
        total=shown.total,
        whole=shown.whole,
        windows=_windows(on.box, whole),
    )


def public_outlines(session: Session) -> Outlines:
    """The outlines for a map with a script: roots and the level below."""
    roots, wide, _ = _outlines(session)
    return [*roots, *wide]


def window_of(session: Session, asked: Asked, box: Box | None) -> Box:
    """The window a map opens with."""
    roots, wide, fine = _outlines(session)
    own = [geojson for code, geojson in [*wide, *fine] if code == asked.area]
    return box or bounds(own) or bounds(geojson for _, geojson in [*roots, *wide]) or CHINA


def _outlines(session: Session) -> tuple[Outlines, Outlines, Outlines]:
    """The outlines of the root, of the first and of the second level that the city's list has."""
    city = instance_of(session).city
    national = [row for row in city.raw["levels"] if row.get("digits")]
    levels = [str(row["code"]) for row in sorted(national, key=lambda row: int(row["digits"]))]
    found = [outlines_under(session, "/", level=level) for level in levels[:3]]
    found += [[]] * (3 - len(found))
    return found[0], found[1], found[2]


def _home(roots: Outlines, wide: Outlines, found: Listing) -> Box:
    """The window that shows the whole city."""
    labels = [(p.lon, p.lat) for p in found.wide if p.lon is not None and p.lat is not None]
    return bounds(geojson for _, geojson in roots or wide) or around(labels) or CHINA


def _shapes(outlines: Outlines, on: Frame, places: Mapping[str, PlaceRow]) -> list[Shape]:
    shapes = []
    for code, geojson in outlines:
        path = outline(geojson, on)
        if path:
            place = places.get(code)
            shapes.append(Shape(path, place, bounds([geojson]), _label(place, on)))
    return shapes


def _visible(outlines: Outlines, on: Frame) -> Outlines:
    return [(code, geojson) for code, geojson in outlines if outline(geojson, on)]


def _named(session: Session, outlines: Outlines, on: Frame) -> list[Shape]:
    """The communities in a narrow window, with their names."""
    rows = areas_by_codes(session, [code for code, _ in outlines])
    places = {
        code: PlaceRow(row.code, row.path, row.names, row.lon, row.lat)
        for code, row in rows.items()
    }
    return _shapes(outlines, on, places)


def _label(place: PlaceRow | None, on: Frame) -> Point | None:
    if place is None or place.lon is None or place.lat is None:
        return None
    return on.place(place.lon, place.lat) if on.shows(place.lon, place.lat) else None


def _dots(shown: Pins, on: Frame, *, finished: bool) -> str:
    single = [pin for pin in shown.rows if pin.count == 1 and pin.state is not None]
    return dots([(p.lon, p.lat) for p in single if _finished(p.state) is finished], on)


def _finished(state: State | None) -> bool:
    return state not in OPEN


def _circle(pin: Pin, on: Frame) -> Spot:
    x, y = on.place(pin.lon, pin.lat)
    wide, tall = on.box.east - on.box.west, on.box.north - on.box.south
    here = Box(pin.lon - wide / 2, pin.lat - tall / 2, pin.lon + wide / 2, pin.lat + tall / 2)
    return Spot(x, y, radius(pin.count), str(pin.count), None, moved(here, scale=0.16))


def _numbered(found: Listing, shown: Pins, on: Frame) -> list[Spot]:
    """The reports of the list beside the map, by their position in it."""
    spots = []
    for position, row in enumerate(found.page.rows[:NUMBERED], 1):
        point = shown.points.get(row.number)
        if point is not None:
            x, y = on.place(*point)
            spots.append(Spot(x, y, 13.0, str(position), row.number, None))
    return spots


def _windows(box: Box, home: Box) -> dict[str, Box | None]:
    """Where the links around the map lead; ``all`` None is the whole city."""
    wider = moved(box, scale=2.0)
    return {
        "closer": moved(box, scale=0.5),
        "wider": None if covers(wider, home) else wider,
        "north": moved(box, up=0.5),
        "south": moved(box, up=-0.5),
        "west": moved(box, right=-0.5),
        "east": moved(box, right=0.5),
    }
