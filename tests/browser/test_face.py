"""What the face promises and only a window shows: one column, thumb bar, sticky head."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import rules
from tests.browser.conftest import Walked
from tests.browser.tour import MODES, Tour
from tests.house.tree import ROOT


def test_elder_mode_has_one_column(walked: Walked, tour: Tour) -> None:
    faults = walked("elder")["columns"]
    assert faults == [], "\n".join(faults)
    # what looks for columns finds them where they are wanted
    assert rules.columns(_home(tour))


def _home(tour: Tour, **choices: str) -> Any:
    home = next(stop for stop in tour.stops if stop.name == "site.home")
    page = tour.open(home, **(choices or MODES["normal"]))
    rules.resize(page, 1280)
    return page


@pytest.mark.parametrize("mode", ["normal", "elder"])
def test_on_a_phone_the_likely_pages_lie_under_the_thumb(tour: Tour, mode: str) -> None:
    page = _home(tour, **MODES[mode])
    bar = page.locator("nav.thumb")
    assert not bar.is_visible()
    rules.resize(page, 360)
    for scrolled in (0, 900):
        page.evaluate("(to) => window.scrollTo(0, to)", scrolled)
        box = bar.bounding_box()
        assert box["y"] + box["height"] == pytest.approx(800, abs=1)
    links = bar.locator("a:has(svg)").all()
    assert 4 <= len(links) <= 5
    assert all(link.inner_text().strip() for link in links)
    assert bar.locator("a[href='/reports/new']").is_visible()


def test_the_head_of_a_long_table_stays(tour: Tour) -> None:
    stop = next(stop for stop in tour.stops if stop.path == "/parts/lists")
    page = tour.open(stop, **MODES["normal"])
    rules.resize(page, 1280)
    tall = page.locator(".table-tall").first
    gaps = []
    for to in (0, 200):
        tall.evaluate("(box, to) => { box.scrollTop = to; }", to)
        # the head against the box it scrolls in; the first row against the same
        gaps.append(
            tall.evaluate(
                """(box) => ["thead th", "tbody tr"].map((one) =>
                  box.querySelector(one).getBoundingClientRect().top
                  - box.getBoundingClientRect().top)"""
            )
        )
    (_, row), (kept, moved) = gaps
    assert moved < row - 100
    assert 0 <= kept <= 2


@pytest.mark.parametrize("inside", [".", "static/pictures", "docs/../pictures"])
def test_photographs_are_kept_out_of_the_repository(inside: str, tmp_path: Path) -> None:
    # the module needs Playwright, as all that opens a window
    photographs = pytest.importorskip("tests.browser.photographs")
    with pytest.raises(SystemExit, match="lies in the repository"):
        photographs.target(str(ROOT / inside))
    assert not (ROOT / "pictures").exists()
    assert not (ROOT / "static/pictures").exists()
    assert photographs.target(str(tmp_path / "pictures")).is_dir()
