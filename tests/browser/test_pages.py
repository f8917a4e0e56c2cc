"""Every main page as a person sees it: in three languages, on a phone and on a desk, enlarged."""

from collections.abc import Iterator
from typing import Any

import pytest

from portal.reports.rules.codes import State
from tests.browser.conftest import Opener
from tests.browser.screen import PLACE, Screen, Site

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
WIDTHS = (360, 1280)
SEEN = {360: 800, 1280: 900}


def public_pages(site: Site) -> dict[str, str]:
    """Name → address of what anybody may open."""
    closed = site.number(State.CLOSED, after_photo=True)
    return {
        "home": "/",
        "list": "/reports/",
        "map": "/reports/map",
        "case-closed": f"/reports/{closed}",
        "case-open": f"/reports/{site.number(State.DISPATCHED)}",
        "photo": "/reports/new",
        "paper": "/reports/new/paper",
        "kinds": "/reports/categories",
        "track": "/track",
        "places": "/places/",
        "place": f"/places/{PLACE}",
        "data": "/data/",
        "month": f"/data/satisfaction/{site.month()}/",
        "sign-in": "/sign-in",
        "card": "/sign-in/card",
        "privacy": "/privacy",
        "help": "/help",
        "accessibility": "/accessibility",
        "missing": "/no-such-page",
    }


def own_pages(site: Site, role: str) -> dict[str, str]:
    """What somebody of the demo opens in her work."""
    mine = {"me": "/me", "my-reports": "/me/reports", "my-data": "/me/data"}
    if role == "resident":
        number = site.closed_case_of("resident")
        return {**mine, "rate": f"/reports/{number}/rate", "own-case": f"/reports/{number}"}
    filed = site.number(State.FILED)
    desk = {"queue": "/desk/", "case": f"/desk/cases/{filed}"}
    return {**desk, "dispatch": f"/desk/cases/{filed}/dispatch", "cards": "/desk/cards"}


@pytest.fixture(scope="session")
def axe() -> Any:
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def _faults(window: Screen, axe: Any) -> Iterator[str]:
    for fault in axe.run(window.page).response["violations"]:
        for node in fault["nodes"][:3]:
            yield f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:160]}"


def _look_at_all(window: Screen, axe: Any, pages: dict[str, str], language: str) -> None:
    """Each page at each width: it fits, its targets are large enough, and axe finds nothing."""
    found = []
    for name, path in pages.items():
        window.page.goto(window.site.origin + path)
        for width in WIDTHS:
            window.page.set_viewport_size({"width": width, "height": SEEN[width]})
            window.look(f"{name}-{language}")
            found += [f"{path} {width} {fault}" for fault in _faults(window, axe)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_are_open_to_everyone(
    screen: Opener, site: Site, axe: Any, language: str
) -> None:
    window = screen(360, language=language)
    _look_at_all(window, axe, public_pages(site), language)


@pytest.mark.parametrize(
    ("role", "language"), [("resident", "zh_Hant"), ("street_desk", "zh_Hans")]
)
def test_pages_after_signing_in_are_open_to_everyone(
    screen: Opener, site: Site, axe: Any, role: str, language: str
) -> None:
    window = screen(360, language="en")
    window.sign_in(role)
    window.open(f"/help?lang={language}")
    _look_at_all(window, axe, own_pages(site, role), language)


@pytest.mark.parametrize("scheme", ["normal", "contrast"])
def test_the_largest_text_still_fits_a_phone(
    screen: Opener, site: Site, axe: Any, scheme: str
) -> None:
    window = screen(360, language="zh_Hans")
    window.open(f"/accessibility?text=4&scheme={scheme}")
    faults = []
    for name, path in public_pages(site).items():
        window.open(path, f"{name}-large-{scheme}")
        if scheme == "contrast" and name in {"home", "list", "map", "case-closed", "place", "data"}:
            faults += list(_faults(window, axe))
    assert faults == []
