"""A small demo behind a real socket, and a real Chromium in front of it.

``GONGZHI_SHOTS=folder`` keeps a picture of every page that a test looks at.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.clock import now
from portal.kernel.config import DEFAULT_CITY, Config
from portal.kernel.instance import Instance, open_for
from portal.kernel.vault import Vault
from portal.reports.jobs import close_months
from portal.site.app import create_app
from portal.site.demo.load import draw_pictures, load_demo
from portal.site.packages import load_city_data
from tests.browser.screen import Screen, Site
from tests.conftest import TEST_KEY
from tests.site.test_sockets import free_port

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
]  # fmt: skip
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skip(reason=f"{CHROMIUM} is missing: apt install chromium")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists():
                item.add_marker(missing)


@pytest.fixture(scope="session")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo city in small, served on a free port of this machine."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copy(sqlite_template, folder / "demo.db")
    port = free_port()
    config = Config(
        instance=folder,
        database_url=f"sqlite:///{folder}/demo.db",
        secret_key=TEST_KEY,
        blobs=str(folder / "blobs"),
        outbox=folder / "outbox",
        origin=f"http://127.0.0.1:{port}",
    )
    vault, blobs = Vault(config.secret_key), BlobStore(config.blobs)
    instance = Instance(config, load_city(DEFAULT_CITY), vault, blobs)
    database = open_for(instance)
    with database.write() as session:
        list(load_city_data(session, instance.city, now()))
    with database.read() as session:
        pictures = draw_pictures(session)
    with database.write() as session:
        load_demo(session, pictures, now=now(), residents=30, cases=120)
    close_months(database, now())
    app = create_app(instance, database)
    app.config["DEMO"] = True
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="site", daemon=True)
    thread.start()
    yield Site(app, database, config.origin)
    server.shutdown()
    server.server_close()
    thread.join()
    database.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


Opener = Callable[..., Screen]


@pytest.fixture
def screen(site: Site, chromium: Any) -> Iterator[Opener]:
    """Opens windows: ``screen(360, script=False, language="en")``; faults fail at the end."""
    opened: list[tuple[Any, Screen]] = []

    def open_window(width: int, *, script: bool = True, language: str = "en") -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script
        )
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "lang", "value": language, "url": site.origin}])
        folder = os.environ.get("GONGZHI_SHOTS")
        found = Screen(site, context.new_page(), Path(folder) if folder else None)
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
