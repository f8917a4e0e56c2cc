"""One visit to every page in a mode, and everything that is measured there.

A page is opened once and not once for each measure: opening is what takes the time. Which language
goes with which mode changes from page to page, so that every pair of them is met on some pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from tests.browser import rules
from tests.browser.tour import MODES, WIDTHS, Tour, rotated
from tests.make.all_pages import Stop

NARROW = 320
# a telephone and a desk: what lies between is looked at on the chosen pages
SIDES = (360, 1280)
LEAST = {"normal": rules.TARGET, "elder": rules.ELDER_TARGET}
STEPS = {mode: step for step, mode in enumerate(MODES)}

Faults = dict[str, list[str]]


def each(modes: Iterable[str]) -> list[Any]:
    """The modes as parameters; the tests of one mode go to one worker, which walks once."""
    return [pytest.param(mode, marks=pytest.mark.xdist_group(mode)) for mode in modes]


def walk(tour: Tour, mode: str) -> Faults:
    """What is wrong on any page, by measure: axe, room, thumb, focus.

    The chosen pages are looked at by axe in every look: that is another test.
    """
    chosen = set(tour.chosen())
    faults: Faults = defaultdict(list)
    for at, stop in enumerate(tour.stops):
        page = tour.open(stop, rotated(at, STEPS[mode]), **_choices(mode, at))
        found: Faults = defaultdict(list)
        if stop not in chosen:
            found["axe"] = seen_by_axe(tour, page, mode, SIDES)
        if mode in LEAST:
            found["thumb"] = _thumb(page, LEAST[mode])
            found["focus"] = _focus(page, SIDES[at % 2])
        found["room"] = _room(page)
        for measure, said in found.items():
            faults[measure] += rules.labelled(_name(stop), said)
    return faults


def seen_by_axe(tour: Tour, page: Any, mode: str, widths: Sequence[int] = WIDTHS) -> list[str]:
    """Axe and sideways scroll: at every width in every scheme; without a stylesheet, at one."""
    if mode == "plain":
        rules.resize(page, 360)
        return rules.structure(page, plain=True) + rules.colours(page) + rules.wide(page)
    found: list[str] = []
    met: set[str] = set()
    for width in widths:
        rules.resize(page, width)
        faults = rules.structure(page) + rules.wide(page) + tour.colours_in_all_schemes(page, met)
        found += rules.labelled(str(width), faults)
    return found


def _choices(mode: str, at: int) -> dict[str, str]:
    bar = {"bar": "1"} if mode == "normal" and at % 2 else {}
    return {**MODES[mode], **bar}


def _name(stop: Stop) -> str:
    return f"{stop.path} as {stop.who or 'anybody'}"


def _thumb(page: Any, least: int) -> list[str]:
    found = []
    for width in SIDES:
        rules.resize(page, width)
        found += rules.labelled(str(width), rules.small(page, least))
    return found


def _focus(page: Any, width: int) -> list[str]:
    rules.resize(page, width)
    found = rules.order(page)
    for scheme in rules.SCHEMES:
        rules.wear(page, scheme)
        found += rules.labelled(scheme, rules.focus(page))
    return found


def _room(page: Any) -> list[str]:
    rules.wear(page, rules.SCHEMES[0], rules.LARGEST)
    rules.resize(page, NARROW)
    return rules.wide(page)
