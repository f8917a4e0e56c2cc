"""One visit to every page in a mode, and everything that is measured there.

A page is opened once and not once for each measure: opening is what takes the time. Which pages are
visited in which mode: ``is_visited``.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tests.browser import rules
from tests.browser.tour import MODES, WIDTHS, Look, Tour, look
from tests.house.session import is_long
from tests.make.all_pages import Stop

NARROW = 320
# a telephone and a desk: what lies between is looked at by axe
SIDES = (360, 1280)
LEAST = {"normal": rules.TARGET, "elder": rules.ELDER_TARGET}
# a screen on a wall: nobody sits before it with a keyboard
WALLS = {"publicity.screen"}
STAFF = ("/desk", "/parts", "/admin", "/audit")

Faults = dict[str, list[str]]


def walk(tour: Tour, mode: str) -> Faults:
    """What is wrong on any page, by measure: axe, room, thumb, focus, columns.

    Axe looks at a page in one of the modes only (``tour.look``), with --long in all of them and at
    every width. The chosen pages are looked at by axe in every look: that is another test.
    """
    chosen = set(tour.chosen())
    faults: Faults = defaultdict(list)
    for at, stop in enumerate(tour.stops):
        way = look(at, mode)
        if not is_visited(stop, mode, way):
            continue
        page = tour.open(stop, way.language, **_choices(mode, at))
        found = _measured(tour, page, mode, _sides(at, mode))
        if stop.name in WALLS:
            found.pop("focus", None)
        if mode == "elder" and not stop.path.startswith(STAFF):
            found["columns"] = _columns(page)
        if stop not in chosen:
            found["axe"] = _axe(tour, page, mode, way)
        found["room"] = _room(page)
        for measure, said in found.items():
            faults[measure] += rules.labelled(_name(stop), said)
    return faults


def is_visited(stop: Stop, mode: str, way: Look) -> bool:
    """Whether a page is measured in a mode: every page in normal mode, and residents' in elder too.

    Staff rarely use elder mode, and without a stylesheet pages hardly differ: of each of these a
    third is visited, which axe sees anyhow; with --long all.
    """
    is_residents = not stop.path.startswith(STAFF)
    return is_long() or way.axe or mode == "normal" or (mode == "elder" and is_residents)


def _sides(at: int, mode: str) -> Sequence[int]:
    """Telephone or desk: a page is seen at one in normal and at the other in elder mode, and at
    both with --long. Half of all pages are seen at each in each mode."""
    return SIDES if is_long() else (SIDES[(at + list(MODES).index(mode)) % len(SIDES)],)


def _measured(tour: Tour, page: Any, mode: str, sides: Sequence[int]) -> Faults:
    found: Faults = defaultdict(list)
    if mode not in LEAST:
        return found
    found["focus"] = rules.order(page)
    for width in sides:
        rules.resize(page, width)
        found["thumb"] += rules.labelled(str(width), rules.small(page, LEAST[mode]))
        weak = tour.focus_in_all_schemes(page, f"{mode} {width}")
        found["focus"] += rules.labelled(str(width), weak)
    return found


def _axe(tour: Tour, page: Any, mode: str, way: Look) -> list[str]:
    if is_long():
        return seen_by_axe(tour, page, mode)
    return seen_by_axe(tour, page, mode, [way.width]) if way.axe else []


def seen_by_axe(tour: Tour, page: Any, mode: str, widths: Sequence[int] = WIDTHS) -> list[str]:
    """Axe and sideways scroll: at every width in every scheme; without a stylesheet, at one."""
    if mode == "plain":
        rules.resize(page, 360)
        return rules.structure(page, plain=True) + tour.colours_of(page, mode) + rules.wide(page)
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


def _columns(page: Any) -> list[str]:
    found = []
    for width in SIDES:
        rules.resize(page, width)
        found += rules.labelled(str(width), rules.columns(page))
    return found


def _room(page: Any) -> list[str]:
    rules.wear(page, rules.SCHEMES[0], rules.LARGEST)
    rules.resize(page, NARROW)
    return rules.wide(page)
