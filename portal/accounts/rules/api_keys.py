"""Keys of programs: what one may be allowed to do, and how one looks."""

import re
from enum import StrEnum

PREFIX = "gz_"
# more than anybody's programs need; a list of them is read by people
MOST_SHOWN = 200
_KEY = re.compile(r"gz_[A-Za-z0-9_-]{20,80}\Z")


class ApiScope(StrEnum):
    """What a key is good for. Stored by value."""

    FILE = "requests:create"
    READ_OWN = "requests:own"


class KeyRefusal(StrEnum):
    """Why a key is not issued, or not accepted."""

    MISSING = "api_key.missing"
    UNKNOWN = "api_key.unknown"
    NOT_FOR_THIS = "api_key.not_for_this"
    ONE_OWNER = "api_key.one_owner"
    NO_SCOPE = "api_key.no_scope"


def looks_like_key(text: str) -> bool:
    """Whether a text can be a key at all, so that nothing else is looked up."""
    return _KEY.match(text) is not None


def scopes_of(text: str) -> frozenset[ApiScope]:
    """The scopes as they are stored; one that nobody knows any more allows nothing."""
    known = set(ApiScope)
    return frozenset(ApiScope(part) for part in text.split() if part in known)
