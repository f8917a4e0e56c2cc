"""What everybody may know of a place: who looks after it, what is permitted, what is live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.access import public
from portal.areas.queries import (
    AreaRow,
    CardRow,
    PermittedRow,
    SiteRow,
    SwitchRow,
    area_by_code,
    areas_by_codes,
    card_of,
    children_of,
    family_of,
    find_areas,
    outlines_to_draw,
    permitted_in,
    root_areas,
    sites_in,
    switches,
    switches_for,
)
from portal.areas.rules import Feature, codes_of
from portal.kernel.clock import city_day, local, now
from portal.kernel.drawing import Drawing, Spot, draw
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.organisations.queries import OrganisationRow, units_and_named
from portal.organisations.rules import OrganisationKind
from portal.reports.labels.categories import GROUPS
from portal.reports.queries.contracts import contracts_at
from portal.reports.queries.counters import PublicCounts, place_figures
from portal.reports.queries.grid_team import team_counts
from portal.reports.queries.near import Near, NearRow, near
from portal.reports.queries.overlay import overlay_from, places_of_zones
from portal.reports.queries.public import KindRow, kinds
from portal.reports.queries.zones import zones_in_force, zones_of
from portal.reports.rules.contracts import Contract
from portal.reports.rules.grid import MemberKind
from portal.reports.rules.transitions import OPEN
from portal.reports.rules.zones import DASHES, Zone, ZoneRule, zones_of_place
from portal.satisfaction.labels import month_words
from portal.satisfaction.queries.releases import PlaceMonth, months_at
from portal.site.near import chosen_place, keep_place, own_places, pairs_first
from portal.site.places.words import days_in_words, hours_in_words, level_name, tags_in_words

bp = Blueprint("places", __name__, template_folder="../templates")
FOUND_AT_MOST = 50
LONGEST_SEARCH = 80
COUNTED_DAYS = 30
WEEKS = 8
# beneath each other on a phone: enough to see that something moves; the first few with photos
SETTLED_SHOWN, OPEN_SHOWN = 6, 5
# as many pins as a small picture can bear
NEWEST = 40
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
    parties: Mapping[str, OrganisationRow]
    permitted: list[tuple[PermittedRow, bool]]
    zones: list[Zone]
    contracts: list[Contract]
    work_kinds: Mapping[str, KindRow]
    team: list[tuple[MemberKind, int]]
    sites: list[SiteRow]
    live: list[SwitchRow]
    drawing: Drawing | None
    counts: PublicCounts
    found: Near
    named: dict[str, AreaRow]
    weeks: list[tuple[date, int]]
    months: list[PlaceMonth]

    @property
    def settled(self) -> list[NearRow]:
        """What was settled here, those with photos from before and after first."""
        return pairs_first(self.found.settled)[:SETTLED_SHOWN]

    @property
    def open(self) -> list[NearRow]:
        """What is being worked on, the newest first."""
        return [row for row in self.found.newest if row.case.state in OPEN][:OPEN_SHOWN]


@bp.app_context_processor
def place_words() -> dict[str, object]:
    """Words that templates about places use."""
    return {
        "say": say,
        "month_words": month_words,
        "level_name": level_name,
        "days_in_words": days_in_words,
        "hours_in_words": hours_in_words,
        "tags_in_words": tags_in_words,
        "zone_dashes": DASHES,
        "zone_rules": list(ZoneRule),
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
        "places/place.html",
        page=page,
        on=today(),
        numbers=_numbers(page.children),
        work_groups=GROUPS,
    )


@bp.get("/places/mine")
@public
def mine() -> ResponseReturnValue:
    """Choose one's own place; ``?code=`` keeps it in a display cookie, or empty forgets it."""
    session, words, on = reading(), typed_search(), today()
    chosen = chosen_place(session, request.args, on)
    if chosen is not None:
        return keep_place(
            make_response(redirect(url_for("site.home", _anchor="near"), 303)), chosen
        )
    found = _own_ones(find_areas(session, words, FOUND_AT_MOST))
    children = _own_ones(children_of(session, instance().city.roots[0]))
    page = render_template(
        "places/mine.html", words=words, found=found, children=children,
        own=own_places(session, on), lost=bool({"code", "point"} & set(request.args)),
    )  # fmt: skip
    return page, 404 if request.args.get("code") else 200


def _own_ones(areas: list[AreaRow]) -> list[AreaRow]:
    """Those that somebody may choose as her own: of the national list, below the city."""
    return [row for row in areas if row.code.isdecimal() and row.parent_id is not None]


def place_page(session: Session, code: str) -> PlacePage:
    """Gather a place's page: the same number of queries for each. Raises Missing."""
    area = area_by_code(session, code)
    if area is None:
        raise Missing
    moment, on = now(), today()
    at = local(moment, instance().city.zone)
    above, children = family_of(session, area)
    successor = area_by_code(session, area.successor_code) if area.successor_code else None
    permitted = permitted_in(session, area.path, on=on)
    known_kinds = kinds(session)
    found = near(session, [area.path], known_kinds, newest=NEWEST)[0]
    contracts = contracts_at(session, area.path, on)
    units, parties = units_and_named(session, area.path, NEAR_KINDS, on, _parties(contracts))
    counts, weeks = _figures(session, area, moment, at)
    open_now = [(row, row.valid_from <= on and row.open_at(at)) for row in permitted]
    return PlacePage(
        area=area,
        above=above,
        successor=successor,
        children=children,
        card=card_of(session, area.id),
        units=units,
        parties=parties,
        # a whole city has too many to read; each street lists its own
        permitted=open_now if area.parent_id else [],
        zones=_zones(session, area, on),
        contracts=contracts,
        work_kinds=known_kinds,
        team=team_counts(session, area.id, on),
        # like permitted places: a whole city has too many to read
        sites=sites_in(session, area.path, on=on) if area.parent_id else [],
        live=switches_for(session, area.path),
        drawing=_drawing(session, area, children, _spots(found), permitted, zoned=True),
        counts=counts,
        found=found,
        named=_named(session, found),
        weeks=weeks,
        months=months_at(session, area.path),
    )


def _parties(contracts: Sequence[Contract]) -> set[str]:
    """The codes of who maintains something, and of who manages that."""
    return {code for row in contracts for code in (row.contractor, row.department)}


def _named(session: Session, found: Near) -> dict[str, AreaRow]:
    """The places of the matters that are shown."""
    rows = (*found.settled, *found.newest)
    return areas_by_codes(session, {part for row in rows for part in row.case.codes})


def _zones(session: Session, area: AreaRow, on: date) -> list[Zone]:
    """The zones with rules that hold here or lie within."""
    point = None if area.lon is None or area.lat is None else (area.lon, area.lat)
    return zones_of_place(zones_of(session), codes_of(area.path), point, on)


def _figures(
    session: Session, area: AreaRow, moment: datetime, at: datetime
) -> tuple[PublicCounts, list[tuple[date, int]]]:
    """The last days' figures; (Monday, how much was settled) of the last weeks, this one too."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    starts = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    since = moment - timedelta(days=COUNTED_DAYS)
    counts, settled = place_figures(session, area.path, since, starts)
    return counts, [(start.date(), count) for start, count in zip(starts, settled, strict=True)]


def _spots(found: Near) -> list[Spot]:
    """The points that the public may know of what the page lists; the settled ones below."""
    rows = {row.case.number: row for row in (*found.settled, *found.newest)}
    spots = [
        (number, *row.point, row.case.state in OPEN) for number, row in rows.items() if row.point
    ]
    return sorted(spots, key=lambda spot: spot[3])


def _numbers(areas: list[AreaRow]) -> dict[str, int]:
    """Places are numbered in their list, because names find no room in a picture on a phone."""
    return {area.code: number for number, area in enumerate(areas, start=1)}


def _drawing(
    session: Session,
    area: AreaRow,
    children: list[AreaRow],
    spots: Sequence[Spot] = (),
    permitted: Sequence[PermittedRow] = (),
    *,
    zoned: bool = False,
) -> Drawing | None:
    """The outlines of what lies directly inside, or the place's own when those are not known."""
    zones = zones_in_force(session, today()) if zoned else []
    level = children[0].level if children else None
    outlines = outlines_to_draw(session, area, level, places_of_zones(zones))
    over = overlay_from(zones, outlines.others, permitted, today())
    marks = [(row.lon or 0.0, row.lat or 0.0) for row in over.places]
    drawing = draw(outlines.shapes, spots, over.zones, marks)
    return replace(drawing, made_up=outlines.made_up) if drawing else None
