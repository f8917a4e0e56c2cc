"""How long a company is heard, and a check may wait to be written: a city's to set. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

# setting → (least, most, usual)
_LIMITS: Final[Mapping[str, tuple[int, int, int]]] = {
    # for a step of the standing and a spot check
    "company_answer_days": (3, 30, 5),
    # to a score the company has longer: its figures have to be looked up
    "company_objection_days": (5, 60, 15),
    # a check is written down while one still remembers what one saw
    "company_check_days": (1, 60, 14),
}


@dataclass(frozen=True)
class CompanyLimits:
    """What a city may set (``[thresholds]`` of its file)."""

    answer: timedelta
    objection: timedelta
    check_days: int


def limits_from(thresholds: Mapping[str, Any]) -> CompanyLimits:
    """The limits of a city file. Raises ValueError in one sentence for what cannot be meant."""
    found: dict[str, int] = {}
    for name, (least, most, usual) in _LIMITS.items():
        days = thresholds.get(name, usual)
        whole = isinstance(days, int) and not isinstance(days, bool)
        if not whole or not least <= days <= most:
            raise ValueError(
                f"thresholds.{name} is {days!r}: a whole number from {least} to {most}"
            )
        found[name] = days
    return CompanyLimits(
        timedelta(days=found["company_answer_days"]),
        timedelta(days=found["company_objection_days"]),
        found["company_check_days"],
    )
