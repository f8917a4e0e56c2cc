"""Limits of service that a city sets: rest, hours, deadlines. Pure.

Each is a whole number in ``[thresholds]`` of the city file, with where it comes from in
``[sources]``; what is written here is used when the file is silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# name in the city file: (usual value, least, most)
SETTINGS: Final[Mapping[str, tuple[int, int, int]]] = {
    "volunteer_rest_minutes": (30, 0, 1440),
    "volunteer_travel_kmh": (12, 1, 120),
    "volunteer_day_minutes": (480, 30, 960),
    "volunteer_week_minutes": (1440, 30, 4320),
    "volunteer_minor_day_minutes": (240, 30, 480),
    "volunteer_cancel_hours": (24, 0, 168),
    "volunteer_offer_hours": (12, 1, 72),
    "volunteer_newcomer_shifts": (3, 0, 50),
    "volunteer_first_wave_hours": (24, 0, 168),
    "volunteer_qualification_reminder_days": (30, 1, 180),
    "volunteer_proposal_hours": (48, 1, 168),
}
# an offer at short notice is still kept so long: somebody may be at work
SHORTEST_OFFER: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Limits:
    """What a city allows of its volunteers."""

    rest: timedelta
    kmh: int
    day_minutes: int
    week_minutes: int
    minor_day_minutes: int
    cancel: timedelta
    offer: timedelta
    newcomer_shifts: int
    first_wave: timedelta
    reminder: timedelta
    proposal: timedelta


def limits_from(thresholds: Mapping[str, object]) -> Limits:
    """The limits of a city file's thresholds. Raises ValueError with the name of a wrong one."""
    found = {name: whole_number(thresholds, name, *bounds) for name, bounds in SETTINGS.items()}
    return Limits(
        rest=timedelta(minutes=found["volunteer_rest_minutes"]),
        kmh=found["volunteer_travel_kmh"],
        day_minutes=found["volunteer_day_minutes"],
        week_minutes=found["volunteer_week_minutes"],
        minor_day_minutes=found["volunteer_minor_day_minutes"],
        cancel=timedelta(hours=found["volunteer_cancel_hours"]),
        offer=timedelta(hours=found["volunteer_offer_hours"]),
        newcomer_shifts=found["volunteer_newcomer_shifts"],
        first_wave=timedelta(hours=found["volunteer_first_wave_hours"]),
        reminder=timedelta(days=found["volunteer_qualification_reminder_days"]),
        proposal=timedelta(hours=found["volunteer_proposal_hours"]),
    )


def whole_number(
    thresholds: Mapping[str, object], name: str, usual: int, least: int, most: int
) -> int:
    """A number of the city file. Raises ValueError with its name."""
    value = thresholds.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name}: a whole number from {least} to {most}")
    return value


def offer_until(now: datetime, starts_at: datetime, limits: Limits) -> datetime:
    """How long a seat is kept for somebody: a quarter of the time that is left, within bounds, so
    that the next in the list has a chance too; never beyond the start."""
    return _kept_until(now, starts_at, limits.offer)


def proposal_until(now: datetime, starts_at: datetime, limits: Limits) -> datetime:
    """How long a seat of a roster is kept for whoever it was proposed to. Nobody waits for it, so
    she has longer to think about it than with an offer."""
    return _kept_until(now, starts_at, limits.proposal)


def _kept_until(now: datetime, starts_at: datetime, most: timedelta) -> datetime:
    quarter = (starts_at - now) / 4
    return min(now + max(SHORTEST_OFFER, min(most, quarter)), starts_at)


def is_late(now: datetime, starts_at: datetime, limits: Limits) -> bool:
    """Whether who withdraws now does so at short notice (条例, article 22); at the deadline itself
    it is not late yet."""
    return now > starts_at - limits.cancel
