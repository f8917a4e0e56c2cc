"""The map of the public reports: which outlines, which window, which pins; drawn without script."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.queries import areas_by_codes, outline_of, outlines_under
from portal.kernel.instance import instance_of
from portal.reports.queries.counters import PlaceCounts, counts_by_place
from portal.reports.queries.listing import Listing, PlaceRow
from portal.reports.queries.page import CasePage
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
    heaps,
    label_width,
    moved,
    outline,
    radius,
    with_room,
)
from portal.reports.rules.codes import State
from portal.reports.rules.pinmap import PinMap, pin_map
from portal.reports.rules.publicity import Box
from portal.reports.rules.transitions import OPEN

# below this width (degrees) the outlines of communities are drawn as well
NEAR = 0.12
NUMBERED = 20
LATELY = timedelta(days=30)
# up to so many are shown as pins instead of as figures of places
FEW = 60
# from the edge of a bubble to its name
UNDER = 20
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
class Bubble:
    """A place with how much is open in it and how much was settled lately; it leads into it."""

    place: PlaceRow
    counts: PlaceCounts
    x: float
    y: float
    radius: float
    named: bool = False

    @property
    def open_share(self) -> int:
        """The part of the ring that is open, in hundredths."""
        return round(100 * self.counts.open / self.counts.total) if self.counts.total else 0


@dataclass(frozen=True)
class Atlas:
    """The drawing and the windows it leads to. With ``bubbles`` there are no single pins."""

    frame: Frame
    wide: list[Shape]
    fine: list[Shape]
    bubbles: list[Bubble]
    open_dots: str
    done_dots: str
    circles: list[Spot]
    numbered: list[Spot]
    total: int
    whole: bool
    windows: Mapping[str, Box | None]


_NO_PINS = Pins([], 0, True, {})


def atlas(session: Session, found: Listing, now: datetime) -> Atlas:
    """Draw what the list's filters find, in the window that was asked for."""
    box, area = found.filters.box, found.asked.area
    with_fine = bool(area) or (box is not None and box.east - box.west < NEAR)
    roots, wide, fine = _outlines(session, with_fine=with_fine)
    whole = _home(roots, wide, found)
    own = next((geojson for code, geojson in [*wide, *fine] if code == area), None)
    on = frame(box or (bounds([own]) if own else None) or _labels(found) or whole)
    bubbles = _bubbles(session, found, on, now)
    shown = _NO_PINS
    if not bubbles and not found.problems:
        shown = pins(session, found.filters, on.box, everywhere=box is None or covers(box, whole))
        shown = _heaped(shown, on)
    return Atlas(
        frame=on,
        wide=_readable(_shapes(wide or roots, on, found.places), bubbles),
        fine=_readable(_named(session, _visible(fine, on), on), bubbles) if with_fine else [],
        bubbles=bubbles,
        open_dots=_dots(shown, on, finished=False),
        done_dots=_dots(shown, on, finished=True),
        circles=[_circle(pin, on) for pin in shown.rows if pin.number is None],
        numbered=_numbered(found, shown, on),
        total=shown.total,
        whole=shown.whole,
        windows=_windows(on.box, whole),
    )


def small_map(session: Session, page: CasePage) -> PinMap | None:
    """The public point of a case in the outline of the finest place that has one."""
    if page.point is None:
        return None
    for place in reversed(page.areas):
        outlined = outline_of(session, place.id)
        if outlined is not None:
            return pin_map(outlined, *page.point, place.names)
    return None


def window_around(point: Point | None) -> str:
    """The window of a map that shows a point and its neighbourhood."""
    found = around([point]) if point else None
    return str(found) if found else ""


def public_outlines(session: Session) -> Outlines:
    """The outlines for a map with a script: roots and the level below."""
    roots, wide, _ = _outlines(session, with_fine=False)
    return [*roots, *wide]


def pins_in(session: Session, found: Listing) -> tuple[Pins, Box]:
    """The pins of a list and the window they are in: for a map with a script."""
    area, box = found.asked.area, found.filters.box
    roots, wide, fine = _outlines(session, with_fine=bool(area))
    own = [geojson for code, geojson in [*wide, *fine] if code == area]
    whole = bounds(geojson for _, geojson in [*roots, *wide]) or CHINA
    window = box or bounds(own) or whole
    everywhere = box is None or covers(box, whole)
    return pins(session, found.filters, window, everywhere=everywhere), window


def _bubbles(session: Session, found: Listing, on: Frame, now: datetime) -> list[Bubble]:
    """What is open and what was settled lately in each place of the next level.

    Only of a whole place and without words to search; and not when there is so little that the
    single pins tell more.
    """
    places = (found.narrow if found.area else found.wide) if not found.problems else []
    if not places or found.filters.phrases or found.filters.box:
        return []
    filters = found.filters
    wanted = {filters.category} if filters.category else set(filters.kinds)
    by_path = counts_by_place(
        session,
        now - LATELY,
        under=found.area.path if found.area else None,
        kinds=wanted,
        states=filters.states,
    )
    counts: dict[str, PlaceCounts] = {place.code: PlaceCounts() for place in places}
    for path, one in by_path.items():
        for code in counts.keys() & set(path.split("/")):
            counts[code] = counts[code].plus(one)
    if sum(one.total for one in counts.values()) <= FEW:
        return []
    drawn = [_bubble(place, counts[place.code], on) for place in places]
    return _named_bubbles([bubble for bubble in drawn if bubble])


def _bubble(place: PlaceRow, counts: PlaceCounts, on: Frame) -> Bubble | None:
    if place.lon is None or place.lat is None or not counts.total:
        return None
    return Bubble(place, counts, *on.place(place.lon, place.lat), radius(counts.open + 1))


def _named_bubbles(bubbles: list[Bubble]) -> list[Bubble]:
    """The busiest first; names stand where they cover no other."""
    ordered = sorted(bubbles, key=lambda b: (-b.counts.open, -b.counts.settled, b.place.code))
    room = with_room([(b.x, b.y + b.radius + UNDER, _width(b.place)) for b in ordered])
    return [replace(b, named=named) for b, named in zip(ordered, room, strict=True)]


def _readable(shapes: list[Shape], bubbles: list[Bubble]) -> list[Shape]:
    """Names only where they cover neither a bubble nor another name."""
    taken = [(b.x, b.y, 2 * b.radius) for b in bubbles]
    taken += [(b.x, b.y + b.radius + UNDER, _width(b.place)) for b in bubbles if b.named]
    named = [(s, s.label, s.place) for s in shapes if s.label and s.place]
    room = with_room([*taken, *((*label, _width(place)) for _, label, place in named)])
    kept = {id(s) for (s, _, _), free in zip(named, room[len(taken) :], strict=True) if free}
    return [s if id(s) in kept else replace(s, label=None) for s in shapes]


def _width(place: PlaceRow) -> float:
    return label_width(place.names.values())


def _labels(found: Listing) -> Box | None:
    """The window around what lies in the chosen place, when its outline is not known."""
    return around([(p.lon, p.lat) for p in found.narrow if p.lon is not None and p.lat is not None])


def _outlines(session: Session, *, with_fine: bool) -> tuple[Outlines, Outlines, Outlines]:
    """The outlines of the root, of the first and of the second level that the city's list has."""
    city = instance_of(session).city
    national = [row for row in city.raw["levels"] if row.get("digits")]
    levels = [str(row["code"]) for row in sorted(national, key=lambda row: int(row["digits"]))]
    wanted = levels[: 3 if with_fine else 2]
    found = [outlines_under(session, "/", level=level) for level in wanted]
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


def _heaped(shown: Pins, on: Frame) -> Pins:
    """Pins that would cover each other become one, with their number."""
    rows = [pin for pin in shown.rows if on.shows(pin.lon, pin.lat)]
    hidden: set[int] = set()
    made = []
    for heap in heaps([on.place(pin.lon, pin.lat) for pin in rows]):
        several = [rows[at] for at in heap]
        count = sum(pin.count for pin in several)
        lon = sum(pin.lon * pin.count for pin in several) / count
        lat = sum(pin.lat * pin.count for pin in several) / count
        made.append(Pin(lon, lat, count, None, None))
        hidden.update(heap)
    gone = {rows[at].number for at in hidden}
    kept = [pin for at, pin in enumerate(rows) if at not in hidden]
    points = {number: point for number, point in shown.points.items() if number not in gone}
    return replace(shown, rows=kept + made, points=points)


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
