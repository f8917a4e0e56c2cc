"""What may happen to ratings and to a month's figures."""

from portal.satisfaction.service.figures import months_to_close, publish_month
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
    "months_to_close",
    "publish_month",
    "record_rating",
]
