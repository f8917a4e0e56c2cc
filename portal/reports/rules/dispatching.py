"""How promptly matters are taken up and given to a unit (受理, 交办): R263. Pure.

Both limits are in working time (or, for what is urgent, in any) and are a setting of the city: the
first counts from the report to its acceptance, the second from there to the first dispatch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

# a starting value: half a working day of eight hours
USUAL_MINUTES: Final = 240
MOST_MINUTES: Final = 10_080


@dataclass(frozen=True)
class Limits:
    """Working minutes until a matter is accepted, and from there until a unit has it."""

    accept: int = USUAL_MINUTES
    dispatch: int = USUAL_MINUTES


@dataclass(frozen=True)
class Waited:
    """How long one matter waited, in minutes of its own time; None: it has not come so far.

    ``accept`` of a matter that nobody took up counts as late.
    """

    accept: float | None
    dispatch: float | None


@dataclass(frozen=True)
class Promptness:
    """The matters of a desk or a unit: how many there were, how many in time, and the median."""

    to_accept: int = 0
    accepted_in_time: int = 0
    dispatched: int = 0
    dispatched_in_time: int = 0
    accept_median: int | None = None
    dispatch_median: int | None = None


def limits_from(thresholds: Mapping[str, Any]) -> Limits:
    """The limits of a city file. Raises ValueError."""
    return Limits(
        _minutes(thresholds, "accept_within_working_minutes"),
        _minutes(thresholds, "dispatch_within_working_minutes"),
    )


def _minutes(thresholds: Mapping[str, Any], name: str) -> int:
    found = thresholds.get(name, USUAL_MINUTES)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found <= MOST_MINUTES:
        raise ValueError(f"thresholds.{name}: a whole number from 1 to {MOST_MINUTES}")
    return found


def promptness(rows: Iterable[Waited], limits: Limits) -> Promptness:
    """What some matters' waiting comes to."""
    rows = list(rows)
    accepted = [row.accept for row in rows if row.accept is not None]
    given = [row.dispatch for row in rows if row.dispatch is not None]
    return Promptness(
        to_accept=len(rows),
        accepted_in_time=sum(minutes <= limits.accept for minutes in accepted),
        dispatched=len(given),
        dispatched_in_time=sum(minutes <= limits.dispatch for minutes in given),
        accept_median=round(median(accepted)) if accepted else None,
        dispatch_median=round(median(given)) if given else None,
    )
