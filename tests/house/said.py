"""What a page says: every visible word and every word in an attribute, as runs of text.

A pseudo-locale wraps each sentence of the catalogue into ⟦…⟧. What stands outside of the brackets
then did not come from the catalogue: it is data, or somebody forgot to have it translated.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup, Comment, Doctype, Tag

from tests.house.catalogues import extract

OPEN, CLOSE = "⟦", "⟧"
# a textarea holds what somebody typed
SILENT = {"script", "style", "template", "noscript", "textarea"}
ATTRIBUTES = ("alt", "title", "aria-label", "aria-description", "placeholder", "content", "label")
# values that are shown on a button, or said by our scripts
VALUES = re.compile(r"^data-(?!state|kind|code|version)")
# whoever reads this knows that it is no word of ours: a code, a name, a language of its own
ASIDE = '[translate="no"], [lang]:not(html), code, .receipt-code'
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]")


def pseudo(root: Path, folder: Path, language: str) -> None:
    """Write a catalogue whose every sentence is its source within brackets."""
    source = extract(root)
    catalog = Catalog(locale=language)
    for message in source:
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[-1]
        text = f"{OPEN}{first}{CLOSE}"
        catalog.add(
            message.id,
            text if isinstance(message.id, str) else (text,),
            context=message.context,
            flags=message.flags,
        )
    path = folder / language / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


def runs(html: str) -> Iterator[str]:
    """The words in the order of the page, then those in attributes, one run each.

    Text goes on through inline markup: a sentence with a link in it is one run within brackets.
    """
    soup = BeautifulSoup(html, "html.parser")
    _leave_aside(soup)
    yield " ".join(_text(soup))
    yield from _in_attributes(soup)


def pieces(html: str) -> Iterator[str]:
    """The same, each text of the page by itself."""
    soup = BeautifulSoup(html, "html.parser")
    _leave_aside(soup)
    yield from _text(soup)
    yield from _in_attributes(soup)


def adds(html: str, other: str, known: re.Pattern[str]) -> bool:
    """Whether a page may say a Latin word outside of brackets that another does not say.

    Far sooner told than ``runs``: most pages say the same in every mode.
    """
    new = _pieces(html) - _pieces(other)
    texts = (text for piece in new for text in _spoken(piece))
    return any(latin_words(_without_brackets(text), known) for text in texts)


_PIECE = re.compile(r"<[^>]*>|[^<]+")
_SPOKEN = re.compile(rf"\b(?:{'|'.join(ATTRIBUTES)}|data-[\w-]+)=\"([^\"]*)\"")
_BUTTON = re.compile(r"\btype=\"(?:submit|button|reset)\"")
_BRACKETED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


def _pieces(html: str) -> set[str]:
    return set(_PIECE.findall(re.sub(r"<wbr>|<meta name=\"color-scheme\"[^>]*>", "", html)))


def _spoken(piece: str) -> list[str]:
    if piece[0] != "<":
        return [piece]
    return [piece] if _BUTTON.search(piece) else _SPOKEN.findall(piece)


def _without_brackets(text: str) -> str:
    while (outer := _BRACKETED.sub(" ", text)) != text:
        text = outer
    return text


def _leave_aside(soup: BeautifulSoup) -> None:
    for aside in soup.select(ASIDE):
        aside.replace_with(" ")
    # a place where a long word may break is not its end
    for gap in soup("wbr"):
        gap.decompose()
    soup.smooth()


def _in_attributes(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        yield from _attributes(tag)


def _text(soup: BeautifulSoup) -> Iterator[str]:
    for text in soup.find_all(string=True):
        silent = isinstance(text, Comment | Doctype) or (
            {parent.name for parent in text.parents} & SILENT
        )
        if not silent:
            yield " ".join(text.replace("\u200b", "").split())


def _attributes(tag: Tag) -> Iterator[str]:
    if tag.name == "meta" and tag.get("name") not in {"description", "author"}:
        return
    for name, value in tag.attrs.items():
        shown = name in ATTRIBUTES or (name == "value" and tag.name == "input" and _is_button(tag))
        if isinstance(value, str) and (shown or (VALUES.match(name) and " " in value)):
            yield value


def _is_button(tag: Tag) -> bool:
    return tag.get("type") in {"submit", "button", "reset"}


def outside(run: str) -> str:
    """What stands outside of the brackets of the pseudo-locale."""
    kept, depth = [], 0
    for letter in run:
        depth += (letter == OPEN) - (letter == CLOSE)
        if depth == 0 and letter != CLOSE:
            kept.append(letter)
    assert depth == 0, f"a sentence is cut off: {run[-200:]}"
    return "".join(kept)


def latin_words(text: str, known: re.Pattern[str]) -> list[str]:
    """Words in Latin letters that are not known to belong to the data."""
    return WORD.findall(known.sub(" ", text))
