"""The map of adoptable things, drawn on the server: outlines, and signs by how they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.reports.rules.atlas import (
    CHINA,
    Frame,
    around,
    bounds,
    covers,
    dots,
    frame,
    moved,
    outline,
)
from portal.reports.rules.publicity import Box
from portal.reports.service.atlas import public_outlines
from volunteers.queries.adoption.plots import PlotRow, Standing

NUMBERED = 30


@dataclass(frozen=True)
class Mark:
    """A thing of the list beside the map, by its position there."""

    x: float
    y: float
    text: str
    row: PlotRow


@dataclass(frozen=True)
class Drawn:
    """The drawing. ``triangles``: old and notable trees; ``windows``: where its links lead, None
    the whole city."""

    frame: Frame
    areas: list[str]
    free: str
    held: str
    triangles: list[tuple[float, float]]
    marks: list[Mark]
    windows: Mapping[str, Box | None]
    total: int


def draw(
    session: Session, pins: Sequence[PlotRow], listed: Sequence[PlotRow], box: Box | None
) -> Drawn:
    """Draw what the list finds, in a window or around all of it."""
    outlines = public_outlines(session)
    whole = bounds(geojson for _code, geojson in outlines) or CHINA
    found = around([(row.lon, row.lat) for row in pins])
    on = frame(box or found or whole)
    seen = [row for row in pins if on.shows(row.lon, row.lat)]
    places = {Standing.FREE: "free", Standing.HELD: "held"}
    by = {
        name: dots([(row.lon, row.lat) for row in seen if row.standing is standing], on)
        for standing, name in places.items()
    }
    marks = [
        Mark(*on.place(row.lon, row.lat), str(at), row)
        for at, row in enumerate(listed[:NUMBERED], 1)
        if on.shows(row.lon, row.lat)
    ]
    return Drawn(
        frame=on,
        areas=[path for _code, geojson in outlines if (path := outline(geojson, on))],
        free=by["free"],
        held=by["held"],
        triangles=[on.place(row.lon, row.lat) for row in seen if row.standing is Standing.HERITAGE],
        marks=marks,
        windows=_windows(on.box, found or whole),
        total=len(seen),
    )


def _windows(box: Box, home: Box) -> dict[str, Box | None]:
    wider = moved(box, scale=2.0)
    return {
        "closer": moved(box, scale=0.5),
        "wider": None if covers(wider, home) else wider,
        "north": moved(box, up=0.5),
        "south": moved(box, up=-0.5),
        "west": moved(box, right=-0.5),
        "east": moved(box, right=0.5),
    }
