"""The map: drawn on the server with a list beside it; a movable one on a tap, of the same data."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import in_words
from portal.kernel.web import instance, reading
from portal.reports.labels.public import state_words
from portal.reports.queries.listing import listing
from portal.reports.queries.overlay import overlay_of
from portal.reports.queries.pins import Pin, pictures
from portal.reports.queries.public import KindRow
from portal.reports.queries.zones import zones_in_force
from portal.reports.rules.atlas import Frame
from portal.reports.rules.transitions import OPEN
from portal.reports.rules.zones import DASHES
from portal.reports.service.atlas import atlas, pins_in, public_outlines
from portal.reports.service.overlay import laid_over
from portal.reports.views.blueprint import bp
from portal.reports.views.public import asked_for, list_context, too_long


@bp.get("/reports/map")
@public
def map_page() -> ResponseReturnValue:
    """Where things are; zoomed by links, so that it needs no script."""
    if too_long():
        return redirect(url_for("reports.map_page", **asked_for().parameters()))
    found = listing(reading(), asked_for())
    drawn = atlas(reading(), found, now())
    page = render_template(
        "reports/public/map.html",
        drawn=drawn,
        tiles=json.dumps([dict(source) for source in instance().config.tiles]),
        approval=in_words(_names(instance().city.raw.get("map_approval"))),
        **_rules_on(drawn.frame),
        **list_context(found),
    )
    return page, 422 if found.problems else 200


def _rules_on(frame: Frame) -> dict[str, Any]:
    """What holds today where the map shows it: zones with rules and permitted places."""
    today = city_day(now(), instance().city.zone)
    return {
        "overlay": laid_over(overlay_of(reading(), today), frame),
        "dashes": DASHES,
        "zones": zones_in_force(reading(), today),
    }


def _names(value: object) -> dict[str, str]:
    """The approval number of the map: one text, or one for each language."""
    if isinstance(value, dict):
        return {str(language): str(text) for language, text in value.items()}
    return {"zh_Hans": str(value)} if value else {}


@bp.get("/reports/map.geojson")
@public
def map_data() -> ResponseReturnValue:
    """The pins of a window as GeoJSON: public points only."""
    found = listing(reading(), asked_for())
    if found.problems:
        response = jsonify(error=list_context(found)["problems"])
        return response, 422
    shown, box = pins_in(reading(), found)
    seen = pictures(reading(), shown)
    features = [_feature(pin, found.kinds, seen) for pin in shown.rows]
    edges = [box.west, box.south, box.east, box.north]
    return _geojson({"type": "FeatureCollection", "bbox": edges, "features": features})


@bp.get("/reports/map/outlines.geojson")
@public
def map_outlines() -> ResponseReturnValue:
    """The outlines of the city and its first level."""
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": geometry}
        for code, geometry in public_outlines(reading())
    ]
    return _geojson({"type": "FeatureCollection", "features": features})


def _geojson(content: dict[str, object]) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/geo+json")


def _feature(pin: Pin, known: Mapping[str, KindRow], seen: Mapping[str, str]) -> dict[str, object]:
    properties: dict[str, object] = {"count": pin.count}
    if pin.number is not None and pin.state is not None:
        kind = known.get(pin.kind or "")
        properties |= {
            "number": pin.number,
            "url": url_for("reports.show", number=pin.number),
            "state": str(state_words(pin.state)),
            "open": pin.state in OPEN,
            "kind": in_words(kind.names) if kind else "",
        }
        if pin.number in seen and kind is not None and not kind.publicity.protected:
            properties["photo"] = url_for("reports.thumbnail", code=seen[pin.number])
    point = {"type": "Point", "coordinates": [pin.lon, pin.lat]}
    return {"type": "Feature", "properties": properties, "geometry": point}
