"""Pages of conventions, by noun. Importing a module registers its routes."""

from portal.conventions.views import (
    asking_desk,
    comments,
    consultations,
    desk,
    kinds,
    listed,
    meeting_desk,
    meetings,
    publish_desk,
    published,
    reviews,
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
    "listed",
    "meeting_desk",
    "meetings",
    "publish_desk",
    "published",
    "reviews",
    "tasks",
    "texts",
    "vote_desk",
    "votes",
    "wishes",
]
