"""What everybody may know of a place: who looks after it, what is permitted, what is live."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.access import public
from portal.areas.queries import (
    AreaRow,
    CardRow,
    PermittedRow,
    SwitchRow,
    ancestors,
    area_by_code,
    card_of,
    children_of,
    find_areas,
    outlines_made_up,
    outlines_under,
    permitted_in,
    root_areas,
    switches,
    switches_for,
)
from portal.areas.rules import Feature
from portal.kernel.clock import city_day, local, now
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.organisations.queries import OrganisationRow, units_for
from portal.organisations.rules import OrganisationKind
from portal.reports.queries.counters import PublicCounts, public_counts
from portal.site.places.drawing import Drawing, draw
from portal.site.places.words import days_in_words, hours_in_words, level_name, tags_in_words

bp = Blueprint("places", __name__, template_folder="../templates")
FOUND_AT_MOST = 50
LONGEST_SEARCH = 80
COUNTED_DAYS = 30
# whom a resident may call about a place; bureaus of the whole city are dispatched to, not called
NEAR_KINDS = frozenset(
    {
        OrganisationKind.STREET_OFFICE,
        OrganisationKind.COMMITTEE,
        OrganisationKind.STATION,
        OrganisationKind.TEAM,
        OrganisationKind.DISTRICT_CENTRE,
    }
)


@dataclass(frozen=True)
class PlacePage:
    """Everything the page of a place shows."""

    area: AreaRow
    above: list[AreaRow]
    successor: AreaRow | None
    children: list[AreaRow]
    card: CardRow | None
    units: list[OrganisationRow]
    permitted: list[tuple[PermittedRow, bool]]
    live: list[SwitchRow]
    drawing: Drawing | None
    counts: PublicCounts


@bp.app_context_processor
def place_words() -> dict[str, object]:
    """Words that templates about places use."""
    return {
        "say": say,
        "level_name": level_name,
        "days_in_words": days_in_words,
        "hours_in_words": hours_in_words,
        "tags_in_words": tags_in_words,
    }


def today() -> date:
    """The city's day."""
    return city_day(now(), instance().city.zone)


def typed_search() -> str:
    """What was asked in ``?q=``."""
    return request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


@bp.get("/places/")
@public
def index() -> ResponseReturnValue:
    """Search by name, or walk down from the city."""
    session, words = reading(), typed_search()
    found = find_areas(session, words, FOUND_AT_MOST)
    roots = root_areas(session)
    children = children_of(session, roots[0].code) if len(roots) == 1 else roots
    drawing = _drawing(session, roots[0], children) if len(roots) == 1 else None
    return render_template(
        "places/index.html", words=words, found=found, roots=roots, children=children,
        drawing=drawing, numbers=_numbers(children),
    )  # fmt: skip


@bp.get("/places/live")
@public
def live() -> ResponseReturnValue:
    """Which streets are live, and since when (R001)."""
    on = today()
    rows = switches(reading())
    return render_template("places/live.html", rows=rows, on=on, features=list(Feature))


@bp.get("/places/<code>")
@public
def place(code: str) -> ResponseReturnValue:
    """The public page of a place, with its grid card."""
    page = place_page(reading(), code)
    return render_template(
        "places/place.html", page=page, on=today(), numbers=_numbers(page.children)
    )


def place_page(session: Session, code: str) -> PlacePage:
    """Gather a place's page. Raises Missing."""
    area = area_by_code(session, code)
    if area is None:
        raise Missing
    zone, moment = instance().city.zone, now()
    on, at = city_day(moment, zone), local(moment, zone)
    children = children_of(session, code)
    successor = area_by_code(session, area.successor_code) if area.successor_code else None
    # a whole city has too many to read; each street lists its own
    permitted = permitted_in(session, area.path, on=on) if area.parent_id else []
    return PlacePage(
        area=area,
        above=ancestors(session, area.path)[:-1],
        successor=successor,
        children=children,
        card=card_of(session, area.id),
        units=units_for(session, area.path, NEAR_KINDS, on),
        permitted=[(row, row.valid_from <= on and row.open_at(at)) for row in permitted],
        live=switches_for(session, area.path),
        drawing=_drawing(session, area, children),
        counts=public_counts(session, area.path, moment - timedelta(days=COUNTED_DAYS)),
    )


def _numbers(areas: list[AreaRow]) -> dict[str, int]:
    """Places are numbered in their list, because names find no room in a picture on a phone."""
    return {area.code: number for number, area in enumerate(areas, start=1)}


def _drawing(session: Session, area: AreaRow, children: list[AreaRow]) -> Drawing | None:
    """The outlines of what lies directly inside, or the place's own when those are not known."""
    inside = outlines_under(session, area.path, level=children[0].level) if children else []
    level = children[0].level if inside else area.level
    drawing = draw(inside or outlines_under(session, area.path, level=level))
    if drawing and outlines_made_up(session, area.path, level=level):
        return replace(drawing, made_up=True)
    return drawing
