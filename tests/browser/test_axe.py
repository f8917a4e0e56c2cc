"""Axe (WCAG 2.0 to 2.2, A and AA, and best practice) on every page: no fault at all.

The parts and the chosen pages are seen in every combination of mode, language, width and colour
scheme. Every other page is seen once, by a covering table of mode, language and width, in every
scheme; with --long in every mode at every width (walk.py).
Plain mode has no stylesheet, so no schemes, and one width is as good as another.
"""

from collections import Counter
from itertools import product

import pytest

from tests.browser import rules
from tests.browser.conftest import Walked
from tests.browser.tour import CHOSEN, LANGUAGES, MODES, WIDTHS, Tour, look
from tests.browser.walk import seen_by_axe
from tests.make.all_pages import NO_PAGE, SEVERAL


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_on_any_page(walked: Walked, mode: str) -> None:
    faults = walked(mode)["axe"]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize(("language", "mode"), list(product(LANGUAGES, MODES)))
def test_axe_finds_nothing_on_the_chosen_pages_in_any_look(
    tour: Tour, language: str, mode: str
) -> None:
    faults = []
    for stop in tour.chosen():
        page = tour.open(stop, language, **MODES[mode])
        faults += rules.labelled(stop.path, seen_by_axe(tour, page, mode))
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("mode", MODES)
def test_a_planted_breach_is_seen_in_every_mode(tour: Tour, mode: str) -> None:
    """Though what was measured on one page is not measured again on the next."""
    stop = next(stop for stop in tour.stops if stop.name == "site.help")
    page = tour.open(stop, **MODES[mode])
    page.evaluate("document.querySelector('main p').style.color = '#ccc'")
    page.evaluate("document.querySelector('main').setAttribute('role', 'nonsense')")
    found = seen_by_axe(tour, page, mode, [360])
    assert [line for line in found if "color-contrast" in line]
    assert [line for line in found if "aria-roles" in line]


def test_every_page_of_the_map_is_on_the_tour(tour: Tour) -> None:
    """A new page is found by itself; what shows no page is named with its reason."""
    listed = {stop.name for stop in tour.stops} | set(NO_PAGE) | set(SEVERAL)
    served = {
        rule.endpoint
        for rule in tour.site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }
    assert served - listed == set()
    assert set(CHOSEN) <= listed
    assert len(CHOSEN) == 12


def test_every_stop_shows_its_page(tour: Tour) -> None:
    """Not one that says where else to go, nor that something is missing."""
    astray = []
    for stop in tour.stops:
        response = tour.client(stop.who).get(stop.path)
        if response.status_code != stop.status:
            found = f"{response.status_code} {response.location or ''}"
            astray.append(f"{stop.path} as {stop.who or 'anybody'}: {found}")
    assert astray == []


def test_the_table_of_looks_covers_every_combination(tour: Tour) -> None:
    met: dict[object, int] = Counter()
    for at, _ in enumerate(tour.stops):
        looks = {mode: look(at, mode) for mode in MODES}
        [seen] = [mode for mode in MODES if looks[mode].axe]
        met[seen, looks[seen].language, looks[seen].width] += 1
    assert set(met) == set(product(MODES, LANGUAGES, WIDTHS))
    assert min(met.values()) >= 2
