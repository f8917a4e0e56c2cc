"""Adoptable things for everybody: list and map, one thing, the agreement, a plaque's code."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit.rules.differences import differences
from portal.accounts.access import current_actor, public
from portal.areas.queries import AreaRow, find_areas
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language, in_words
from portal.kernel.ids import clean_number
from portal.kernel.web import instance, reading
from portal.reports.rules.atlas import CHINA, around
from portal.reports.rules.publicity import Box, read_box
from volunteers.labels.adoption import STANDINGS, THRESHOLDS
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    MemberRow,
    belongs,
    holder_of_plot,
    members_of,
    plaque_by_code,
)
from volunteers.queries.adoption.care import (
    agreement_versions,
    care_of_plot,
    inspections_of,
)
from volunteers.queries.adoption.plots import (
    PAGE,
    PlotRow,
    Sought,
    Standing,
    listed_plots,
    photos_of_care,
    pins_of,
    plots_by_ids,
)
from volunteers.queries.rating import opinion_of_plot
from volunteers.rules.adoption.life import CareState
from volunteers.rules.adoption.lists import ladder, thing_kinds
from volunteers.service.adoption.found import plot_shown
from volunteers.service.adoption.mapping import draw
from volunteers.service.adoption.settings import settings_of as thresholds_of
from volunteers.service.adoption.settings import sources
from volunteers.views.adoption.blueprint import bp
from volunteers.views.adoption.common import about_plot, places_of, words


def sought_in(asked: Mapping[str, str], area: AreaRow | None) -> Sought:
    """What the filters of an address say; what nobody knows is left out."""
    standing = asked.get("standing", "")
    kind = asked.get("kind", "")
    return Sought(
        area.path if area else None,
        kind if kind in thing_kinds() else None,
        Standing(standing) if standing in set(Standing) else None,
        asked.get("new") == "yes",
        clean_number(asked.get("before", "")[:40]),
    )


def asked_area() -> AreaRow | None:
    """The place that the address names, if there is one."""
    place = request.args.get("place", "")[:80].strip()
    found = find_areas(reading(), place, 1) if place else []
    return found[0] if found else None


def _box() -> Box | None:
    return read_box(request.args.get("bbox", "")[:120])


def _parameters(**changes: Any) -> dict[str, Any]:
    """The filters of this page, some of them changed; empty ones are left out."""
    names = ("place", "kind", "standing", "new", "bbox")
    given = {name: request.args.get(name, "")[:120] for name in names} | changes
    return {name: value for name, value in given.items() if value}


@bp.get("/adoption/")
@public
def index() -> ResponseReturnValue:
    """What can be adopted, what is, and what never can be: list and map of the same things."""
    area, today = asked_area(), city_day(now(), instance().city.zone)
    sought = sought_in(request.args, area)
    found = listed_plots(reading(), sought, today)
    rows, pins = found[:PAGE], pins_of(reading(), sought, today)
    return render_template(
        "volunteers/adoption/list.html", rows=rows, sought=sought, area=area,
        asked_place=request.args.get("place", "")[:80], parameters=_parameters,
        following=rows[PAGE - 1].number if len(found) > PAGE else None,
        drawn=draw(reading(), pins, rows, _box()), places=places_of(rows),
        tiles=json.dumps([dict(source) for source in instance().config.tiles]), **words(),
    )  # fmt: skip


@bp.get("/adoption/points.geojson")
@public
def points() -> ResponseReturnValue:
    """The things of a window as GeoJSON, for the map with a script."""
    box, today = _box(), city_day(now(), instance().city.zone)
    window = (box.west, box.south, box.east, box.north) if box else None
    rows = pins_of(reading(), sought_in(request.args, asked_area()), today, window)
    found = box or around([(row.lon, row.lat) for row in rows]) or CHINA
    content = {
        "type": "FeatureCollection",
        "bbox": [found.west, found.south, found.east, found.north],
        "features": [_feature(row) for row in rows],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/geo+json")


def _feature(row: PlotRow) -> dict[str, object]:
    properties: dict[str, object] = {
        "count": 1,
        "number": row.number,
        "url": url_for("adoption.show", number=row.number),
        "state": str(STANDINGS[row.standing]),
        "open": row.standing is Standing.FREE,
        "kind": f"{in_words(thing_kinds()[row.kind].names)} · {row.title}",
    }
    point = {"type": "Point", "coordinates": [row.lon, row.lat]}
    return {"type": "Feature", "properties": properties, "geometry": point}


@bp.get("/adoption/<number>")
@public
def show(number: str) -> ResponseReturnValue:
    """One thing: what it is, who looks after it as far as they want to be named, its log."""
    plot = plot_shown(reading(), number, now())
    row = holder_of_plot(reading(), plot.id)
    care = care_of_plot(reading(), plot.id)
    confirmed = [one.id for one in care if one.state is CareState.CONFIRMED]
    return render_template(
        "volunteers/adoption/show.html", row=row, care=care,
        care_photos=photos_of_care(reading(), confirmed),
        inspections=inspections_of(reading(), plot.id), **_adopters(row),
        opinion=opinion_of_plot(reading(), plot.id, now()), **about_plot(plot),
    )  # fmt: skip


def _adopters(row: AdoptionRow | None) -> dict[str, Any]:
    """Names of those who want to be named, how many there are, and whether I am one of them."""
    members: list[MemberRow] = []
    if row is not None and row.live:
        members = members_of(reading(), [row.id]).get(row.id, [])
    adopters = [member for member in members if belongs(member)]
    mine = next((m for m in members if m.person_id == current_actor().person_id), None)
    today = city_day(now(), instance().city.zone)
    named = row is not None and row.named_until is not None and row.named_until >= today
    return {
        "names": [member.public_name for member in adopters if member.public_name],
        "adopters": len(adopters),
        "mine": mine,
        "plot_name": row.plot_name if named and row is not None else "",
    }


@bp.get("/adoption/rules")
@public
def rules_page() -> ResponseReturnValue:
    """The thresholds with their sources, the ladder of neglect, every version of the agreement."""
    versions = agreement_versions(reading())
    texts = [version.texts[current_language()] for version in versions]
    changes = [
        differences(old, new) for new, old in zip(texts, [*texts[1:], *texts[-1:]], strict=True)
    ]
    return render_template(
        "volunteers/adoption/rules.html", versions=list(zip(versions, changes, strict=True)),
        thresholds=vars(thresholds_of(reading())), threshold_words=THRESHOLDS,
        sources=sources(reading()), ladder=ladder(), **words(),
    )  # fmt: skip


@bp.get("/adoption/plaques/<code>")
@public
def plaque(code: str) -> ResponseReturnValue:
    """Where the code on a plaque leads: to its plot; an old one tells what became of it."""
    found = plaque_by_code(reading(), clean_number(code) or "")
    if found is None:
        raise Missing
    if found.ended_at is None:
        return redirect(url_for("adoption.show", number=found.plot_number), 303)
    plot = plot_shown(reading(), found.plot_number, now())
    return render_template("volunteers/adoption/old_plaque.html", found=found, **about_plot(plot))


def plots_of(rows: list[AdoptionRow]) -> dict[Any, PlotRow]:
    """The things of some adoptions."""
    return dict(plots_by_ids(reading(), [row.plot_id for row in rows]))
