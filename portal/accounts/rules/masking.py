"""What strangers may see of a phone, a name, or a text that holds phones."""

import csv
import re
from functools import cache
from pathlib import Path

WORDS_FILE = Path(__file__).parents[1] / "data" / "masking.tsv"
HIDDEN = "***"
# people write 138-0000-1201, (0532) 8888 0000 or １３８ ００００ １２０１
_GAP = r"[\s\-‐-―－·.．_()（）]{0,3}"
_SHORTEST = 7


def mask_phone(phone: str) -> str:
    """``+8613800001201`` → ``138****1201``; short service numbers stay as they are."""
    if len(phone) < _SHORTEST:
        return phone
    local = phone.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}" if len(local) > _SHORTEST else f"***{local[-2:]}"


def mask_name(name: str) -> str:
    """The first character, then stars: enough to know oneself, not enough for others."""
    name = name.strip()
    return name[:1] + "*" * min(max(len(name) - 1, 1), 2) if name else ""


def mask_phones_in_text(text: str) -> str:
    """Public text without telephone numbers: mobiles, landlines, and local ones that are named so.

    Public service numbers (12345) are shorter and stay; so do dates and order numbers.
    """
    for pattern in _patterns():
        text = pattern.sub(lambda found: found.group("cue") + HIDDEN, text)
    return text


@cache
def _words(kind: str) -> list[tuple[str, str]]:
    """(text, value) of the rows of a kind: characters that mean a digit, words before a number."""
    with WORDS_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(row["text"], row["value"]) for row in rows if row["kind"] == kind]


def _digit(values: str) -> str:
    """A class of every way to write one of these digits: 3, ３ and the Chinese characters."""
    wide = "".join(chr(ord("０") + int(value)) for value in values)
    words = "".join(text for text, value in _words("digit") if value in values)
    return f"[{values}{wide}{words}]"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    plain = "[0-9０-９]"
    alone, end = rf"(?<!{plain})", rf"(?!{plain})"
    any_digit, local = _digit("0123456789"), rf"{plain}(?:{_GAP}{plain})"
    cues = "|".join(re.escape(text) for text, _ in _words("cue"))
    mobile = (
        rf"(?P<cue>){alone}(?:[+＋]?{_GAP}(?:00)?86{_GAP})?"
        rf"{_digit('1')}{_GAP}{_digit('3456789')}(?:{_GAP}{any_digit}){{9}}{end}"
    )
    landline = rf"(?P<cue>){alone}[(（]?[0０]{plain}{{2,3}}{_GAP}{local}{{6,7}}{end}"
    named = rf"(?P<cue>(?:{cues})[^0-9０-９\n]{{0,8}}){local}{{6,11}}{end}"
    return tuple(re.compile(text, re.IGNORECASE) for text in (mobile, landline, named))
