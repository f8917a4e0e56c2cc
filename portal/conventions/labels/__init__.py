"""Words for the codes of conventions."""

from portal.conventions.labels import (
    consultations,
    kinds,
    meetings,
    personal,
    published,
    refusals,
    talk,
    tasks,
    votes,
    way,
)

__all__ = [
    "consultations",
    "kinds",
    "meetings",
    "personal",
    "published",
    "refusals",
    "talk",
    "tasks",
    "votes",
    "way",
]
