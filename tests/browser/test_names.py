"""What a screen reader says: the map's list, pictures, and what changes without a new page."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.screen import Site
from tests.browser.tour import LANGUAGES, Tour
from tests.make.photos import jpeg

# the name that the browser itself computes, as a screen reader gets it
LINKS = """(selector) => [...document.querySelectorAll(selector)].map((link) => ({
  name: (link.getAttribute("aria-label") ?? link.textContent).replace(/\\s+/g, " ").trim(),
  to: link.getAttribute("href"),
}))"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_map_shows_stands_in_its_list_by_name(tour: Tour, language: str) -> None:
    page = tour.open(_stop(tour, "reports.map_page"), language, offered="1")
    page.locator("main details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    # bare outlines have nothing to list, and are passed over by the keyboard
    drawn = page.evaluate(LINKS, "main svg a:not([tabindex='-1'])")
    listed = page.evaluate(LINKS, ".map-beside a")
    assert drawn
    assert all(link["name"] for link in [*drawn, *listed])
    names = " ".join(link["name"] for link in listed)
    for link in drawn:
        # the picture's name may add counts; the place or the matter itself is in the list
        assert any(word in names for word in _words(link["name"])), link


def _words(name: str) -> list[str]:
    return [name, *name.replace("：", ":").replace("，", ",").replace(",", ":").split(":")]


def test_the_map_s_list_is_reached_by_heading_and_by_keyboard(tour: Tour) -> None:
    page = tour.open(_stop(tour, "reports.map_page"), "en", offered="1")
    headings = page.get_by_role("heading", level=2)
    assert headings.count() >= 1
    first = page.locator(".map-beside a").first
    first.focus()
    assert first.evaluate("link => document.activeElement === link")


@pytest.mark.parametrize("name", ["case-closed", "site.home", "reports.public_list"])
def test_each_photo_says_what_it_shows(tour: Tour, name: str) -> None:
    page = tour.open(_stop(tour, name), "en", offered="1")
    for picture in page.locator("main img").all():
        said = picture.get_attribute("alt")
        # empty: the words stand beside it, within the same link or figure
        beside = picture.locator("xpath=ancestor::*[self::a or self::figure or self::li][1]")
        words = said or (beside.inner_text() if beside.count() else "")
        assert words.strip(), picture.evaluate("one => one.outerHTML")
        assert ".jpg" not in words


def test_plain_mode_says_photos_in_words(tour: Tour) -> None:
    case = _stop(tour, "case-closed")
    said = _alts(tour.open(case, "en", offered="1"))
    page = tour.open(case, "en", offered="1", plain="1")
    assert page.locator("img, svg").count() == 0
    text = page.inner_text("main")
    assert all(words in text for words in said), said


def _alts(page: Any) -> list[str]:
    return [str(one.get_attribute("alt")) for one in page.locator("main img").all()]


def test_errors_are_announced_and_get_the_focus(screen: Opener) -> None:
    window = screen(360)
    window.open("/track")
    window.page.locator("main form button").first.click()
    summary = window.page.get_by_role("alert")
    assert summary.count() == 1
    assert summary.evaluate("one => document.activeElement === one")


def test_a_chosen_photo_is_announced(screen: Opener, tmp_path: Path, site: Site) -> None:
    path = tmp_path / "litter.jpg"
    path.write_bytes(jpeg(640, 480))
    window = screen(360)
    window.open("/reports/new")
    window.page.set_input_files("input[type=file]", str(path))
    live = window.page.locator("main :is([aria-live], [role=status])")
    live.filter(has_text="litter.jpg").first.wait_for(timeout=10_000)
    # a window that closes while the picture is still drawn complains that its file is gone
    drawn = "[...document.querySelectorAll('#photo-chosen img')].some((one) => one.naturalWidth)"
    window.page.wait_for_function(drawn)


def _stop(tour: Tour, name: str) -> Any:
    return next(stop for stop in tour.stops if stop.name == name)
