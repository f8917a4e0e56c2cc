"""A report that was written without a network: how its key makes it one report only. Pure."""

import re
from datetime import UTC, datetime, timedelta

from portal.reports.rules.intake import DRAFT_LIFETIME

# the moment of the first try in milliseconds, by our clock, and 128 bits of chance
_KEY = re.compile(r"([0-9]{13})-[0-9a-f]{32}\Z", re.ASCII)
# shorter than what was sent is remembered: a repeat always finds the first
KEY_LIFETIME = DRAFT_LIFETIME - timedelta(days=1)
SKEW = timedelta(minutes=10)


def is_fresh_key(key: str, now: datetime) -> bool:
    """Whether a key can be spent: well formed, and not so old that its first try is forgotten."""
    found = _KEY.match(key)
    if found is None:
        return False
    made = datetime.fromtimestamp(int(found[1]) / 1000, UTC)
    return now - KEY_LIFETIME < made < now + SKEW


def new_key(now: datetime, chance: str) -> str:
    """A key for a form that is sent at once."""
    return f"{int(now.timestamp() * 1000):013d}-{chance}"


def token_of(key: str) -> str:
    """Under which token the receipt of such a report is kept."""
    return f"offline:{key}"
