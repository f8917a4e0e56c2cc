"""Words for the codes of conventions."""

from portal.conventions.labels import (
    community,
    consultations,
    handling,
    kinds,
    meetings,
    personal,
    published,
    rating,
    refusals,
    signing,
    talk,
    tasks,
    votes,
    way,
)

__all__ = [
    "community",
    "consultations",
    "handling",
    "kinds",
    "meetings",
    "personal",
    "published",
    "rating",
    "refusals",
    "signing",
    "talk",
    "tasks",
    "votes",
    "way",
]
