"""Markdown of clauses and articles as pages show it: paragraphs, lists, emphasis, nothing else."""

from functools import cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS: Final = {"p", "br", "strong", "em", "ol", "ul", "li"}


@cache
def _reader() -> MarkdownIt:
    # "zero" knows paragraphs alone; HTML, links and pictures stay the signs that were typed
    return MarkdownIt("zero", {"breaks": True}).enable(["emphasis", "list", "newline", "escape"])


def plain(markdown: str) -> str:
    """The words of a clause without its signs, to quote."""
    return rendered(markdown).striptags()


def rendered(markdown: str) -> Markup:
    """A text as HTML. The sieve behind the reader lets only plain tags through."""
    html = nh3.clean(_reader().render(markdown), tags=TAGS, attributes={"ol": {"start"}})
    # nh3 has cleaned it
    return Markup(html)  # noqa: S704
