"""What changed between two versions of a text, piece by piece. Pure.

Words of Latin letters and numbers are compared whole, all other signs one by one: Chinese has no
spaces between its words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECE = re.compile(r"[^\W\d_\u2e80-\uffff]+|\d+|\s+|.", re.DOTALL)


class Change(StrEnum):
    """What became of a piece."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went or came."""

    change: Change
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """The new text with what went and what came, in reading order; what went stands first."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    pieces = list[Piece]()
    for _, begin, end, new_begin, new_end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        gone, come = "".join(before[begin:end]), "".join(after[new_begin:new_end])
        pieces += [Piece(Change.KEPT, gone)] if gone == come else _changed(gone, come)
    return pieces


def _changed(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece(Change.GONE, gone)
    if come:
        yield Piece(Change.NEW, come)


def put_together(pieces: list[Piece], *, without: Change) -> str:
    """The text as it was (without what is new) or as it is (without what is gone)."""
    return "".join(piece.text for piece in pieces if piece.change is not without)
