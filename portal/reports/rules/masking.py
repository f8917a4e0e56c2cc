"""What is blotted out of words before the public reads them: numbers that reach a person."""

import re

MASK = "＊"
_BLOT = MASK * 4
_SEPARATED = r"[\s\-－—·.()（）]{0,2}"
# mobiles (11 digits from 1), landlines with area code, identity cards (18); full-width digits too
_DIGIT = "[0-9０-９]"
_NUMBERS = re.compile(
    rf"(?<!{_DIGIT})(?:"
    rf"{_DIGIT}{{17}}[0-9０-９Xx]"
    rf"|(?:[+＋]?(?:86|８６){_SEPARATED})?[1１][3-9３-９]{_DIGIT}(?:{_SEPARATED}{_DIGIT}){{8}}"
    rf"|[0０]{_DIGIT}{{2,3}}{_SEPARATED}{_DIGIT}{{3,4}}{_SEPARATED}{_DIGIT}{{3,4}}"
    rf")(?!{_DIGIT})"
)


def masked(text: str) -> str:
    """The words with telephone and identity card numbers blotted out, their ends too."""
    return _NUMBERS.sub(_BLOT, text)


def only_taken_away(original: str, public: str) -> bool:
    """Whether a public version only leaves things out: nobody may speak for a resident."""
    kept = iter("".join(original.split()))
    wanted = "".join(public.split()).replace(MASK, "").replace("…", "")
    return all(character in kept for character in wanted)
