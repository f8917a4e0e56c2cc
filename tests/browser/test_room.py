"""320 px with text twice as large, thumbs, the keyboard: on every page, in its modes (walk.py)."""

from typing import Any

import pytest

from tests.browser import rules
from tests.browser.conftest import Walked
from tests.browser.tour import MODES, Tour
from tests.browser.walk import LEAST, NARROW


@pytest.mark.parametrize("mode", MODES)
def test_no_page_scrolls_sideways_with_text_twice_as_large(walked: Walked, mode: str) -> None:
    faults = walked(mode)["room"]
    assert faults == [], "\n".join(faults)


def test_the_largest_text_is_twice_as_large(tour: Tour) -> None:
    home = next(stop for stop in tour.stops if stop.name == "site.home")
    usual = _letters(tour.open(home, **MODES["normal"]))
    assert _letters(tour.open(home, text="6", **MODES["normal"])) >= 2 * usual
    assert _letters(tour.open(home, **MODES["elder"])) >= 1.4 * usual
    # the walk puts the class on the page in place: that is what the choice of the reader does
    page = tour.open(home, **MODES["normal"])
    rules.wear(page, rules.SCHEMES[0], rules.LARGEST)
    rules.resize(page, NARROW)
    assert _letters(page) >= 2 * usual


def _letters(page: Any) -> float:
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    return float(page.evaluate(size))


@pytest.mark.parametrize("mode", LEAST)
def test_a_thumb_meets_every_control(walked: Walked, mode: str) -> None:
    faults = walked(mode)["thumb"]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("mode", LEAST)
def test_the_focus_shows_in_every_scheme_and_follows_the_text(walked: Walked, mode: str) -> None:
    faults = walked(mode)["focus"]
    assert faults == [], "\n".join(faults)
