"""Words for codes: each package's ``labels.py`` registers the sentences for its enums here.

So a service can refuse with a code, and any page, message or command can say it in the reader's
language. Values are lazy strings with ``%(name)s`` places for the refusal's facts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol


class Words(Protocol):
    """A lazy string: words once a language is known."""

    def __str__(self) -> str: ...


# by class too: two StrEnum members with one value are equal, and would take each other's words
_WORDS: dict[tuple[type, str], Words] = {}


def register(words: Mapping[Any, Words]) -> None:
    """Add the words for some codes. Called once for each package, when its labels are imported."""
    _WORDS.update({_key(code): text for code, text in words.items()})


def _key(code: StrEnum) -> tuple[type, str]:
    return type(code), code.value


def has_words(code: StrEnum) -> bool:
    """Whether some ``labels.py`` has registered the code (a house test asks for every refusal)."""
    return _key(code) in _WORDS


def say(code: StrEnum, **facts: Any) -> str:
    """The sentence for a code in the current language, its places filled."""
    text = str(_WORDS.get(_key(code), code.value))
    return text % facts if facts else text
