"""Pages of reports, by noun. Importing a module registers its routes."""

from portal.reports.views import (
    atlas,
    desk,
    desk_batches,
    desk_case,
    desk_steps,
    intake,
    intake_pages,
    intake_place,
    mine,
    offline,
    photos,
    public,
    rating,
    track,
)
from portal.reports.views.blueprint import bp

__all__ = [
    "atlas",
    "bp",
    "desk",
    "desk_batches",
    "desk_case",
    "desk_steps",
    "intake",
    "intake_pages",
    "intake_place",
    "mine",
    "offline",
    "photos",
    "public",
    "rating",
    "track",
]
