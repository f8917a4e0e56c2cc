"""Whether a page is HTML, as html5lib reads it; known places are not read by it again.

html5lib takes as long as drawing the page. What it says of a tag depends on the tags that are open
around it, on what stands before it and on its attributes' names. A page whose tags are closed in
order, and each of whose tags stood in such a place on a page without a fault, has none either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import html5lib

# a tag whose values are in double quotes, a run of text; what is neither ends the short way
_PIECE = re.compile(
    r'<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>(?:\s+[^\s"\'<>/=]+(?:="[^"]*")?)*)\s*'
    r"(?P<empty>/?)>|(?P<text>[^<]+)|(?P<other><(?:!DOCTYPE html>|!--.*?-->)?)",
    re.DOTALL | re.IGNORECASE,
)
_VALUE = re.compile(r'(?<==")[^"]*(?=")')
_AMPERSANDS = re.compile(r"&#?\w*;?")
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip

# places on pages without a fault
_CLEAN: set[int] = set()


def syntax_faults(html: str) -> Iterator[str]:
    """The first faults, each with its line."""
    places = places_of(html)
    if places is not None and places <= _CLEAN:
        return
    faults = html5lib_faults(html)
    if places is not None and not faults:
        _CLEAN.update(places)
    yield from faults[:5]


def html5lib_faults(html: str) -> list[str]:
    """What the parser of the standard says against a page."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    lines = html.splitlines()
    return [
        f"not HTML at line {line}: {code} {details or ''} in {lines[line - 1].strip()[:120]!r}"
        for (line, _column), code, details in parser.errors
    ]


def places_of(html: str) -> set[int] | None:
    """Where the page's tags, words and ampersands stand; None where its tags are not closed in
    order, or something else is written in it than tags and words."""
    reader = _Reader()
    for piece in _PIECE.finditer(html):
        if piece.lastgroup == "text":
            reader.text(piece[0])
        elif piece.lastgroup == "other":
            reader.other(piece[0])
        elif piece["end"]:
            reader.end(piece["name"], piece["attributes"])
        else:
            reader.start(piece["name"], piece["attributes"], piece["empty"])
        if not reader.in_order:
            return None
    return reader.places if not reader.opened else None


@dataclass
class _Reader:
    """``place``: the open tags around; ``before``: the last tag in the innermost of them."""

    places: set[int] = field(default_factory=set)
    in_order: bool = True
    place: int = 0
    before: str = ""
    opened: list[tuple[str, int]] = field(default_factory=list)

    def text(self, text: str) -> None:
        if "&" in text:
            self.places.add(hash((self.place, *_AMPERSANDS.findall(text))))
        if not text.isspace():
            self.places.add(hash((self.place, self.before, "text")))

    def other(self, text: str) -> None:
        self.in_order = text != "<"
        self.places.add(hash((self.place, self.before, text)))

    def start(self, name: str, attributes: str, empty: str) -> None:
        given = _VALUE.sub(_ampersands, attributes)
        self.places.add(hash((self.place, self.before, name, given, empty)))
        self.before = name
        if name not in _VOID and not empty:
            self.opened.append((name, self.place))
            self.place = hash((self.place, name))
            self.before = ""

    def end(self, name: str, attributes: str) -> None:
        opened, self.place = self.opened.pop() if self.opened else ("", 0)
        self.in_order = opened == name and not attributes
        self.before = name


def _ampersands(value: re.Match[str]) -> str:
    return "&".join(_AMPERSANDS.findall(value[0]))
