"""The map of off-peak parking, drawn on the server: outlines, and a number for each of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist

from sqlalchemy.orm import Session

from pledges.queries.parking import OfferRow
from portal.reports.rules.atlas import CHINA, Frame, around, bounds, dots, frame, outline
from portal.reports.service.atlas import public_outlines


@dataclass(frozen=True)
class Mark:
    """An offer of the list beside the map, by its position there."""

    x: float
    y: float
    text: str
    row: OfferRow


@dataclass(frozen=True)
class Drawn:
    """The drawing: ``others`` are offers of other pages of the list."""

    frame: Frame
    areas: list[str]
    others: str
    marks: list[Mark]
    total: int


# a mark has a radius of 15; the sheet is 720 wide
ROOM, EDGE, WIDTH = 32.0, 16.0, 720.0
_STEPS = sorted(
    ((x, y) for x in range(-4, 5) for y in range(-4, 5)),
    key=lambda at: (at[0] ** 2 + at[1] ** 2, at),
)


def apart(points: Sequence[tuple[float, float]], height: float) -> list[tuple[float, float]]:
    """Where marks are drawn so that none lies under another: each at its place, or at the nearest
    free one beside it. A crowd of more than eighty stays as it is."""
    found: list[tuple[float, float]] = []
    for x, y in points:
        tries = (
            (
                min(max(x + right * ROOM, EDGE), WIDTH - EDGE),
                min(max(y + down * ROOM, EDGE), height - EDGE),
            )
            for right, down in _STEPS
        )
        free = (one for one in tries if all(dist(one, other) >= ROOM - 1 for other in found))
        found.append(next(free, (x, y)))
    return found


def draw(session: Session, pins: Sequence[OfferRow], listed: Sequence[OfferRow]) -> Drawn:
    """Draw what the list finds, around all of it."""
    outlines = public_outlines(session)
    whole = bounds(geojson for _code, geojson in outlines) or CHINA
    on = frame(around([(row.lon, row.lat) for row in pins]) or whole)
    shown = {row.number for row in listed}
    places = apart([on.place(row.lon, row.lat) for row in listed], on.height)
    return Drawn(
        frame=on,
        areas=[path for _code, geojson in outlines if (path := outline(geojson, on))],
        others=dots([(row.lon, row.lat) for row in pins if row.number not in shown], on),
        marks=[
            Mark(round(x, 1), round(y, 1), str(at), row)
            for at, ((x, y), row) in enumerate(zip(places, listed, strict=True), 1)
        ],
        total=len(pins),
    )
