"""Words for the codes of conventions."""

from portal.conventions.labels import (
    kinds,
    personal,
    published,
    refusals,
    signing,
    talk,
    votes,
    way,
)

__all__ = [
    "kinds",
    "personal",
    "published",
    "refusals",
    "signing",
    "talk",
    "votes",
    "way",
]
