"""What may happen to ratings; to a month's figures: ``release``."""

from portal.satisfaction.service.ratings import (
    Subject,
    erase_rating_words,
    export_ratings,
    forget_words,
    record_rating,
)

__all__ = [
    "Subject",
    "erase_rating_words",
    "export_ratings",
    "forget_words",
    "record_rating",
]
