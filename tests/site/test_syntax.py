"""The short way to a page's faults finds what the parser of the standard finds."""

import random
import re

import pytest
from flask import Flask

from tests import syntax
from tests.house.session import examples

TAG = re.compile("<[^>]*>")
PATHS = ("/", "/reports/", "/help", "/accessibility", "/reports/categories", "/data/", "/sign-in")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


@pytest.fixture
def pages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pages without a fault, all of whose places are known; and nothing else is."""
    monkeypatch.setattr(syntax, "_CLEAN", set())
    found = [app.test_client().get(path).get_data(as_text=True) for path in PATHS]
    for page in found:
        assert "</html>" in page
        assert list(syntax.syntax_faults(page)) == []
    return found


def broken(page: str, draw: random.Random) -> str:
    """The page with a tag left out, doubled, moved, renamed, or written badly."""
    tags = list(TAG.finditer(page))
    one, other = draw.choice(tags), draw.choice(tags)
    done = draw.choice(("", one[0] * 2, one[0] + other[0], one[0].replace(" ", " id=x id=y ", 1),
                        f"{one[0]} & &nosuch; ", one[0].replace('"', "", 1), other[0],
                        f"{one[0]}<p>a<div>b</div></p>", f"{one[0]}<div></div>",
                        f"{one[0]}<form></form>"))  # fmt: skip
    return page[: one.start()] + done + page[one.end() :]


@pytest.mark.parametrize("seed", range(4))
def test_a_broken_page_has_the_faults_that_the_standard_says(pages: list[str], seed: int) -> None:
    draw = random.Random(seed)
    met = set()
    for _ in range(examples(20)):
        page = broken(draw.choice(pages), draw)
        expected = syntax.html5lib_faults(page)
        assert list(syntax.syntax_faults(page)) == expected[:5], page
        met.add(bool(expected))
    assert met == {True, False}


def test_a_known_page_is_not_parsed_again(
    pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syntax, "html5lib_faults", None)
    for page in pages:
        other = re.sub(r"(?<=</li>)(\s*<li.*?</li>)", r"\1\1", page, flags=re.DOTALL)
        assert other.count("<li") > page.count("<li")
        assert list(syntax.syntax_faults(other)) == []
