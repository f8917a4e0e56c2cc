"""A small demo behind a real socket, and a real Chromium in front of it.

``GONGZHI_SHOTS=folder`` keeps a picture of every page that a test looks at.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from tests.browser.screen import Screen, Site
from tests.browser.served import QUIET, served
from tests.browser.tour import MODES, Tour
from tests.browser.walk import Faults, walk
from tests.house.session import CHROMIUM


@pytest.fixture(scope="session")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo city in small, served on a free port of this machine."""
    with served(tmp_path_factory.mktemp("browser"), sqlite_template) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tour(site: Site, chromium: Any) -> Iterator[Tour]:
    """The way through every page."""
    tour = Tour(site, chromium)
    yield tour
    tour.close()
    assert tour.broken == []


Walked = Callable[[str], Faults]


@pytest.fixture(scope="session")
def walked(tour: Tour) -> Walked:
    """What a walk through every page in a mode found; walked once, asked by several tests."""
    return cache(partial(walk, tour))


Opener = Callable[..., Screen]


@pytest.fixture
def screen(site: Site, chromium: Any) -> Iterator[Opener]:
    """Opens windows: ``screen(360, script=False, mode="elder")``; faults fail at the end."""
    opened: list[tuple[Any, Screen]] = []

    def open_window(
        width: int, *, script: bool = True, language: str = "en", mode: str = "normal"
    ) -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script
        )
        context.set_default_timeout(10_000)
        for name, value in {"lang": language, **MODES[mode]}.items():
            context.add_cookies([{"name": name, "value": value, "url": site.origin}])
        folder = os.environ.get("GONGZHI_SHOTS")
        shots = Path(folder) if folder else None
        found = Screen(site, context.new_page(), shots, mode, script)
        opened.append((context, found))
        return found

    with _closing(opened):
        yield open_window
    for _, window in opened:
        assert window.complaints == []


@contextmanager
def _closing(opened: list[tuple[Any, Screen]]) -> Iterator[None]:
    try:
        yield
    finally:
        for context, _ in opened:
            context.close()
