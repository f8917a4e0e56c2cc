"""The two lists of shops in public, by place."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pledges.labels.lists import LISTS
from pledges.queries.lists import PAGE, PublicRow, public_list, switches_in
from pledges.rules.lists import EXEMPLARY_DAYS, LEAST_STARS, SLUGS
from pledges.rules.standing import ListKind
from pledges.views.blueprint import bp
from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, areas_by_codes, areas_by_ids
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.web import instance, reading

MOST_TYPED = 40


@bp.get("/pledges/lists/")
@public
def lists() -> ResponseReturnValue:
    """Which lists there are, and where the second one is kept on which basis."""
    on = [row for row in switches_in(reading(), None) if row.on_at is not None]
    areas = areas_by_ids(reading(), {row.area_id for row in on})
    return render_template(
        "pledges/lists/index.html", on=on, areas=areas, names=LISTS, slugs=SLUGS,
        stars=LEAST_STARS, days=EXEMPLARY_DAYS,
    )  # fmt: skip


@bp.get("/pledges/lists/<slug>")
@public
def public_listing(slug: str) -> ResponseReturnValue:
    """One list, the newest first; ``?place=`` narrows it."""
    which = SLUGS.get(slug)
    code = request.args.get("place", "")
    place = area_by_code(reading(), code) if code else None
    if which is None or (code and place is None):
        raise Missing
    return render_template(
        "pledges/lists/list.html", which=which, place=place, names=LISTS,
        bad=which is ListKind.TO_RECTIFY, code_of=_code_of,
        **_page(which, slug, place),
    )  # fmt: skip


def _code_of(row: PublicRow) -> str:
    return codes_of(row.place_path)[-1]


def _page(which: ListKind, slug: str, place: AreaRow | None) -> dict[str, Any]:
    """A page of a list, the places of its rows, and the ways on and back."""
    after = clean_number(request.args.get("after", "")[:MOST_TYPED])
    today = city_day(now(), instance().city.zone)
    rows = public_list(reading(), which, place.path if place else None, today, after)
    shown, more = rows[:PAGE], len(rows) > PAGE
    code = place.code if place else None
    at = partial(url_for, "pledges.public_listing", slug=slug, place=code)
    return {
        "rows": shown,
        "areas": areas_by_codes(reading(), {_code_of(row) for row in shown}),
        "first_url": at() if after else None,
        "next_url": at(after=shown[-1].number) if more else None,
    }
