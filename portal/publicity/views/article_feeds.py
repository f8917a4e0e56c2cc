"""Articles as Atom, and the media column: the news of a day as page, JSON and Atom (R158, R283)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.accounts.access import public
from portal.kernel.clock import city_day, is_countable, local, now
from portal.kernel.i18n import HTML_LANG, current_language, in_words
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import instance, reading
from portal.kernel.xml import ATOM, atom_feed, element
from portal.publicity.labels.articles import KINDS, PROVENANCES
from portal.publicity.queries.articles import ListedArticle, articles_seen
from portal.publicity.queries.media import MediaDay, media_day
from portal.publicity.rules.articles import Provenance
from portal.publicity.views.articles import FOLDER, areas_of, asked, way_of
from portal.publicity.views.blueprint import bp
from portal.satisfaction.labels import KINDS as RATED
from portal.satisfaction.labels import month_words

SIZE: Final = 50
CONVENTION, FIGURES = _l("Convention"), _l("Figures of satisfaction")


@dataclass(frozen=True)
class Item:
    """One piece of news. ``source``: whose words they are; ``updated``: when they last changed."""

    kind: str
    kind_words: str
    title: str
    url: str
    published: datetime
    updated: datetime
    place: str = ""
    summary: str = ""
    source: str = ""


def _link(endpoint: str, **values: Any) -> str:
    return f"{instance().config.origin}{url_for(endpoint, **values)}"


@bp.get("/articles/feed.atom")
@public
def articles_feed() -> ResponseReturnValue:
    """The newest articles, for readers of feeds; the filters of the list."""
    items = _article_items(articles_seen(reading(), asked()[1], limit=SIZE))
    origin = instance().config.origin
    return _sent(
        _("Articles"), origin + way_of("publicity.articles_feed"),
        origin + way_of("publicity.articles"), items,
    )  # fmt: skip


def _article_items(rows: list[ListedArticle]) -> list[Item]:
    areas = areas_of(row.area_id for row in rows)
    return [
        Item(
            f"article.{row.kind.value}", str(KINDS[row.kind]), row.title,
            _link("publicity.article", number=row.number), row.published_at,
            row.changed_at or row.published_at, in_words(areas[row.area_id].names), row.summary,
            _source(row),
        )
        for row in rows
        if row.published_at is not None
    ]  # fmt: skip


def _source(row: ListedArticle) -> str:
    """Whose words they are; what was taken over says so (R166)."""
    own = row.provenance is Provenance.OWN
    return row.source if own else f"{row.source} ({PROVENANCES[row.provenance]})"


def _items(found: MediaDay) -> list[Item]:
    areas = areas_of(row.area_id for row in found.conventions)
    texts = [
        Item(
            "convention",
            str(CONVENTION),
            _("%(title)s, version %(number)s", title=row.title, number=row.version),
            _link("conventions.version", number=row.number, version=row.version),
            row.published_at,
            row.published_at,
            in_words(areas[row.area_id].names),
        )
        for row in found.conventions
    ]
    figures = [
        Item(
            "figures", str(FIGURES),
            _("%(what)s, %(month)s", what=RATED[row.kind], month=month_words(row.month)),
            _link("satisfaction.month", month=row.slug), row.released_at, row.released_at,
        )
        for row in found.releases
    ]  # fmt: skip
    whole = [*_article_items(found.articles), *texts, *figures]
    return sorted(whole, key=lambda item: item.published, reverse=True)


def _day() -> date:
    """The day that is asked for; today when it is missing, nonsense or still to come."""
    today = city_day(now(), instance().city.zone)
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return min(day, today) if is_countable(day) else today


@bp.get("/media")
@public
def media() -> ResponseReturnValue:
    """The news of a day, for newspapers and broadcasters."""
    day = _day()
    items = _items(media_day(reading(), day, instance().city.zone))
    today = city_day(now(), instance().city.zone)
    return render_template(
        f"{FOLDER}/media.html", items=items, on=day, before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
    )  # fmt: skip


@bp.get("/media.json")
@public
def media_json() -> ResponseReturnValue:
    """The same for programs; times in the city's zone."""
    day = _day()
    items = _items(media_day(reading(), day, instance().city.zone))
    rows = [
        {
            "kind": item.kind, "kind_words": item.kind_words, "title": item.title, "url": item.url,
            "published": _moment(item.published), "updated": _moment(item.updated),
            "place": item.place, "summary": item.summary, "source": item.source,
        }
        for item in items
    ]  # fmt: skip
    response = jsonify({"day": day.isoformat(), "city": in_words(instance().city.names),
                        "items": rows})  # fmt: skip
    return _shared(response)


@bp.get("/media.atom")
@public
def media_atom() -> ResponseReturnValue:
    """The same as Atom."""
    day = _day()
    items = _items(media_day(reading(), day, instance().city.zone))
    return _sent(
        _("News of the day for the media"), _link("publicity.media_atom", day=day.isoformat()),
        _link("publicity.media", day=day.isoformat()), items,
    )  # fmt: skip


def _moment(at: datetime) -> str:
    return local(at, instance().city.zone).isoformat(timespec="seconds")


def _shared(response: Response) -> Response:
    """Others may fetch it, and ask again before they show it: who takes her page back is gone at
    once. What is still the same is not sent again (304). The words are of the reader's language."""
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Cookie")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _sent(title: str, here: str, page: str, items: list[Item]) -> Response:
    city = in_words(instance().city.names)
    parts = [
        element("id", here),
        element("title", f"{city} · {title}"),
        element("updated", _updated(items)),
        element("author", element("name", city)),
        element("link", rel="self", type=ATOM, href=here),
        element("link", rel="alternate", type="text/html", href=page),
    ]
    body = atom_feed(HTML_LANG[current_language()], [*parts, *map(_entry, items)])
    return _shared(Response(body, content_type=f"{ATOM}; charset=utf-8"))


def _updated(items: Iterable[Item]) -> str:
    """The latest change; of an empty feed a fixed day, so that it stays the same."""
    empty = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    return _moment(max((item.updated for item in items), default=empty))


def _entry(item: Item) -> Markup:
    parts = [
        element("id", item.url),
        element("title", item.title),
        element("published", _moment(item.published)),
        element("updated", _moment(item.updated)),
        element("link", rel="alternate", type="text/html", href=item.url),
        element("category", term=item.kind, label=item.kind_words),
    ]
    told = [text for text in (item.place, item.summary, item.source) if text]
    if told:
        parts.append(element("summary", "\n".join(told)))
    return element("entry", Markup("").join(parts))
