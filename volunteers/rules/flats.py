"""Whether words name a flat: 3-2-301, or a room after its building or entrance. Pure.

What stands for them in Chinese is data (``data/flat-signs.tsv``). Sums, months and years are none:
3号楼120户, 11-2026, 3号楼2024年修.
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
# no floor has so many rooms as would make a room of 2013 or later; 2001 to 2012 could be one
_YEAR: Final = r"(?:19[2-9]|201(?=[3-9])|20[2-9])\d(?!\d)"
_HYPHEN: Final = r"\s*[-—–−]\s*"
_SLASH: Final = r"\s*[-—–−/]\s*"
# a month of a year, and a day of one, as numbers: 11-2026, 30/11/2026
_MONTH: Final = rf"(?:0?[1-9]|1[0-2]){_SLASH}{_YEAR}"
_DAY: Final = rf"(?:0?[1-9]|[12]\d|3[01]){_SLASH}{_MONTH}"


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
    hyphen, some = _SLASH, rf"(?!\s*{_any('counter')})"
    building, entrance = _any("building"), _any("entrance")
    year = rf"(?!(?:19|20)\d\d\s*{_any('year')})"
    # 1/1000 is a scale
    lone = rf"(?<![\d:.-])(?!{_MONTH})\d{{1,2}}{_HYPHEN}{year}{ROOM}(?![:-]){some}"
    texts = (
        # building, entrance, room; or two of them
        rf"(?<![\d-])(?!{_DAY})\d{{1,3}}[A-Za-z]?{hyphen}\d{{1,2}}{hyphen}{ROOM}",
        lone,
        rf"{entrance}{apart}{year}{ROOM}",
        rf"{building}{apart}(?:\d{{1,2}}{hyphen})?{year}{ROOM}{some}",
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
