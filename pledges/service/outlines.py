"""The duty area as it is drawn: read from corners or GeoJSON, and how large one may be."""

from typing import Final

from shapely import normalize, set_precision, to_geojson

from pledges.rules.register import PremisesFlaw
from portal.areas.service.outlines import read_outline
from portal.kernel.errors import Refused
from portal.kernel.geo import metres_between

# of a scenic spot; what is larger was typed wrongly
WIDEST: Final = 5_000
MOST_CORNERS: Final = 200
# about ten centimetres
_GRAIN: Final = 1e-6


def duty_outline(typed: str) -> str | None:
    """An outline as it is kept (GeoJSON, WGS-84), None for nothing. Raises Refused."""
    if not typed:
        return None
    try:
        # always begun at the same corner: what is saved unchanged is the same
        shape = normalize(set_precision(read_outline(typed), _GRAIN))
    except Refused as refused:
        raise Refused(PremisesFlaw.OUTLINE, field="duty_outline") from refused
    if shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise Refused(PremisesFlaw.OUTLINE, field="duty_outline")
    west, south, east, north = shape.bounds
    wide = metres_between(west, south, east, north)
    text: str = to_geojson(shape)
    if wide > WIDEST or text.count("[") > MOST_CORNERS:
        facts = {"most": WIDEST, "corners": MOST_CORNERS}
        raise Refused(PremisesFlaw.OUTLINE_LARGE, field="duty_outline", facts=facts)
    return text
