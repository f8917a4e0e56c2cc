"""Pages of conventions, by noun. Importing a module registers its routes."""

from portal.conventions.views import (
    comments,
    desk,
    handling,
    kinds,
    listed,
    publish_desk,
    published,
    rating,
    reviews,
    sign_desk,
    sign_prints,
    signing,
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
    "handling",
    "kinds",
    "listed",
    "publish_desk",
    "published",
    "rating",
    "reviews",
    "sign_desk",
    "sign_prints",
    "signing",
    "texts",
    "vote_desk",
    "votes",
    "wishes",
]
