"""Goes from page to page as whoever may see them, in one window for each visitor."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.browser import rules
from tests.browser.screen import Site
from tests.make.all_pages import Stop, all_pages
from tests.make.visitors import Visitors

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
WIDTHS = (360, 768, 1280)
# mode → display cookies; every mode meets a reader who was offered elder mode before
MODES = {
    "normal": {"offered": "1"},
    "elder": {"offered": "1", "elder": "1"},
    "plain": {"offered": "1", "plain": "1"},
}
DISPLAY = ("offered", "elder", "plain", "bar", "scheme", "text", "eye")
# besides /parts, the pages that are looked at in every mode, scheme, width and language
PARTS = "parts."
CHOSEN = (
    "site.home", "reports.public_list", "reports.map_page", "case-closed",
    "reports.new_report", "reports.what", "reports.check", "places.place", "satisfaction.month",
    "site.help", "reports.desk", "reports.desk_case",
)  # fmt: skip


class Tour:
    """Opens the stops of ``tests.make.all_pages``, or others that it is given."""

    def __init__(self, site: Site, chromium: Any, stops: list[Stop] | None = None) -> None:
        self.site = site
        self.stops = all_pages(site) if stops is None else stops
        self._chromium = chromium
        self._visitors = Visitors(site)
        self._windows: dict[str, Any] = {}
        self._measured: dict[str, set[str]] = {}
        self._focused: dict[str, set[str]] = {}
        # what answered with an error meanwhile: said once at the end, so that the tour goes on
        self.broken: list[str] = []

    def chosen(self) -> Iterator[Stop]:
        """The parts, and the chosen pages in their order."""
        known = {stop.name: stop for stop in self.stops}
        yield from (stop for stop in self.stops if stop.name.startswith(PARTS))
        yield from (known[name] for name in CHOSEN)

    def client(self, who: str) -> FlaskClient:
        """The visitor without a browser, for what can be asked of the answer itself."""
        return self._visitors.client(who)

    def window(self, who: str) -> Any:
        """The visitor's window; hers alone, with her cookies."""
        if who not in self._windows:
            context = self._chromium.new_context(
                viewport={"width": 360, "height": 800},
                reduced_motion="reduce",
                service_workers="block",
            )
            context.set_default_timeout(15_000)
            context.add_init_script(rules.measures())
            for name, value, path in self._visitors.cookies(who):
                context.add_cookies([self._cookie(name, value, path)])
            self._windows[who] = context.new_page()
        return self._windows[who]

    def open(self, stop: Stop, language: str = "zh_Hans", **choices: str) -> Any:
        """The page with these display choices; the checks can be run on what is returned."""
        page = self.window(stop.who)
        wanted = {"lang": language, **choices}
        page.context.add_cookies(
            [self._cookie(name, wanted.get(name, "")) for name in ("lang", *DISPLAY)]
        )
        answer = page.goto(self.site.origin + stop.path)
        if answer.status >= 500:
            self.broken.append(f"{answer.status}: {stop.path} {choices}")
        return page

    def colours_in_all_schemes(self, page: Any, met: set[str]) -> list[str]:
        """The page in place in one colour scheme after the other.

        Axe need not measure again what it has measured in the same scheme: letters of the same
        colour, size and weight on the same ground. ``met``: what the page has shown in the first
        scheme at other widths; where nothing is new, the other schemes show nothing new either.
        """
        first = rules.palette(page)
        if first <= met:
            return []
        met |= first
        found = []
        for scheme, pairs in rules.palettes(page).items():
            if pairs - self._measured.setdefault(scheme, set()):
                rules.wear(page, scheme)
                found += rules.labelled(scheme, self._fresh_colours(page, scheme, pairs))
        rules.wear(page, rules.SCHEMES[0])
        return found

    def colours_of(self, page: Any, look: str) -> list[str]:
        """The page as it is, which has no schemes: what was not yet measured in this look."""
        return self._fresh_colours(page, look, rules.palette(page))

    def _fresh_colours(self, page: Any, look: str, pairs: set[str]) -> list[str]:
        known = self._measured.setdefault(look, set())
        fresh = pairs - known
        known |= fresh
        return rules.colours(page, fresh) if fresh else []

    def focus_in_all_schemes(self, page: Any, look: str) -> list[str]:
        """The controls of the page in the first scheme, and in the others each kind once a tour.

        ``look``: the mode and width; in the same look a kind has the same ring on every page, but
        what lies on top of it is the page's own matter: that is asked in the first scheme.
        """
        first, *others = rules.SCHEMES
        rules.wear(page, first)
        found = rules.labelled(first, rules.focus(page))
        known = self._focused.setdefault(look, set())
        fresh = rules.kinds(page) - known
        known |= fresh
        for scheme in others if fresh else ():
            rules.wear(page, scheme)
            found += rules.labelled(scheme, rules.focus(page, fresh))
        return found

    def _cookie(self, name: str, value: str, path: str = "/") -> dict[str, str]:
        return {"name": name, "value": value, "domain": "127.0.0.1", "path": path}

    def close(self) -> None:
        for page in self._windows.values():
            page.context.close()


@dataclass(frozen=True)
class Look:
    """How a page is looked at; ``axe``: it is this look in which axe sees the page."""

    language: str
    width: int
    axe: bool


def look(at: int, mode: str) -> Look:
    """The look of a page in a mode: a covering table over the pages.

    Axe sees every page once: 27 pages in a row show it every combination of mode, language and
    width, and every colour scheme of each. The other measures are taken of every page in the modes
    of ``walk.is_visited``, in languages that go round.
    """
    step = list(MODES).index(mode)
    language = LANGUAGES[(at // len(MODES) + step) % len(LANGUAGES)]
    width = WIDTHS[at // (len(MODES) * len(LANGUAGES)) % len(WIDTHS)]
    return Look(language, width, at % len(MODES) == step)
