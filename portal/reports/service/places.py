"""Choosing where it is: a point, a photo's place, or a name; always a place of the city."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, area_by_code, children_of, locate
from portal.kernel.errors import Refused
from portal.kernel.geo import System, to_wgs84
from portal.kernel.uploads import KeptPhotos, uploads_of
from portal.reports.queries.overlay import overlay_of
from portal.reports.queries.places import (
    names_for,
    office_endings,
    outlines_for,
    places_for_words,
)
from portal.reports.rules.choosing import best_place, says_more
from portal.reports.rules.intake import (
    IntakeRefusal,
    ReportAnswers,
    can_be_finer,
    keeps_point,
    read_point,
)
from portal.reports.rules.place_map import Frame, Label, draw
from portal.reports.rules.zones import DASHES
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


def choose_words(session: Session, typed: str, answers: ReportAnswers) -> Changes:
    """The one place that somebody's words name. Raises Refused when it is none, or several."""
    found = [choice.area for choice in places_for_words(session, typed)]
    if not typed:
        raise Refused(IntakeRefusal.NO_PLACE, field="where")
    best = best_place(typed, found, office_endings())
    if best is None:
        code = IntakeRefusal.SEVERAL_PLACES if found else IntakeRefusal.NO_SUCH_PLACE
        raise Refused(code, field="where")
    return choose_area(session, best.code, answers, field="where")


def with_words(session: Session, changes: Changes, typed: str, answers: ReportAnswers) -> Changes:
    """Words that tell more than the place's name are kept, where nothing else was said."""
    code = changes.get("area_code")
    area = area_by_code(session, code) if code else None
    known = area is not None and not says_more(typed, area, office_endings())
    if not typed or answers.place_words or known:
        return changes
    return {**changes, "place_words": typed}


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


def map_picture(
    session: Session, frame: Frame, on: date, worded: Callable[[Mapping[str, str]], str]
) -> str:
    """The part of the map in a frame as SVG, with what holds there on a day."""
    labels = [
        Label(area.lon or 0, area.lat or 0, worded(area.names))
        for area in names_for(session, frame)
    ]
    overlay = overlay_of(session, on)
    zones = [(DASHES[rule], outline) for rule, outline in overlay.zones]
    marks = [(row.lon or 0.0, row.lat or 0.0) for row in overlay.places]
    return draw(frame, outlines_for(session, frame), labels, zones, marks)
