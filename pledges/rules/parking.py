"""Off-peak parking (错时停车): who may park, when, at which fee; codes and lengths."""

from enum import StrEnum
from typing import Final

MOST_SPACES: Final = 100_000
LONGEST_WORDS: Final = 200
# hours are minutes of the day; an offer may end on the next one
DAY_MINUTES: Final = 1440
# Monday is 0; public holidays have hours of their own
HOLIDAY: Final = 7


class ParkingUser(StrEnum):
    """Who may park (R135)."""

    EVERYBODY = "everybody"
    RESIDENTS = "residents"
    VISITORS = "visitors"
    DELIVERIES = "deliveries"


class ParkingFee(StrEnum):
    """What it costs; paid on the spot and never here (P7)."""

    FREE = "free"
    BY_HOUR = "by_hour"
    BY_MONTH = "by_month"


class ParkingState(StrEnum):
    """An offer holds while its letter is in force."""

    WRITTEN = "written"
    OFFERED = "offered"
    PAUSED = "paused"
    ENDED = "ended"
