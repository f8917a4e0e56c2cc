"""Pages of conventions, by noun. Importing a module registers its routes."""

from portal.conventions.views import (
    comments,
    desk,
    kinds,
    reviews,
    texts,
    vote_desk,
    votes,
    wishes,
)
from portal.conventions.views.blueprint import bp

__all__ = [
    "bp",
    "comments",
    "desk",
    "kinds",
    "reviews",
    "texts",
    "vote_desk",
    "votes",
    "wishes",
]
