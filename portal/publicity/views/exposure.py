"""The exposure column as everybody sees it: a page, a wall screen, the covered pictures."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, areas_by_ids
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.publicity.queries.exposures import (
    ON_SCREEN,
    ExposureRow,
    exposure_by_code,
    exposures_seen,
)
from portal.publicity.views.blueprint import bp
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.reports.views.photos import PUBLIC_CACHE, file_response

# a wall asks again by itself: what was taken down is gone within a minute
SECONDS: Final = 60


@bp.get("/exposure/")
@public
def exposures() -> ResponseReturnValue:
    """What is shown just now in the whole city."""
    rows = exposures_seen(reading(), "/", zone=instance().city.zone, now=now())
    return render_template("publicity/list.html", rows=rows, places=_places(rows))


@bp.get("/screen/<area>")
@public
def screen(area: str) -> ResponseReturnValue:
    """The same for a wall or LED screen of a place: big type, nothing to press, no script."""
    place = area_by_code(reading(), area)
    # a grid or a building would tell which door an item keeps back (P5)
    if place is None or place.code not in public_codes(place.path, STRICTEST):
        raise Missing
    rows = exposures_seen(
        reading(), place.path, zone=instance().city.zone, now=now(), most=ON_SCREEN
    )
    response = make_response(
        render_template("publicity/screen.html", place=place, rows=rows, places=_places(rows))
    )
    response.headers["Refresh"] = str(SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _places(rows: Iterable[ExposureRow]) -> dict[UUID, AreaRow]:
    return areas_by_ids(reading(), {row.area_id for row in rows})


@bp.get("/exposure/photos/<code>")
@public
def exposure_photo(code: str) -> ResponseReturnValue:
    """The covered picture of an item that is shown just now; no other ever has an address."""
    row = exposure_by_code(reading(), code, zone=instance().city.zone, now=now())
    if row is None or row.public_key is None:
        raise Missing
    return file_response(row.public_key, PUBLIC_CACHE)
