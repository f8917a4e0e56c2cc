"""How a run of the tests behaves: long tests only when asked, browsers in one worker, skips said.

Loaded by ``addopts`` in pyproject.toml, because ``--long`` must be known before any test is found.
"""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

LONG = "larger counts; run `script/test --long`"
BROWSER = Path(__file__).parents[1] / "browser"
# the one without windows measures the same in less time; where only the other is, it is taken
CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in CHROMIUMS if path.exists()), CHROMIUMS[0])
INSTALL = "apt-get install chromium-headless-shell fonts-noto-cjk fonts-noto-core"
NO_CHROMIUM = f"no {CHROMIUM}; run `{INSTALL}`"

# each test of such a file needs what the first one has made, and all of them one demo city
DEMOS = {f"tests/site/test_{name}.py" for name in ("display", "face", "words_on_pages")}

# every test on SQLite writes a file of some megabytes and waits until the disk has each commit
MEMORY = Path("/dev/shm")
ENOUGH = 4 * 1024**3
WHERE = "PYTEST_DEBUG_TEMPROOT"

_run = {"long": False}
_V = TypeVar("_V")


def examples(count: int) -> int:
    """How many examples a property test tries: twenty times as many with ``--long``."""
    return count * 20 if _run["long"] else count


def is_long() -> bool:
    """Whether larger counts were asked for."""
    return _run["long"]


def in_turn(values: Sequence[_V], at: int, count: int) -> Sequence[_V]:
    """Some of the values, other ones at each place, so that together the places see all of them;
    with ``--long`` every place sees all."""
    if is_long():
        return values
    return [values[(at * count + step) % len(values)] for step in range(count)]


def pytest_configure(config: pytest.Config) -> None:
    """Before any test is imported, because settings are made when a test is."""
    _run["long"] = bool(config.getoption("--long"))
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ.setdefault(WHERE, str(MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests with larger counts")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason=LONG))
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_collection_finish() -> None:
    """What is there before the first test stays: the collector of garbage need not walk it again.

    It holds half a million objects; walking them again and again was a quarter of the whole time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All tests that open a browser go to one worker, and first, because they take longest.

    Two browsers at once were 2.3 times slower than one after the other, and what they share, the
    demo city and the walk through its pages, would be made twice. The groups of xdist 3.8 have no
    effect with pytest 9.2, which no longer lets a plugin change the name of a test. The files that
    look at one demo city stay in one worker too.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  only where xdist is

    class OneBrowser(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if file.startswith("tests/browser/"):
                return "browser"
            return "demo" if file in DEMOS else nodeid

        def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
            # asked after every test: what is done need not be counted again each time
            for scope in [scope for scope, unit in workload.items() if all(unit.values())]:
                del workload[scope]
            return super()._pending_of(workload)

    return OneBrowser(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("not run on this machine")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} left out: {reason}")
