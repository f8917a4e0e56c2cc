"""Whether words name a flat: 3-2-301, or a room after its building or entrance. Pure.

What stands for them in Chinese is data (``data/flat-signs.tsv``). Sums are none: 3号楼120户.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final

from volunteers.rules.activities import DATA

# a room is its floor and two digits; so many stand together in no building's own number either
ROOM: Final = r"\d{3,4}(?!\d)"


@cache
def _signs() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    with (DATA / "flat-signs.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            found[row["kind"]].append(row["text"])
    return {kind: tuple(texts) for kind, texts in found.items()}


def _any(*kinds: str) -> str:
    texts = sorted((text for kind in kinds for text in _signs()[kind]), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, texts))})"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    apart = rf"[\s{re.escape(''.join(_signs()['dash']))}]*"
    hyphen, some = r"\s*[-—–−/]\s*", rf"(?!\s*{_any('counter')})"
    building, entrance = _any("building"), _any("entrance")
    lone = rf"(?<![\d:.-])\d{{1,2}}{hyphen}{ROOM}(?![:-]){some}"
    texts = (
        # building, entrance, room; or two of them
        rf"(?<![\d-])\d{{1,3}}[A-Za-z]?{hyphen}\d{{1,2}}{hyphen}{ROOM}",
        lone,
        rf"{entrance}{apart}{ROOM}",
        rf"{building}{apart}(?:\d{{1,2}}{hyphen})?{ROOM}{some}",
        rf"(?<!\d){ROOM}\s*{_any('room')}",
        rf"\b{_any('before')}s?\.?\s*{ROOM}",
        rf"(?:\d|{_any('building', 'entrance', 'floor')})\s*{_any('side')}",
    )
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


def names_flat(text: str) -> bool:
    """Whether some words name a flat, in digits of any kind."""
    narrow = unicodedata.normalize("NFKC", text)
    written = str.maketrans({
        sign: str(at) for row in _signs()["digits"] for at, sign in enumerate(row)
    })  # fmt: skip
    plain = narrow.translate(written)
    return any(pattern.search(plain) for pattern in _patterns())


def may_be_room(building: str) -> bool:
    """Whether what should be a building could be a room."""
    return re.search(r"\d{3}", building) is not None
