"""What every template may use, and the display choices that live in cookies."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from flask import Flask, Response, current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.accounts.access import current_actor
from portal.accounts.rules import NOBODY, Actor, Permission
from portal.kernel.clock import local
from portal.kernel.config import CHECKOUT
from portal.kernel.i18n import COOKIE, HTML_LANG, LANGUAGES, NAMES, current_language, in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.web import instance
from portal.kernel.words import Words
from portal.site.display import CHOICES, chosen, keep
from portal.site.security import nonce

NAVIGATION = (
    (_l("Report a problem"), "/reports/new"),
    (_l("Reports"), "/reports/"),
    (_l("Places"), "/places/"),
    (_l("Data"), "/data/"),
    (_l("Help"), "/help"),
)
WORK = (
    (Permission.REPORT_READ, _l("Desk"), "/desk/"),
    (Permission.AUDIT_READ, _l("Audit"), "/audit/"),
    (Permission.AREA_MANAGE, _l("Administration"), "/admin/"),
)
FOOTER = (
    (_l("Help"), "/help"),
    (_l("Privacy"), "/privacy"),
    (_l("Accessibility"), "/accessibility"),
)


def init_app(app: Flask) -> None:
    """Add filters, variables and the language cookie."""
    app.add_template_filter(moment)
    app.add_template_filter(day)
    app.add_template_filter(in_words)
    app.add_template_filter(number)
    app.add_template_filter(percent)
    app.add_template_global(asset)
    app.add_template_global(page_exists)
    app.add_template_global(endpoint_exists)
    app.add_template_global(Permission, "Permission")
    app.context_processor(variables)
    app.after_request(remember_language)


def variables() -> dict[str, Any]:
    """The names that ``base.html`` and the macros rely on."""
    city = instance().city
    language = current_language()
    return {
        "actor": known_actor(),
        "city": city,
        "language": language,
        "html_lang": HTML_LANG[language],
        "site_name": f"{in_words(city.names)}{_brand()}",
        "nonce": nonce(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "languages": [
            (HTML_LANG[code], NAMES[code], this_page(lang=code)) for code in city.languages
        ],
        "main_nav": _navigation(),
        "footer_nav": _links(FOOTER),
        "display_classes": " ".join(f"{name}-{chosen(name)}" for name in CHOICES),
    }


def _brand() -> str:
    return f" {_l('Gongzhi')}" if current_language() == "en" else str(_l("Gongzhi"))


def known_actor() -> Actor:
    """Whoever asks, or nobody when the database cannot say: an error page must still be drawn."""
    try:
        return current_actor()
    except SQLAlchemyError:
        return NOBODY


def _navigation() -> list[tuple[str, str, bool]]:
    """(words, address, whether we are there) of the pages that this installation has."""
    actor = known_actor()
    own = [(words, url) for permission, words, url in WORK if actor.may(permission)]
    mine = (_l("My page"), "/me") if actor.signed_in else (_l("Sign in"), "/sign-in")
    return _links((*NAVIGATION, *own, mine))


def _links(rows: Iterable[tuple[Words, str]]) -> list[tuple[str, str, bool]]:
    return [(str(text), url, url == request.path) for text, url in rows if page_exists(url)]


def this_page(**changes: Any) -> str:
    """The address of this page with some arguments changed, the others kept."""
    arguments: dict[str, Any] = request.args.to_dict(flat=False)
    arguments.update(changes)
    if request.endpoint is None or request.view_args is None:
        return url_for("site.home", **changes)
    if request.method != "GET" and not _answers_get(request.path):
        return url_for("site.home", **changes)
    # never as arguments of url_for: some names (endpoint, _scheme, _external) mean something to it
    return f"{url_for(request.endpoint, **request.view_args)}?{urlencode(arguments, doseq=True)}"


def _answers_get(path: str) -> bool:
    """Whether some page answers a GET of this address."""
    adapter = current_app.url_map.bind("")
    try:
        adapter.match(path, "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def page_exists(path: str) -> bool:
    """Whether this installation has the page: parts can be left out."""
    cache: dict[str, bool] = current_app.extensions.setdefault("gongzhi_pages", {})
    if path not in cache:
        cache[path] = _answers_get(path)
    return cache[path]


def endpoint_exists(name: str) -> bool:
    """Whether some package offers the endpoint."""
    return name in current_app.view_functions


def remember_language(response: Response) -> Response:
    """A language that was asked for by link is kept: a display cookie, no more."""
    asked = request.args.get("lang")
    if asked in LANGUAGES and asked != request.cookies.get(COOKIE):
        keep(response, COOKIE, asked)
    return response


@lru_cache(maxsize=256)
def _fingerprint(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, named by its content so that it can be kept for a year."""
    path = CHECKOUT / "static" / name
    return url_for("static", filename=name, v=_fingerprint(path, path.stat().st_mtime))


def moment(value: datetime) -> str:
    """Local date and time in words."""
    at = local(value, instance().city.zone)
    words = format_skeleton("yMMMd", at, tzinfo=at.tzinfo, locale=current_language())
    return f"{words} {at:%H:%M}"


def day(value: date) -> str:
    """A date in words; of a moment, the city's day."""
    if isinstance(value, datetime):
        value = local(value, instance().city.zone).date()
    return format_date(value, "long", locale=current_language())


def number(value: float) -> str:
    """A number as people write it."""
    return format_decimal(value, locale=current_language())


def percent(value: float) -> str:
    """A share (0 to 1) in whole per cent."""
    return format_percent(value, locale=current_language())
