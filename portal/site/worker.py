"""What makes the site installable: its manifest, and the worker that keeps two pages offline."""

import hashlib
import json
from functools import cache
from typing import Any, Final

from flask import url_for

from portal.kernel.config import CHECKOUT
from portal.kernel.i18n import HTML_LANG, current_language, gettext, in_words
from portal.kernel.web import instance

STATIC: Final = CHECKOUT / "static"
ICONS: Final = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable.png", "512x512", "maskable"),
)
# what the kept page is made of: when any of it changes, so does the worker
MADE_OF: Final = ("css/*.css", "js/*.js", "img/*.svg")
PAGES: Final = (
    "portal/reports/templates/reports/new/*.html",
    "portal/reports/templates/reports/desk/spot.html",
    "portal/reports/templates/reports/*.html",
    "portal/site/templates/base.html",
    "portal/site/templates/ui/*.html",
)


def offline_kept() -> bool:
    """Whether this city lets devices keep a page: ``offline = false`` in its file says no."""
    return bool(instance().city.raw.get("offline", True))


def worker_url() -> str:
    """Where the worker is registered from; empty where there is none. It speaks one language."""
    return url_for("site.worker", lang=current_language()) if offline_kept() else ""


def worker_script() -> str:
    """The worker, with the pages it keeps. Another content has another version; none: it leaves."""
    facts = {
        "VERSION": _version() if offline_kept() else "",
        "PAGE": url_for("reports.offline"),
        "SHELL": url_for("reports.offline_shell", lang=current_language()),
        "ROUND": url_for("reports.desk_grid"),
        "CHECK": url_for("reports.desk_spot_shell", lang=current_language()),
    }
    lines = [f"const {name} = {json.dumps(value)};" for name, value in facts.items()]
    return "\n".join([*lines, (STATIC / "js/worker.js").read_text("utf-8")])


@cache
def _version() -> str:
    files = [file for pattern in MADE_OF for file in sorted(STATIC.glob(pattern))]
    files += [file for pattern in PAGES for file in sorted(CHECKOUT.glob(pattern))]
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


def manifest() -> dict[str, Any]:
    """The installable site, in the language of the page that names it."""
    city = instance().city
    name = in_words(city.names)
    return {
        "id": "/",
        "name": f"{name} {gettext('Gongzhi')}",
        "short_name": gettext("Gongzhi"),
        "lang": HTML_LANG[current_language()],
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": city.look.colour,
        "background_color": "#ffffff",
        "icons": _icons(),
        "shortcuts": [
            {"name": gettext("Report a problem"), "url": "/reports/new"},
            {"name": gettext("Report on one page"), "url": "/reports/offline"},
        ],
    }


def _icons() -> list[dict[str, str]]:
    return [
        {
            "src": url_for("static", filename=f"img/{file}"),
            "sizes": sizes, "type": "image/png", "purpose": purpose,
        }
        for file, sizes, purpose in ICONS
        if (STATIC / "img" / file).exists()
    ]  # fmt: skip
