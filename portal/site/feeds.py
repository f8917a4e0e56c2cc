"""The public list as feeds: Atom for readers of news, GeoJSON for maps. The same filters.

Nothing in them that the list and its map do not show, and no time more exact than there: neither
in an entry nor in the headers.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.accounts.access import public
from portal.kernel.clock import local, now
from portal.kernel.i18n import HTML_LANG, current_language, in_words
from portal.kernel.i18n import gettext as _
from portal.kernel.web import instance, reading
from portal.kernel.words import say
from portal.kernel.xml import ATOM, atom_feed, element
from portal.publicity.labels.questions import STANDINGS
from portal.publicity.queries.questions import QuestionRow, questions_shown
from portal.publicity.rules.questions import standing
from portal.publicity.views.questions import asked_for as questions_asked_for
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

bp = Blueprint("feeds", __name__)
SIZE: Final = 100
CACHE_SECONDS: Final = 300
GEOJSON: Final = "application/geo+json"


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


@bp.get("/feeds/questions.atom")
@public
def questions_atom() -> ResponseReturnValue:
    """The newest questions to units, with the filters of their list."""
    given, sought = questions_asked_for()
    rows = questions_shown(reading(), sought, now(), limit=SIZE)
    latest = max(map(_changed, rows), default=_beginning())
    return _cached(_questions(given, rows, latest), ATOM, latest)


def _changed(row: QuestionRow) -> datetime:
    return row.answered_at or row.decided_at or row.asked_at


def _questions(given: Mapping[str, str], rows: list[QuestionRow], latest: datetime) -> str:
    city = in_words(instance().city.names)
    parts = [
        element("id", _link("feeds.questions_atom", **given)),
        element("title", f"{city} · {_('Questions to units')}"),
        element("updated", _local(latest)),
        element("author", element("name", city)),
        element("link", rel="self", type=ATOM, href=_link("feeds.questions_atom", **given)),
        *map(_question, rows),
    ]
    return atom_feed(HTML_LANG[current_language()], parts)


def _question(row: QuestionRow) -> Markup:
    address = _link("publicity.question", number=row.number)
    told = [str(STANDINGS[standing(row.due_at, row.answered_at, now())]), row.words, row.answer]
    parts = [
        element("id", address),
        element("title", row.title or ""),
        element("published", _local(row.decided_at or row.asked_at)),
        element("updated", _local(_changed(row))),
        element("link", rel="alternate", type="text/html", href=address),
        element("summary", "\n".join(text for text in told if text)),
    ]
    return element("entry", Markup("").join(parts))


@bp.get("/feeds/data.atom")
@public
def data_atom() -> ResponseReturnValue:
    """The releases of satisfaction, the newest first: a correction is an entry of its own."""
    rows = sorted(releases(reading()), key=lambda one: one.released_at, reverse=True)[:SIZE]
    city = in_words(instance().city.names)
    latest = rows[0].released_at if rows else _beginning()
    parts = [
        element("id", _link("feeds.data_atom")),
        element("title", f"{city} · {_('Open data')}"),
        element("updated", _local(latest)),
        element("author", element("name", city)),
        element("link", rel="self", type=ATOM, href=_link("feeds.data_atom")),
        element("link", rel="alternate", type="text/html", href=_link("satisfaction.data")),
        *(_release_entry(row) for row in rows),
    ]
    return _cached(atom_feed(HTML_LANG[current_language()], parts), ATOM, latest)


def _release_entry(row: ReleaseLine) -> Markup:
    address = _link("satisfaction.month", month=row.slug)
    what = _("%(what)s, %(month)s", what=str(KINDS[row.kind]), month=month_words(row.month))
    files = [
        element("link", rel="enclosure", type=media, title=name,
                 href=_link("satisfaction.file", slug=row.slug, name=name))
        for name, media in FILES.items()
    ]  # fmt: skip
    parts = [
        element("id", address),
        element("title", what),
        element("published", _local(row.released_at)),
        element("updated", _local(row.released_at)),
        element("link", rel="alternate", type="text/html", href=address),
        *files,
        element("summary", row.reason or ""),
    ]
    return element("entry", Markup("").join(parts))


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


def _atom(found: Listing, rows: list[FeedRow]) -> str:
    city = in_words(instance().city.names)
    here, own = found.asked.parameters(before=""), found.asked.parameters()
    parts = [
        element("id", _link("feeds.atom", **here)),
        element("title", f"{city} · {_('Reports')}"),
        element("updated", _updated(rows).isoformat()),
        element("author", element("name", city)),
        element("link", rel="self", type=ATOM, href=_link("feeds.atom", **own)),
        element("link", rel="alternate", type="text/html",
                 href=_link("reports.public_list", **here)),
    ]  # fmt: skip
    following = _next(found, "feeds.atom")
    if following:
        parts.append(element("link", rel="next", type=ATOM, href=following))
    return atom_feed(HTML_LANG[current_language()], [*parts, *(_entry(row, found) for row in rows)])


def _entry(row: FeedRow, found: Listing) -> Markup:
    case, address = row.case, _link("reports.show", number=row.case.number)
    told = [str(state_words(case.state)), _place(row, found), case.excerpt or ""]
    code = case.kind.code if case.kind else "unsure"
    parts = [
        element("id", address),
        element("title", _title(row)),
        element("published", _moment(row, case.found_at).isoformat()),
        element("updated", _moment(row, row.stepped_at).isoformat()),
        element("link", rel="alternate", type="text/html", href=address),
        element("category", term=code, label=_title(row)),
        element("summary", "\n".join(text for text in told if text)),
    ]
    return element("entry", Markup("").join(parts))


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
