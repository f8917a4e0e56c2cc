"""What is blotted out of words before the public reads them: what leads to a person.

``masked`` blots out numbers and is what a handling unit reads: a plate may be the very matter it
works on. ``for_public`` blots out plates as well; ``proposed`` also names with a title, which an
officer may put back, because no machine can be sure of them.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

SIGNS = Path(__file__).parents[1] / "data" / "masks.tsv"
MASK = "■"
_BLOT = MASK * 4
# older public words were blotted with the first of these; an officer may type any of them
MARKS = "■＊*…"
_SEPARATED = r"[\s\-－—·.()（）]{0,2}"
# full-width digits too
_DIGIT = "[0-9０-９]"


class Masked(StrEnum):
    """What something blotted out is."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True)
class Find:
    """A stretch of some words to blot out."""

    start: int
    end: int
    kind: Masked


# mobiles (11 digits from 1), landlines with area code
_PHONES = re.compile(
    rf"(?<!{_DIGIT})(?:"
    rf"(?:[+＋]?(?:86|８６){_SEPARATED})?[1１][3-9３-９]{_DIGIT}(?:{_SEPARATED}{_DIGIT}){{8}}"
    rf"|[0０]{_DIGIT}{{2,3}}{_SEPARATED}{_DIGIT}{{3,4}}{_SEPARATED}{_DIGIT}{{3,4}}"
    rf")(?!{_DIGIT})"
)
_ID_NUMBERS = re.compile(
    rf"(?<!{_DIGIT}){_DIGIT}(?:[\s\-－]?{_DIGIT}){{16}}[\s\-－]?[0-9０-９XxＸｘ](?![0-9０-９A-Za-z])"
)
_BANK_CARDS = re.compile(rf"(?<!{_DIGIT})[3-6３-６](?:[\s\-－]?{_DIGIT}){{14,18}}(?!{_DIGIT})")
# province, letter, then five signs, or six of a new-energy car; no I and no O
_LETTER = "A-HJ-NP-ZＡ-ＨＪ-ＮＰ-Ｚ"
_SIGN = rf"[{_LETTER}0-9０-９]"
_LEAST_DIGITS_OF_A_PLATE = 2
_LONGEST_NAME = 3
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SPACE = re.compile(r"[\s\-－]")


@cache
def _signs(kind: str) -> tuple[str, ...]:
    """The rows of a kind in the table of signs, in both scripts."""
    with SIGNS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return tuple(row["text"] for row in rows if row["kind"] == kind)


@cache
def _plates() -> re.Pattern[str]:
    province, end = "".join(_signs("province")), "".join(_signs("plate_end"))
    return re.compile(
        rf"[{province}]\s?[{_LETTER}][\s·•.．\-－]{{0,2}}{_SIGN}{{4}}(?:{_SIGN}{{1,2}}|[{end}])"
        rf"(?![A-Za-z0-9０-９])",
        re.IGNORECASE,
    )


@cache
def _titles() -> re.Pattern[str]:
    return re.compile("|".join(_signs("title")))


@cache
def _family_names() -> frozenset[str]:
    return frozenset("".join(_signs("family_name")))


def _plain(found: str) -> str:
    """Digits and letters alone, in their narrow form."""
    narrow = "".join(
        chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in _SPACE.sub("", found)
    )
    return narrow.upper()


def is_id_number(digits: str) -> bool:
    """Whether 18 signs are an identity card's: their check digit fits, or a birthday is in them.

    A number with one slip of the pen still leads to its holder, so either of the two is enough.
    """
    if len(digits) != 18 or not digits[:17].isdecimal():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == digits[17] or _holds_birthday(digits[6:14])


def _holds_birthday(text: str) -> bool:
    try:
        day = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return False
    return 1900 <= day.year <= 2100


def is_bank_card(digits: str) -> bool:
    """Whether 15 to 19 digits are a bank card's: Luhn's sum, which one number in ten fits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_plate(found: str) -> bool:
    """``新AREAS`` is no plate: every plate has digits."""
    return sum(char.isdecimal() for char in found) >= _LEAST_DIGITS_OF_A_PLATE


def _anything(_found: str) -> bool:
    return True


_NUMBERS: tuple[tuple[Masked, re.Pattern[str], Callable[[str], bool]], ...] = (
    (Masked.ID_NUMBER, _ID_NUMBERS, is_id_number),
    (Masked.BANK_CARD, _BANK_CARDS, is_bank_card),
    (Masked.PHONE, _PHONES, _anything),
)


def _numbers(text: str) -> Iterator[Find]:
    for kind, pattern, fits in _NUMBERS:
        for match in pattern.finditer(text):
            if fits(_plain(match.group())):
                yield Find(match.start(), match.end(), kind)


def _never_public(text: str) -> Iterator[Find]:
    yield from _numbers(text)
    for match in _plates().finditer(text):
        if _is_plate(match.group()):
            yield Find(match.start(), match.end(), Masked.PLATE)


def _names(text: str) -> Iterator[Find]:
    """A family name with what follows it, right before a title: 张三先生."""
    for title in _titles().finditer(text):
        end = title.start()
        for start in range(max(end - _LONGEST_NAME, 0), end):
            if text[start] in _family_names():
                yield Find(start, end, Masked.NAME)
                break


def _apart(finds: Iterable[Find]) -> list[Find]:
    """In order and without overlaps: the longer of two that begin alike wins."""
    found: list[Find] = []
    for one in sorted(finds, key=lambda find: (find.start, -find.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _blotted(text: str, finds: Iterable[Find]) -> str:
    parts, at = [], 0
    for one in _apart(finds):
        parts += [text[at : one.start], _BLOT]
        at = one.end
    return "".join((*parts, text[at:]))


def what_is_masked(text: str) -> list[Find]:
    """Everything that is proposed to be blotted out for the public."""
    return _apart([*_never_public(text), *_names(text)])


def masked(text: str) -> str:
    """The words without telephone, identity card and bank card numbers, their ends too."""
    return _blotted(text, _numbers(text))


def for_public(text: str) -> str:
    """The words without numbers and number plates: whatever else an officer decides."""
    return _blotted(text, _never_public(text))


def proposed(text: str) -> str:
    """What an officer is offered, and what is public at once where a city allows it."""
    return _blotted(text, what_is_masked(text))


def only_taken_away(original: str, public: str) -> bool:
    """Whether a public version only leaves things out: nobody may speak for a resident.

    A mark stands for at least one character that is gone, so that it cannot be added either.
    """
    source, at = "".join(original.split()), 0
    for piece in re.split(f"([{re.escape(MARKS)}]+)", "".join(public.split())):
        if piece and piece[0] in MARKS:
            at += 1
            continue
        for char in piece:
            at = source.find(char, at) + 1
            if at == 0:
                return False
    return at <= len(source)


@dataclass(frozen=True)
class Piece:
    """A stretch of the original words, and whether the public reads it."""

    text: str
    kept: bool


def diff(original: str, public: str) -> list[Piece]:
    """The original in pieces that were kept or left out. ``public`` only takes away."""
    pieces: list[Piece] = []
    at = 0
    for segment in re.split(f"[{re.escape(MARKS)}]+", public):
        for start, end in _stretches(original, segment, at):
            pieces += [Piece(original[at:start], kept=False), Piece(original[start:end], kept=True)]
            at = end
    pieces.append(Piece(original[at:], kept=False))
    return _joined(pieces)


def _stretches(original: str, segment: str, at: int) -> Iterator[tuple[int, int]]:
    """Where a segment stands in the original: in one piece, or sign by sign."""
    whole = original.find(segment, at)
    if not segment.strip():
        return
    if whole >= 0:
        yield whole, whole + len(segment)
        return
    for char in segment:
        found = original.find(char, at)
        if found >= 0:
            yield found, found + 1
            at = found + 1


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind become one; white space that was left out is not worth a mark."""
    found: list[Piece] = []
    for piece in pieces:
        one = Piece(piece.text, kept=True) if not piece.text.strip() else piece
        if not one.text:
            continue
        if found and found[-1].kept == one.kept:
            found[-1] = Piece(found[-1].text + one.text, one.kept)
        else:
            found.append(one)
    return found
