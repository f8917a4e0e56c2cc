"""The measures measured: a page with every fault planted, and each must be found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import rules

PAGE = Path(__file__).with_name("control.html")


@pytest.fixture(scope="module")
def control(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_content(PAGE.read_text("utf-8"))
    yield page
    context.close()


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ("label", "nameless"),
        ("id twice", "double"),
        ("image-alt", "<img"),
        ("target-size", "tiny"),
        ("tabindex", "late"),
    ],
)
def test_axe_finds_a_planted_fault(control: Any, fault: str, where: str) -> None:
    found = [line for line in rules.structure(control) if line.startswith(f"{fault}:")]
    assert any(where in line for line in found), rules.structure(control)


def test_low_contrast_is_found_and_good_contrast_is_not(control: Any) -> None:
    found = rules.colours(control)
    assert [line for line in found if "low-contrast" in line]
    assert [line for line in found if line.startswith("link-in-text-block")]
    assert not [line for line in found if "Control page" in line]


def test_a_small_target_is_found_whatever_its_kind(control: Any) -> None:
    found = rules.small(control)
    assert len([line for line in found if "tiny" in line]) == 2
    assert not [line for line in found if "good" in line]
    assert [line for line in rules.small(control, rules.ELDER_TARGET) if "good" in line]


def test_sideways_scroll_is_found_with_its_cause(control: Any) -> None:
    found = rules.wide(control)
    assert found[0].startswith("scrolls sideways by")
    assert any('class="wide"' in line for line in found)
    # narrow letters fit by luck: the widest do not, and afterwards the page is as it was
    assert any("WWWWW-WWWWW" in line for line in found)
    assert control.inner_text(".lot") == "11111-11111"


@pytest.mark.parametrize("kind", ["thin", "pale", "none"])
def test_a_weak_focus_is_found(control: Any, kind: str) -> None:
    found = rules.focus(control)
    assert any(line.startswith("weak focus") and f'class="{kind}"' in line for line in found)
    assert not any('class="good"' in line for line in found)


def test_a_control_below_something_else_is_found(control: Any) -> None:
    assert not any(line.startswith("covered") for line in rules.focus(control))
    control.evaluate("document.querySelector('.bar').hidden = false")
    try:
        assert any(line.startswith("covered") for line in rules.focus(control))
    finally:
        control.evaluate("document.querySelector('.bar').hidden = true")


def test_a_wrong_order_is_found(control: Any) -> None:
    found = "\n".join(rules.order(control))
    assert "tabindex above 0" in found
    assert "no way to the content" in found
    assert "another order than read" in found


def test_a_new_pair_of_colours_is_measured_and_a_known_one_is_not_again(control: Any) -> None:
    known = rules.palette(control)
    assert rules.palette(control) == known
    control.evaluate("document.querySelector('.low-contrast').style.color = '#aaa'")
    try:
        assert len(rules.palette(control) - known) == 1
    finally:
        control.evaluate("document.querySelector('.low-contrast').style.color = ''")
