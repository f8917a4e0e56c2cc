"""What the city file sets of publicity."""

from typing import Any, Final

from portal.kernel.city import City
from portal.kernel.config import BadSetting

UNSHOWN_DAYS: Final = 60
_MOST_DAYS: Final = 365


def unshown_days_of(city: City) -> int:
    """After how many days an item that was not shown loses its picture. Raises BadSetting."""
    found: Any = city.thresholds.get("exposure_unshown_days", UNSHOWN_DAYS)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found <= _MOST_DAYS:
        raise BadSetting(
            "GONGZHI_CITY",
            f"thresholds.exposure_unshown_days: a whole number from 1 to {_MOST_DAYS}",
        )
    return found
