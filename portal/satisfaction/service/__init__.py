"""What may happen to ratings; to a month's figures: ``release``."""

from portal.satisfaction.service.ratings import (
    Subject,
    erase_rating_words,
    export_ratings,
    forget_words,
    hide_ratings,
    record_rating,
)
from portal.satisfaction.service.units import bound_to

__all__ = [
    "Subject",
    "bound_to",
    "erase_rating_words",
    "export_ratings",
    "forget_words",
    "hide_ratings",
    "record_rating",
]
