"""What every page must keep, measured in the browser. Each function returns a list of faults.

The control page (test_control.py) has one of each fault planted, and these functions must find it.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SCHEMES = ("original", "black", "yellow", "blue", "white")
TARGET, ELDER_TARGET = 44, 60
LARGEST = "text-6"
# without a stylesheet the sizes are the browser's own: WCAG 2.5.8 excepts them (user agent control)
PLAIN_LEAVES_OUT = ("target-size",)
_MEASURES = Path(__file__).with_name("measure.js")


@cache
def _axe() -> str:
    script: str = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    return script


@cache
def measures() -> str:
    """The script that measures: windows of the tour have it on every page from the start."""
    return _MEASURES.read_text("utf-8")


def _install_axe(page: Any) -> None:
    """Axe is half a megabyte: it comes only where it is asked."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_axe())


def _measured(page: Any, call: str, *arguments: Any) -> Any:
    """The answer of one of the measures; the script is put in where it is missing."""
    # without "await" for what needs no waiting: a window without script would wait for ever
    asked = f"(given) => window.eyes?.{call}(...given) ?? null"
    found = page.evaluate(asked, arguments)
    if found is None:
        page.evaluate(measures())
        found = page.evaluate(asked, arguments)
    return found


def _faults(page: Any, call: str, *arguments: Any) -> list[str]:
    found: list[str] = _measured(page, call, *arguments)
    return found


def structure(page: Any, *, plain: bool = False) -> list[str]:
    """Axe: WCAG 2.0 to 2.2, A and AA, and best practice, without what colours decide.

    At another width of the same page, where the same is shown, only the rules that measure are
    asked again: to the others it is the same page.
    """
    _install_axe(page)
    found = _faults(page, "structure", list(PLAIN_LEAVES_OUT) if plain else [])
    return found + _faults(page, "doubles")


def colours(page: Any, pairs: Iterable[str] | None = None) -> list[str]:
    """Axe: contrast of text, and links that only their colour tells from the text around.

    Of the whole page, or of one place for each of some pairs of ``palette``.
    """
    _install_axe(page)
    return _faults(page, "colours", None if pairs is None else sorted(pairs))


def palette(page: Any) -> set[str]:
    """How letters stand on their ground on the page: every pair of colours, sizes and weights."""
    return set(_faults(page, "palette"))


def palettes(page: Any) -> dict[str, set[str]]:
    """``palette`` in every scheme; the page is left in the last."""
    found = _measured(page, "palettes", SCHEMES)
    return {scheme: set(pairs) for scheme, pairs in zip(SCHEMES, found, strict=True)}


def wide(page: Any) -> list[str]:
    """Scrolls sideways."""
    return _faults(page, "wide")


def small(page: Any, least: int = TARGET) -> list[str]:
    """Controls that a thumb misses; not links within a sentence, nor pins on a map with a list."""
    return _faults(page, "small", least)


def kinds(page: Any) -> set[str]:
    """The kinds of controls on the page: what decides about the ring of each."""
    return set(_faults(page, "kinds"))


def focus(page: Any, among: Iterable[str] | None = None) -> list[str]:
    """Controls whose focus shows by less than 3 px or 3 : 1, or below something else.

    One of every kind, or of the kinds that are given.
    """
    # after a key the browser shows the focus that a script sets as it shows a person's
    page.keyboard.press("Shift")
    return _faults(page, "focus", None if among is None else sorted(among))


def order(page: Any) -> list[str]:
    """A way to the content first, then the order in which things are read."""
    return _faults(page, "order")


def columns(page: Any) -> list[str]:
    """Text beside text, which elder mode has not."""
    return _faults(page, "columns")


def wear(page: Any, scheme: str, *more: str) -> None:
    """Put on a colour scheme and other display classes in place: quicker than loading again."""
    _measured(page, "wear", scheme, more)


def resize(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800 if width < 1000 else 900})


def labelled(label: str, faults: Iterable[str]) -> list[str]:
    return [f"{label}: {fault}" for fault in faults]
