"""Words that point at what no record may hold (L4): a warning, because a word can be innocent."""

import re
from functools import cache
from pathlib import Path

WORDS_FILE = Path(__file__).parents[1] / "data" / "sensitive-words.txt"


@cache
def _pattern() -> re.Pattern[str]:
    lines = WORDS_FILE.read_text("utf-8").splitlines()
    words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    # Latin words whole ("tax", not "taxi"); Chinese has no spaces to tell
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    other = "|".join(re.escape(word) for word in words if not word.isascii())
    return re.compile(rf"\b(?:{latin})\b|{other}", re.IGNORECASE)


def sensitive_words(text: str) -> list[str]:
    """The words of a text that point at religion, genes, illness, money and the like."""
    return sorted({found.lower() for found in _pattern().findall(text)})
