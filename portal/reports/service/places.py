"""Choosing where it is: a point, a photo's place, or a name; always a place of the city."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, area_by_code, children_of, locate
from portal.kernel.errors import Refused
from portal.kernel.geo import System, to_wgs84
from portal.kernel.uploads import KeptPhotos, uploads_of
from portal.reports.rules.intake import (
    IntakeRefusal,
    ReportAnswers,
    can_be_finer,
    keeps_point,
    read_point,
)
from portal.reports.service.drafts import DraftRow

Changes = Mapping[str, Any]


def typed_point(typed: str, system: str) -> tuple[float, float]:
    """WGS-84 from what was typed or sent by a browser. Raises Refused with words."""
    point = read_point(typed)
    if point is None:
        raise Refused(IntakeRefusal.BAD_POINT, field="point")
    try:
        return to_wgs84(*point, System(system))
    except ValueError as error:
        raise Refused(IntakeRefusal.BAD_POINT, field="point") from error


def choose_point(session: Session, point: tuple[float, float], *, field: str) -> Changes:
    """A point, and the finest place that holds it."""
    area = locate(session, *point)
    if area is None:
        raise Refused(IntakeRefusal.OUTSIDE_CITY, field=field)
    lon, lat = (round(value, 6) for value in point)
    return {"lon": lon, "lat": lat, "area_code": area.code}


def choose_area(session: Session, code: str, answers: ReportAnswers, *, field: str) -> Changes:
    """A place by its code. A point that lies elsewhere is dropped: the name was meant."""
    area = area_by_code(session, code)
    if area is None or area.valid_to is not None:
        raise Refused(IntakeRefusal.UNKNOWN_PLACE, field=field)
    point = answers.point
    located = locate(session, *point) if point else None
    if keeps_point(point, located.path if located else None, area.path):
        return {"area_code": area.code}
    return {"area_code": area.code, "lon": None, "lat": None}


def photo_place(
    session: Session, draft: DraftRow, now: datetime
) -> tuple[tuple[float, float], AreaRow] | None:
    """Where the first photo with a place inside the city was taken."""
    kept = KeptPhotos(draft.owner, draft.answers.photos)
    if not kept.tokens:
        return None
    for photo in uploads_of(session, kept, now).values():
        if photo.lon is not None and photo.lat is not None:
            area = locate(session, photo.lon, photo.lat)
            if area is not None:
                return (photo.lon, photo.lat), area
    return None


def finer_places(session: Session, code: str | None) -> list[AreaRow]:
    """The next short list below a place, empty at the end of the lists."""
    return children_of(session, code) if code is None or can_be_finer(code) else []
