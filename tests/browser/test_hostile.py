"""Hostile names, a photo that is gone, an empty city, lists of one and of many: pages hold."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import rules
from tests.browser.served import served
from tests.browser.tour import LANGUAGES, Tour
from tests.make.all_pages import Stop
from tests.make.hostile import NAME, RARE, TURNED, empty_city, hostile_city, many

NARROW = 320
# text with a turning letter, and whether something around it keeps it from turning its neighbours
LOOSE = """(turned) => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const silent = text.parentElement.closest("script, style, textarea");
    if (!text.data.includes(turned) || silent) continue;
    let at = text.parentElement, alone = true;
    while (at.tagName !== "MAIN") {
      const apart = /isolate|plaintext/.test(getComputedStyle(at).unicodeBidi);
      if (apart || at.matches("option, input")) {
        // a block keeps its text to itself, but not from its own inline neighbours
        const inline = getComputedStyle(at).display.startsWith("inline");
        const whole = at.textContent.trim() === text.data.trim();
        if (inline || at.dir || whole) { alone = false; break; }
      }
      at = at.parentElement;
    }
    if (alone) found.push(text.parentElement.outerHTML.replace(/\\s+/g, " ").slice(0, 160));
  }
  return found;
}"""
HOSTILE = (
    ("list", "", "/reports/"),
    ("list-of-place", "", "/reports/?place={place}"),
    ("map", "", "/reports/map"),
    ("case", "", "/reports/{dispatched}"),
    ("case-print", "", "/reports/{dispatched}/print"),
    ("place", "", "/places/{place}"),
    ("places", "", "/places/"),
    ("home", "", "/"),
    ("me", "resident", "/me"),
    ("my-reports", "resident", "/me/reports"),
    ("my-data", "resident", "/me/data"),
    ("own-case", "resident", "/reports/{dispatched}"),
    ("details", "resident", "/me/details"),
    ("queue", "street_desk", "/desk/?task=all"),
    ("desk-case", "street_desk", "/desk/cases/{dispatched}"),
    ("moderate", "street_desk", "/desk/cases/{dispatched}/moderate"),
    ("dispatch", "street_desk", "/desk/cases/{dispatched}/dispatch"),
    ("handle", "handling_unit", "/desk/cases/{dispatched}/handle"),
)
EMPTY = (
    ("home", "", "/"),
    ("list", "", "/reports/"),
    ("map", "", "/reports/map"),
    ("place", "", "/places/{place}"),
    ("places", "", "/places/"),
    ("data", "", "/data/"),
    ("me", "resident", "/me"),
    ("my-reports", "resident", "/me/reports"),
    ("queue", "street_desk", "/desk/"),
    ("queue-all", "street_desk", "/desk/?task=all"),
)


@pytest.fixture(scope="module")
def hostile(
    sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> Iterator[Tour]:
    with served(tmp_path_factory.mktemp("hostile"), sqlite_template, hostile_city) as site:
        tour = Tour(site, chromium, stops_of(HOSTILE, site.things))
        yield tour
        tour.close()
        assert tour.broken == []


@pytest.fixture(scope="module")
def empty(
    sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> Iterator[Tour]:
    with served(tmp_path_factory.mktemp("empty"), sqlite_template, empty_city) as site:
        tour = Tour(site, chromium, stops_of(EMPTY, site.things))
        yield tour
        tour.close()
        assert tour.broken == []


def stops_of(rows: tuple[tuple[str, str, str], ...], things: dict[str, str]) -> list[Stop]:
    return [Stop(name, who, path.format(**things)) for name, who, path in rows]


def _holds(page: Any) -> list[str]:
    rules.resize(page, NARROW)
    loose: list[str] = page.evaluate(LOOSE, TURNED)
    return rules.wide(page) + rules.structure(page) + loose


def test_hostile_names_break_no_page_and_turn_no_other_word(hostile: Tour) -> None:
    faults = []
    for at, stop in enumerate(hostile.stops):
        page = hostile.open(stop, LANGUAGES[at % len(LANGUAGES)])
        faults += rules.labelled(stop.path, _holds(page))
        rules.wear(page, "original", rules.LARGEST)
        faults += rules.labelled(f"{stop.path} enlarged", rules.wide(page))
    assert faults == [], "\n".join(faults)


def test_a_hostile_name_is_shown_as_it_was_written(hostile: Tour) -> None:
    place = next(stop for stop in hostile.stops if stop.name == "place")
    page = hostile.open(place)
    assert page.inner_text("h1").startswith(NAME[:20])
    # a title has no markup that could isolate: the letter that turns is left out of it
    title = page.evaluate("document.title")
    assert RARE in title
    assert TURNED[0] not in title


def test_a_photo_that_is_gone_leaves_its_words(hostile: Tour) -> None:
    case = next(stop for stop in hostile.stops if stop.name == "case")
    page = hostile.open(case, "en")
    pictures = page.locator("main img")
    assert pictures.count() >= 2
    for at in range(pictures.count()):
        assert pictures.nth(at).get_attribute("alt")
        assert pictures.nth(at).bounding_box()["width"] <= 360


def test_a_list_of_many_holds_as_a_list_of_one_does(hostile: Tour) -> None:
    many(hostile.site, 60)
    for stop in hostile.stops:
        if stop.name in {"list", "queue", "home", "place"}:
            faults = _holds(hostile.open(stop))
            assert faults == [], f"{stop.path}: {faults}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_city_says_so_and_shows_a_way_on(empty: Tour, language: str) -> None:
    faults = []
    for stop in empty.stops:
        page = empty.open(stop, language)
        faults += rules.labelled(stop.path, _holds(page))
        # an empty page would be a dead end
        assert page.locator("main a[href], main button").count() > 0, stop.path
    assert faults == [], "\n".join(faults)
