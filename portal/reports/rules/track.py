"""Looking up one's own report: how often a code may be tried, and what is answered."""

from datetime import timedelta
from enum import StrEnum

CODE_TRIES = 5
LOCKED_FOR = timedelta(hours=1)
# per address; many homes share one
CODES_AN_HOUR = 60
LINKS_AN_HOUR = 20
# per telephone and per report
LINKS_A_DAY = 3
HOUR, DAY = 3_600, 86_400


class TrackRefusal(StrEnum):
    """What somebody is told who may not see a report. One answer for every cause."""

    NO_MATCH = "track.no_match"
    TOO_OFTEN = "track.too_often"
    NOT_A_PHONE = "track.not_a_phone"
