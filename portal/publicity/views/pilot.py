"""The report of a pilot (R003): a page to print, put together of public figures."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, children_of, root_areas
from portal.kernel.clock import city_month, month_bounds, now
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.publicity.queries.highlights import highlights_shown
from portal.publicity.queries.pilot import months_between, pilot_figures
from portal.publicity.views.blueprint import bp
from portal.publicity.views.highlight_desk import said_by
from portal.satisfaction.labels import month_words
from portal.satisfaction.rules import is_month

DAY: Final = timedelta(days=1)
# of smaller places the hours of service are not public
LEVELS: Final = frozenset({"city", "district", "county", "street"})


@bp.get("/pilot/")
@public
def pilot() -> ResponseReturnValue:
    """What came of a pilot in a place and time, each figure with where it stands."""
    zone, roots = instance().city.zone, root_areas(reading())
    place = _place(roots)
    usual = city_month(month_bounds(city_month(now(), zone), zone)[0] - DAY, zone)
    first, last = (_month(name, usual) for name in ("first", "last"))
    first = next(iter(months_between(first, last)), last)
    found = pilot_figures(reading(), place, first, last, zone=zone, now=now())
    return render_template(
        "publicity/pilot.html", place=place, first=first, last=last, found=found,
        month_words=month_words, choices=_choices(roots, place),
        **said_by(highlights_shown(reading(), place.path, first, last)),
    )  # fmt: skip


def _place(roots: Sequence[AreaRow]) -> AreaRow:
    code = request.args.get("area", "")[:40].upper()
    place = area_by_code(reading(), code) if code else next(iter(roots), None)
    if place is None or place.level not in LEVELS | {root.level for root in roots}:
        raise Missing
    return place


def _choices(roots: Sequence[AreaRow], place: AreaRow) -> list[AreaRow]:
    """The whole, what lies directly in it, and the place with what lies in that: each once."""
    above = {one.code: one for one in (*roots, place)}.values()
    within = {one.code: one for top in above for one in (top, *_streets(top))}
    return list(within.values())


def _month(name: str, usual: str) -> str:
    typed = request.args.get(name, "")[:7]
    return typed if is_month(typed) else usual


def _streets(place: AreaRow) -> list[AreaRow]:
    return [one for one in children_of(reading(), place.code) if one.level in LEVELS]
