"""Where a reader can go from every page, and where this page stands among them."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.accounts.access import current_actor
from portal.accounts.rules import NOBODY, Actor, Permission
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words
from portal.site import display

REPORT = (_l("Report a problem"), "/reports/new")
REPORTS = (_l("Reports"), "/reports/")
HELP = (_l("Help"), "/help")
VOLUNTEERS = (_l("Volunteers"), "/volunteers/")
NAVIGATION = (
    REPORT,
    REPORTS,
    VOLUNTEERS,
    (_l("Places"), "/places/"),
    (_l("Data"), "/data/"),
    HELP,
)
WORK = (
    (Permission.REPORT_READ, _l("Desk"), "/desk/"),
    (Permission.AUDIT_READ, _l("Audit"), "/audit/"),
    (Permission.AREA_MANAGE, _l("Administration"), "/admin/"),
)
SUPERVISION = (_l("Supervision"), "/desk/supervisors/")
FIGURES = (_l("Case figures"), "/desk/figures")
POINTS = (_l("Self-discipline points"), "/credit/")
FOOTER = (
    HELP,
    (_l("Who is responsible for what"), "/places/responsibilities"),
    POINTS,
    (_l("Rules for points"), "/credit/rules"),
    (_l("Shops and their pledges"), "/pledges/"),
    (_l("Conventions of communities"), "/conventions/"),
    (_l("Surveys"), "/surveys/"),
    (_l("Assessment"), "/assessment/"),
    (_l("Communities"), "/communities/"),
    (_l("Exposure column"), "/exposure/"),
    (_l("Articles"), "/articles/"),
    (_l("For the media"), "/media"),
    (_l("Questions to units"), "/questions/"),
    (_l("Inputs, results, key tasks"), "/disclosure/"),
    (_l("Your four rights"), "/rights"),
    (_l("Privacy"), "/privacy"),
    (_l("Accessibility"), "/accessibility"),
)
SIGN_IN = (_l("Sign in"), "/sign-in")
MY_PAGE = (_l("My page"), "/me")
# what a page belongs to, by the beginning of its address
SECTIONS = (*NAVIGATION, MY_PAGE, POINTS, *((words, url) for _permission, words, url in WORK))


class Entry(NamedTuple):
    """A link of the navigation. ``here``: the value of aria-current, or nothing."""

    words: str
    url: str
    here: str
    picture: str = ""


def known_actor() -> Actor:
    """Whoever asks, or nobody when the database cannot say: an error page must still be drawn."""
    try:
        return current_actor()
    except SQLAlchemyError:
        return NOBODY


def main_links() -> list[Entry]:
    """The pages that this installation has and this reader may use; in elder mode the few."""
    actor = known_actor()
    if display.is_on("elder") and not actor.may(Permission.DESK_OPEN):
        return _entries((REPORT, REPORTS, _mine(actor), HELP))
    own = [(words, url) for permission, words, url in WORK if actor.may(permission)]
    if actor.may(Permission.FIGURES_READ) and not actor.may(Permission.REPORT_READ):
        # no desk leads there
        own.append(FIGURES)
    if actor.may(Permission.SUPERVISION_READ):
        own.append(SUPERVISION)
    return _entries((*NAVIGATION, *own, MY_PAGE if actor.signed_in else SIGN_IN))


def thumb_links() -> list[Entry]:
    """The bar at the bottom of a phone: pictogram and word, the likely five."""
    rows = [
        ("home", (_l("Home"), "/")),
        ("list", REPORTS),
        ("megaphone", (_l("Report it"), "/reports/new")),
        ("person", _mine(known_actor())),
        ("help", HELP),
    ]
    if display.is_on("elder"):
        rows.remove(("list", REPORTS))  # large letters leave room for four
    return [entry for picture, row in rows for entry in _entries([row], picture)]


def footer_links() -> list[Entry]:
    """Help, privacy and the like."""
    return _entries(FOOTER)


def trail(title: str) -> list[tuple[str, str | None]]:
    """The way to a page that names none itself: its section, and its title."""
    section = _section(request.path)
    above = [] if section is None or section[1] == request.path else [section]
    rows: list[tuple[str, str | None]] = [(str(words), url) for words, url in above]
    return [*rows, (title, None)]


def _mine(actor: Actor) -> tuple[Words, str]:
    return _l("Mine"), "/me" if actor.signed_in else "/track"


def _section(path: str) -> tuple[Words, str] | None:
    fitting = [row for row in SECTIONS if _inside(path, row[1]) and page_exists(row[1])]
    return max(fitting, key=lambda row: len(row[1]), default=None)


def _inside(path: str, url: str) -> bool:
    return path == url or path.startswith(url.rstrip("/") + "/")


def _entries(rows: Iterable[tuple[Words, str]], picture: str = "") -> list[Entry]:
    section = _section(request.path)
    return [
        Entry(str(words), url, _current(url, section[1] if section else None), picture)
        for words, url in rows
        if page_exists(url)
    ]


def _current(url: str, section: str | None) -> str:
    if url == request.path:
        return "page"
    return "true" if url == section else ""


def this_page(**changes: Any) -> str:
    """The address of this page with some arguments changed, the others kept unless too long."""
    arguments: dict[str, Any] = request.args.to_dict(flat=False)
    arguments.update(changes)
    if request.endpoint is None or request.view_args is None:
        return url_for("site.home", **changes)
    if request.method != "GET" and not _answers_get(request.path):
        return url_for("site.home", **changes)
    # never as arguments of url_for: some names (endpoint, _scheme, _external) mean something to it
    page = url_for(request.endpoint, **request.view_args)
    whole = f"{page}?{urlencode(arguments, doseq=True)}"
    # it stands in several links of one page: what is too long for that is forgotten
    return whole if len(whole) <= display.LONGEST_WAY_BACK else f"{page}?{urlencode(changes)}"


def way_back() -> str:
    """Where a display link of this page leads back to."""
    place = display.this_place()
    return place if request.method == "GET" or _answers_get(request.path) else "/"


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
