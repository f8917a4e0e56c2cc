"""What the city file sets of assessment."""

from dataclasses import dataclass
from typing import Any, Final

from portal.assessment.rules.sets import funds
from portal.kernel.city import City
from portal.kernel.config import BadSetting

OBJECTION_DAYS: Final = 7
PASS_MARK: Final = 60
_MOST_DAYS: Final = 90
_MOST_YUAN: Final = 10_000_000_000
_HUNDRED: Final = 100


@dataclass(frozen=True)
class Settings:
    """Days for objections; points from which a period is passed; each fund in fen."""

    objection_days: int
    pass_mark: int
    fen: dict[str, int]


def settings_of(city: City) -> Settings:
    """The settings of a city. Raises BadSetting."""
    return Settings(
        _number(city, "assessment_objection_days", OBJECTION_DAYS, _MOST_DAYS),
        _number(city, "assessment_pass_mark", PASS_MARK, _HUNDRED),
        {
            fund.code: _number(city, fund.setting, fund.yuan, _MOST_YUAN) * _HUNDRED
            for fund in funds()
        },
    )


def _number(city: City, name: str, usual: int, most: int) -> int:
    found: Any = city.thresholds.get(name, usual)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found <= most:
        raise BadSetting("GONGZHI_CITY", f"thresholds.{name}: a whole number from 1 to {most}")
    return found
