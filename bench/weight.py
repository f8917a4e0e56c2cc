"""``python -m bench.weight``: what a first view costs on a slow phone, in a slow net."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError

from playwright.sync_api import Browser, CDPSession, sync_playwright

from bench.places import free_port
from portal.kernel.config import CHECKOUT
from portal.reports.rules.codes import PublicState

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- weight -->", "<!-- end of weight -->"
PAGES = {
    "home": "/", "list": "/reports/", "one report": "", "report form": "/reports/new",
    "place": "/places/370283001", "map": "/reports/map",
}  # fmt: skip
TURNS = 5
CPU_SLOWDOWN, LATENCY_MS, BITS_PER_SECOND = 4, 150, 1_600_000
SETTLE_MS = 1_500
MOST_KB, MOST_REQUESTS, MOST_JS_KB, MOST_LCP, MOST_CLS = 60, 10, 15, 1.5, 0.05
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHOTOS = ("image/jpeg", "image/webp", "image/png")
# buffered, so that nothing is missed before the observer is there
OBSERVE = """
window.__lcp = 0; window.__cls = 0; window.__what = "";
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    window.__lcp = entry.startTime;
    window.__what = entry.element ? entry.element.tagName.toLowerCase() : "";
  }
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__cls += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class View:
    """One first view with an empty cache."""

    requests: int
    photos: int
    kilobytes: float
    photo_kilobytes: float
    script_kilobytes: float
    lcp: float
    cls: float
    largest: str


class Counter:
    """What went over the line, by CDP."""

    def __init__(self, session: CDPSession) -> None:
        self.kinds: dict[str, tuple[str, str]] = {}
        self.sizes: dict[str, int] = {}
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, Any]) -> None:
        response = event["response"]
        # the tab's own picture is the emblem again, from the cache
        from_cache = response.get("fromDiskCache") or response.get("fromServiceWorker")
        if response["url"].startswith("http") and not from_cache:
            self.kinds[event["requestId"]] = (event["type"], response["mimeType"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def of(self, *, photos: bool | None = None, kind: str | None = None) -> list[int]:
        return [
            self.sizes.get(request, 0)
            for request, (what, mime) in self.kinds.items()
            if (photos is None or (mime in PHOTOS) == photos) and kind in {None, what}
        ]


def first_view(browser: Browser, url: str) -> View:
    """Open a page as a phone would that was never here."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True,
        has_touch=True, service_workers="block",
    )  # fmt: skip
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": BITS_PER_SECOND / 8,
         "uploadThroughput": BITS_PER_SECOND / 8},
    )  # fmt: skip
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    counter = Counter(session)
    page.add_init_script(OBSERVE)
    page.goto(url, wait_until="load")
    page.wait_for_timeout(SETTLE_MS)
    lcp, cls, what = page.evaluate("[window.__lcp, window.__cls, window.__what]")
    context.close()
    photos = counter.of(photos=True)
    return View(
        requests=len(counter.kinds),
        photos=len(photos),
        kilobytes=sum(counter.of(photos=False)) / 1000,
        photo_kilobytes=sum(photos) / 1000,
        script_kilobytes=sum(counter.of(kind="Script")) / 1000,
        lcp=lcp / 1000,
        cls=cls,
        largest=what,
    )


def middle(views: list[View]) -> View:
    """The median of each figure."""
    numbers = ("requests", "photos", "kilobytes", "photo_kilobytes", "script_kilobytes", "lcp")
    values = {name: median(getattr(view, name) for view in views) for name in numbers}
    # a shift that happens now and then is a shift
    return View(**values, cls=max(view.cls for view in views), largest=views[-1].largest)


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """A served demo of its own: what a visitor of the first page sees."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "GONGZHI_INSTANCE": str(folder), "GONGZHI_ORIGIN": address}
    environment.pop("DATABASE_URL", None)
    gongzhi = [str(CHECKOUT / ".venv" / "bin" / "gongzhi")]
    for command in (["db", "upgrade"], ["city", "init"], ["demo"]):
        subprocess.run([*gongzhi, *command], check=True, env=environment, capture_output=True)
    server = subprocess.Popen(
        [*gongzhi, "serve", "--port", str(port), "--workers", "1"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310  our own address
        except (URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"nothing answers at {address}")


def measure(address: str) -> dict[str, View]:
    """Every page in turn, several turns, so that a busy second hits all alike."""
    found: dict[str, list[View]] = {name: [] for name in PAGES}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        paths = {**PAGES, "one report": _a_report(browser, address)}
        for path in paths.values():  # the server has drawn each page once
            first_view(browser, address + path)
        for _ in range(TURNS):
            for name, path in paths.items():
                found[name].append(first_view(browser, address + path))
        browser.close()
    return {name: middle(views) for name, views in found.items()}


def _a_report(browser: Browser, address: str) -> str:
    """The newest settled report with a photo."""
    page = browser.new_page()
    page.goto(f"{address}/reports/?state={PublicState.FED_BACK.value}")
    link = page.locator("main article:has(img[src*=photos]) a[href^='/reports/']").first
    path = str(link.get_attribute("href"))
    page.close()
    return path


def table(found: dict[str, View]) -> str:
    """The figures in Markdown; what misses its target is bold."""
    lines = [
        "| first view | requests | of these photos | KB without photos | photos, KB "
        "| own script, KB | LCP, s | its element | CLS |",
        "|---|---:|---:|---:|---:|---:|---:|---|---:|",
        f"| target | ≤ {MOST_REQUESTS} | | ≤ {MOST_KB} | | ≤ {MOST_JS_KB} | ≤ {MOST_LCP} | "
        f"| ≤ {MOST_CLS} |",
    ]
    for name, view in found.items():
        cells = [
            name,
            _cell(view.requests, MOST_REQUESTS, 0),
            f"{view.photos:.0f}",
            _cell(view.kilobytes, MOST_KB, 1),
            f"{view.photo_kilobytes:.0f}",
            _cell(view.script_kilobytes, MOST_JS_KB, 1),
            _cell(view.lcp, MOST_LCP, 2),
            f"`{view.largest}`",
            _cell(view.cls, MOST_CLS, 3),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: float, most: float, digits: int) -> str:
    words = f"{value:.{digits}f}"
    return words if value <= most else f"**{words}**"


def keep(text: str) -> None:
    """Put the result between the marks in README.md."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.weight", description=__doc__)
    parser.add_argument("--address", help="a running demo; without it one is made and served")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/gongzhi-bench/weight"))  # noqa: S108 a bench
    parser.add_argument("--write", action="store_true", help="keep the table in README.md")
    options = parser.parse_args()
    if options.address:
        found = measure(options.address)
    else:
        with demo(options.folder) as address:
            found = measure(address)
    today = date.today()  # noqa: DTZ011  the day of whoever measures
    machine = f"{today:%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}."
    text = f"{machine}\n\n{table(found)}"
    print(text)
    if options.write:
        keep(text)
    sys.exit("**" in text.partition("target")[2])


if __name__ == "__main__":
    main()
