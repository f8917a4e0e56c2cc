"""Pages of conventions, by noun. Importing a module registers its routes."""

from portal.conventions.views import (
    asking_desk,
    comments,
    consultations,
    desk,
    kinds,
    meeting_desk,
    meetings,
    tasks,
    texts,
    vote_desk,
    votes,
    wishes,
)
from portal.conventions.views.blueprint import bp

__all__ = [
    "asking_desk",
    "bp",
    "comments",
    "consultations",
    "desk",
    "kinds",
    "meeting_desk",
    "meetings",
    "tasks",
    "texts",
    "vote_desk",
    "votes",
    "wishes",
]
