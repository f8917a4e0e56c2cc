"""The map of off-peak parking, drawn on the server: outlines, and a number for each of the list."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def draw(session: Session, pins: Sequence[OfferRow], listed: Sequence[OfferRow]) -> Drawn:
    """Draw what the list finds, around all of it."""
    outlines = public_outlines(session)
    whole = bounds(geojson for _code, geojson in outlines) or CHINA
    on = frame(around([(row.lon, row.lat) for row in pins]) or whole)
    shown = {row.number for row in listed}
    return Drawn(
        frame=on,
        areas=[path for _code, geojson in outlines if (path := outline(geojson, on))],
        others=dots([(row.lon, row.lat) for row in pins if row.number not in shown], on),
        marks=[Mark(*on.place(row.lon, row.lat), str(at), row) for at, row in enumerate(listed, 1)],
        total=len(pins),
    )
