"""The public list as feeds: Atom for readers of news, GeoJSON for maps. The same filters.

Nothing in them that the list and its map do not show, and no time more exact than there: neither
in an entry nor in the headers.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal.accounts.access import public
from portal.kernel.clock import local
from portal.kernel.i18n import HTML_LANG, current_language, in_words
from portal.kernel.i18n import gettext as _
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.reports.labels.public import FACTS, state_words
from portal.reports.queries.feed import FeedRow, feed_rows
from portal.reports.queries.listing import Listing, listing
from portal.reports.rules.open311 import public_moment
from portal.reports.rules.publicity import STRICTEST, Publicity, TimePrecision
from portal.reports.rules.transitions import public_state
from portal.reports.views.public import asked_for, too_long
from portal.satisfaction.labels import KINDS, month_words
from portal.satisfaction.queries.releases import ReleaseLine, releases
from portal.satisfaction.rules.files import FILES
from portal.site.open311.formats import DECLARATION, UNWRITABLE

bp = Blueprint("feeds", __name__)
SIZE: Final = 100
CACHE_SECONDS: Final = 300
ATOM, GEOJSON = "application/atom+xml", "application/geo+json"
NAMESPACE = "http://www.w3.org/2005/Atom"


@bp.get("/feeds/reports.atom")
@public
def atom() -> ResponseReturnValue:
    """The newest reports, for readers of feeds."""
    found = _asked()
    if isinstance(found, Response):
        return found
    rows = feed_rows(reading(), found.page.rows)
    return _sent(_atom(found, rows), ATOM, rows)


@bp.get("/feeds/reports.geojson")
@public
def geojson() -> ResponseReturnValue:
    """The newest reports with their public points."""
    found = _asked()
    if isinstance(found, Response):
        return found
    rows = feed_rows(reading(), found.page.rows)
    return _sent(json.dumps(_collection(found, rows), ensure_ascii=False), GEOJSON, rows)


@bp.get("/feeds/data.atom")
@public
def data_atom() -> ResponseReturnValue:
    """The releases of satisfaction, the newest first: a correction is an entry of its own."""
    rows = sorted(releases(reading()), key=lambda one: one.released_at, reverse=True)[:SIZE]
    city = in_words(instance().city.names)
    latest = rows[0].released_at if rows else _beginning()
    parts = [
        _element("id", _link("feeds.data_atom")),
        _element("title", f"{city} · {_('Open data')}"),
        _element("updated", _local(latest)),
        _element("author", _element("name", city)),
        _element("link", rel="self", type=ATOM, href=_link("feeds.data_atom")),
        _element("link", rel="alternate", type="text/html", href=_link("satisfaction.data")),
        *(_release_entry(row) for row in rows),
    ]
    return _cached(_feed(parts), ATOM, latest)


def _release_entry(row: ReleaseLine) -> Markup:
    address = _link("satisfaction.month", month=row.slug)
    what = _("%(what)s, %(month)s", what=str(KINDS[row.kind]), month=month_words(row.month))
    files = [
        _element("link", rel="enclosure", type=media, title=name,
                 href=_link("satisfaction.file", slug=row.slug, name=name))
        for name, media in FILES.items()
    ]  # fmt: skip
    parts = [
        _element("id", address),
        _element("title", what),
        _element("published", _local(row.released_at)),
        _element("updated", _local(row.released_at)),
        _element("link", rel="alternate", type="text/html", href=address),
        *files,
        _element("summary", row.reason or ""),
    ]
    return _element("entry", Markup("").join(parts))


def _asked() -> Listing | Response:
    """The page of the list that is asked for, or what is wrong with the filters."""
    if too_long():
        return Response(_("The address is too long."), 414, mimetype="text/plain")
    found = listing(reading(), asked_for(), size=SIZE)
    if not found.problems:
        return found
    lines = [say(code, **FACTS.get(code, {})) for code in found.problems.values()]
    return Response("\n".join(lines), 422, mimetype="text/plain")


def _sent(body: str, mimetype: str, rows: list[FeedRow]) -> Response:
    """The feed, or that it is still the same (304)."""
    return _cached(body, mimetype, _updated(rows))


def _cached(body: str, mimetype: str, changed: datetime) -> Response:
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.last_modified = changed
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    # the words are those of the reader's language
    response.vary.add("Cookie")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # by what it holds alone: a matter that is told by its month changes without a newer time
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response


def _publicity(row: FeedRow) -> Publicity:
    return row.case.kind.publicity if row.case.kind else STRICTEST


def _moment(row: FeedRow, at: datetime) -> datetime:
    """A time as exact as the public may know it."""
    return public_moment(at, _publicity(row).time, instance().city.zone)


def _updated(rows: list[FeedRow]) -> datetime:
    """The latest public time of the feed; of an empty one the day the city's zone began with."""
    return max((_moment(row, row.stepped_at) for row in rows), default=_beginning())


def _beginning() -> datetime:
    return local(datetime.fromisoformat("2020-01-01T00:00:00+00:00"), instance().city.zone)


def _local(at: datetime) -> str:
    return local(at, instance().city.zone).isoformat(timespec="seconds")


def _title(row: FeedRow) -> str:
    return in_words(row.case.kind.names) if row.case.kind else _("A problem")


def _place(row: FeedRow, found: Listing) -> str:
    """The places from the widest to the finest, without the city that all have in common."""
    roots = instance().city.roots
    codes = [code for code in row.case.codes if code in found.places and code not in roots]
    return " · ".join(in_words(found.places[code].names) for code in codes)


def _link(endpoint: str, **values: Any) -> str:
    return f"{instance().config.origin}{url_for(endpoint, **values)}"


def _next(found: Listing, endpoint: str) -> str | None:
    """Where the feed goes on."""
    before = found.page.next_before
    return _link(endpoint, **found.asked.parameters(before=before)) if before else None


def _element(name: str, text: str | Markup = "", /, **attributes: str | None) -> Markup:
    """One element; whatever XML cannot hold is left out."""
    some = Markup("").join(
        Markup(' {}="{}"').format(key, UNWRITABLE.sub("", value))
        for key, value in attributes.items()
        if value is not None
    )
    inside = text if isinstance(text, Markup) else escape(UNWRITABLE.sub("", text))
    return Markup("<{0}{1}>{2}</{0}>").format(name, some, inside)


def _atom(found: Listing, rows: list[FeedRow]) -> str:
    city = in_words(instance().city.names)
    here, own = found.asked.parameters(before=""), found.asked.parameters()
    parts = [
        _element("id", _link("feeds.atom", **here)),
        _element("title", f"{city} · {_('Reports')}"),
        _element("updated", _updated(rows).isoformat()),
        _element("author", _element("name", city)),
        _element("link", rel="self", type=ATOM, href=_link("feeds.atom", **own)),
        _element("link", rel="alternate", type="text/html",
                 href=_link("reports.public_list", **here)),
    ]  # fmt: skip
    following = _next(found, "feeds.atom")
    if following:
        parts.append(_element("link", rel="next", type=ATOM, href=following))
    return _feed([*parts, *(_entry(row, found) for row in rows)])


def _feed(parts: Iterable[Markup]) -> str:
    inside = Markup("\n").join(parts)
    language = {"xmlns": NAMESPACE, "xml:lang": HTML_LANG[current_language()]}
    return f"{DECLARATION}{_element('feed', inside, **language)}\n"


def _entry(row: FeedRow, found: Listing) -> Markup:
    case, address = row.case, _link("reports.show", number=row.case.number)
    told = [str(state_words(case.state)), _place(row, found), case.excerpt or ""]
    code = case.kind.code if case.kind else "unsure"
    parts = [
        _element("id", address),
        _element("title", _title(row)),
        _element("published", _moment(row, case.found_at).isoformat()),
        _element("updated", _moment(row, row.stepped_at).isoformat()),
        _element("link", rel="alternate", type="text/html", href=address),
        _element("category", term=code, label=_title(row)),
        _element("summary", "\n".join(text for text in told if text)),
    ]
    return _element("entry", Markup("").join(parts))


def _collection(found: Listing, rows: list[FeedRow]) -> Mapping[str, Any]:
    return {
        "type": "FeatureCollection",
        "title": f"{in_words(instance().city.names)} · {_('Reports')}",
        "next": _next(found, "feeds.geojson"),
        "features": [_feature(row, found) for row in rows],
    }


def _feature(row: FeedRow, found: Listing) -> Mapping[str, Any]:
    case, publicity = row.case, _publicity(row)
    point = {"type": "Point", "coordinates": list(row.point)} if row.point else None
    return {
        "type": "Feature",
        "id": case.number,
        "geometry": point,
        "properties": {
            "number": case.number,
            "url": _link("reports.show", number=case.number),
            "category": case.kind.code if case.kind else None,
            "title": _title(row),
            "state": public_state(case.state).value,
            "state_words": str(state_words(case.state)),
            "urgent": case.urgent,
            "reported": _short(_moment(row, case.found_at), publicity.time),
            "updated": _short(_moment(row, row.stepped_at), publicity.time),
            "place": _place(row, found),
            "place_precision": "community" if publicity.protected else publicity.precision.value,
            "excerpt": case.excerpt,
            "photo": _link("reports.photo", code=case.photo) if case.photo else None,
        },
    }


_LENGTH: Final = {TimePrecision.DAY: len("2026-11-23"), TimePrecision.MONTH: len("2026-11")}


def _short(at: datetime, precision: TimePrecision) -> str:
    """A month as 2026-11, a day as 2026-11-23: a midnight would be a made-up time."""
    return at.isoformat()[: _LENGTH.get(precision)]
