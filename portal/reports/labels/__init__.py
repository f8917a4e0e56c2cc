"""Reports: labels, by noun."""

from portal.reports.labels import (
    case,
    categories,
    clock,
    desk,
    exchange,
    grid,
    guard,
    intake,
    neighbours,
    outside,
    personal,
    public,
    rating,
    routing,
    supervision,
    webhooks,
)

__all__ = [
    "case",
    "categories",
    "clock",
    "desk",
    "exchange",
    "grid",
    "guard",
    "intake",
    "neighbours",
    "outside",
    "personal",
    "public",
    "rating",
    "routing",
    "supervision",
    "webhooks",
]
