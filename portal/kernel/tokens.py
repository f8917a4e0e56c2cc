"""Words as tokens: one tokenizer for both engines, because neither finds Chinese by itself.

A text is stored as a *stream* of tokens between spaces: each character of a script without spaces
alone and together with its neighbour, each word of other scripts whole, a bar where punctuation
was. So 坏路灯,3号 becomes `` 坏 坏路 路 路灯 灯 | 3 号 ``. What somebody looks
for becomes a phrase of the same tokens, and *the phrase stands in the stream exactly when the words
stand in the text*.

*Facets* are tokens nobody can type (they begin with ``~``): a place, a kind, a state, a map tile.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

FOLD_FILE = Path(__file__).with_name("data") / "fold.tsv"
CONFUSABLE_FILE = FOLD_FILE.with_name("confusable.tsv")
# to be raised when tokens are made another way: what was stored before is then made anew
SCHEME = 2
GAP = "|"
FACET = "~"
MOST_CHARACTERS = 60
MOST_TERMS = 8
_WORD_CATEGORIES = {"L", "N", "M"}
_FACET = re.compile(r"~[a-z][A-Za-z0-9_]+\Z")


def _pairs(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


@cache
def _fold_table() -> dict[int, str]:
    """Traditional characters, then those that are taken for each other."""
    both = _pairs(FOLD_FILE) | _pairs(CONFUSABLE_FILE)
    # a form may itself have another form (薴 苧 苎): everything falls to the last one
    return {ord(old): both.get(both.get(new, new), both.get(new, new)) for old, new in both.items()}


@cache
def version() -> str:
    """A name for the way in which texts become tokens now: an index made otherwise is stale."""
    tables = FOLD_FILE.read_bytes() + CONFUSABLE_FILE.read_bytes()
    return f"{SCHEME}-{hashlib.sha256(tables).hexdigest()[:12]}"


def fold(text: str) -> str:
    """The form in which words are compared, never shown: NFKC, one case, simplified characters,
    one form for characters that are often written for each other.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    # case folding may leave forms that NFKC composes differently
    return unicodedata.normalize("NFKC", plain).translate(_fold_table())


def _in_spaced_script(char: str) -> bool:
    """Whether a script writes spaces between words (roughly: everything before Thai, and Latin)."""
    point = ord(char)
    return point < 0x0E00 or 0x1E00 <= point <= 0x1FFF or 0x2C60 <= point <= 0x2DFF


def _runs(text: str) -> list[str]:
    """The stretches of letters, digits and marks in a folded text."""
    kept = (c if unicodedata.category(c)[0] in _WORD_CATEGORIES else " " for c in fold(text))
    return "".join(kept).split()


def _pieces(run: str) -> list[str]:
    """A stretch as whole words of spaced scripts and single characters of others."""
    pieces: list[str] = []
    open_word = False
    for char in run:
        spaced = _in_spaced_script(char)
        if spaced and open_word:
            pieces[-1] += char
        else:
            pieces.append(char)
        open_word = spaced
    return pieces


def _tokens_of_run(run: str) -> list[str]:
    pieces = _pieces(run)
    found: list[str] = []
    for at, piece in enumerate(pieces):
        found.append(piece)
        follower = pieces[at + 1] if at + 1 < len(pieces) else None
        if follower and not _in_spaced_script(piece[0]) and not _in_spaced_script(follower[0]):
            found.append(piece + follower)
    return found


def tokens(text: str) -> list[str]:
    """The tokens of a text in their order, with a bar at each gap."""
    found: list[str] = []
    for run in _runs(text):
        if found:
            found.append(GAP)
        found += _tokens_of_run(run)
    return found


@lru_cache(maxsize=4096)
def _tokens_of_name(name: str) -> tuple[str, ...]:
    return tuple(tokens(name))


def stream(texts: Iterable[str], facets: Iterable[str] = (), *, names: Iterable[str] = ()) -> str:
    """What is stored for some texts and facets: tokens with a space before, between and after.

    ``names`` of places and kinds come again and again: their tokens are remembered. What people
    write is not, because it must be forgotten when they want it.
    """
    found: list[str] = []
    # a name in both scripts has the same tokens twice
    for more in (*dict.fromkeys(map(_tokens_of_name, names)), *map(tokens, texts)):
        found += [GAP, *more] if more else []
    for name in sorted(set(facets)):
        found += [GAP, name]
    return f" {' '.join(found)} "


def facet(kind: str, value: str) -> str:
    """A token for a property: ``facet("a", "370283001")``."""
    name = f"{FACET}{kind}{value}"
    if not _FACET.match(name):
        raise ValueError(f"{value!r} cannot be a facet")
    return name


def phrases(query: str) -> tuple[str, ...]:
    """What must stand in a stream for each term of a query; empty when there is nothing to find."""
    found = (" ".join(_trimmed(_tokens_of_run(run))) for run in _runs(query)[:MOST_TERMS])
    return tuple(dict.fromkeys(found))


def _trimmed(found: list[str]) -> list[str]:
    """Without single characters at the ends that the pair beside them contains anyway."""
    if len(found) > 1 and found[1].startswith(found[0]) and len(found[1]) == 2:
        found = found[1:] if not _in_spaced_script(found[0][0]) else found
    if len(found) > 1 and found[-2].endswith(found[-1]) and len(found[-2]) == 2:
        found = found[:-1] if not _in_spaced_script(found[-1][0]) else found
    return found
