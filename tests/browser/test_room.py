"""320 px with text twice as large, thumbs, the keyboard: on every page, in every mode."""

from typing import Any

import pytest

from tests.browser import rules
from tests.browser.tour import MODES, Tour, rotated

NARROW = 320
LEAST = {"normal": rules.TARGET, "elder": rules.ELDER_TARGET}


@pytest.mark.parametrize("mode", MODES)
def test_no_page_scrolls_sideways_with_text_twice_as_large(tour: Tour, mode: str) -> None:
    faults = []
    for at, stop in enumerate(tour.stops):
        page = tour.open(stop, rotated(at), text="6", **MODES[mode])
        rules.resize(page, NARROW)
        faults += rules.labelled(stop.path, rules.wide(page))
    assert faults == [], "\n".join(faults)


def test_the_largest_text_is_twice_as_large(tour: Tour) -> None:
    home = next(stop for stop in tour.stops if stop.name == "site.home")
    usual = _letters(tour.open(home, **MODES["normal"]))
    assert _letters(tour.open(home, text="6", **MODES["normal"])) >= 2 * usual
    assert _letters(tour.open(home, **MODES["elder"])) >= 1.4 * usual


def _letters(page: Any) -> float:
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    return float(page.evaluate(size))


@pytest.mark.parametrize("mode", LEAST)
def test_a_thumb_meets_every_control(tour: Tour, mode: str) -> None:
    faults = []
    for at, stop in enumerate(tour.stops):
        page = tour.open(stop, rotated(at, 1), **MODES[mode])
        for width in (360, 1280):
            rules.resize(page, width)
            faults += rules.labelled(f"{stop.path} {width}", rules.small(page, LEAST[mode]))
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("mode", LEAST)
def test_the_focus_shows_in_every_scheme_and_follows_the_text(tour: Tour, mode: str) -> None:
    faults = []
    for at, stop in enumerate(tour.stops):
        page = tour.open(stop, rotated(at, 2), **MODES[mode])
        rules.resize(page, (360, 1280)[at % 2])
        found = rules.order(page)
        for scheme in rules.SCHEMES:
            rules.wear(page, scheme)
            found += rules.labelled(scheme, rules.focus(page))
        faults += rules.labelled(stop.path, found)
    assert faults == [], "\n".join(faults)
