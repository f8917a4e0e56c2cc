"""Words for the codes of conventions."""

from portal.conventions.labels import (
    handling,
    kinds,
    personal,
    published,
    rating,
    refusals,
    signing,
    talk,
    votes,
    way,
)

__all__ = [
    "handling",
    "kinds",
    "personal",
    "published",
    "rating",
    "refusals",
    "signing",
    "talk",
    "votes",
    "way",
]
