"""Visits to households (入户宣传, R278): which building, about what, how many said yes. Pure.

Nothing leads to a household: no door, no name; an entrance only where several were called at.
Whoever says no is told nothing, and nothing is written of her but that somebody rang.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from volunteers.rules.flats import may_be_room

LONGEST_BUILDING: Final = 4
MOST_ENTRANCES: Final = 20
# at fewer doors of one entrance the neighbours know who is meant
FEWEST_DOORS: Final = 3
DAYS_SHOWN: Final = 31


class DoorTopic(StrEnum):
    """What was talked about at the doors."""

    WASTE = "waste"
    CONVENTION = "convention"
    STAIRWELL = "stairwell"
    FIRE = "fire"
    DOGS = "dogs"
    PARKING = "parking"
    FRAUD = "fraud"
    OTHER = "other"


class DoorRefusal(StrEnum):
    """Why a visit to households does not get into a log."""

    NO_TOPIC = "doorstep.no_topic"
    NO_DOORS = "doorstep.no_doors"
    MANY_AGREED = "doorstep.many_agreed"
    FEW_DOORS = "doorstep.few_doors"
    BAD_BUILDING = "doorstep.bad_building"
    FLAT = "doorstep.flat"
    BAD_ENTRANCE = "doorstep.bad_entrance"


@dataclass(frozen=True)
class DoorWish:
    """What belongs to the households of an entry. ``agreed``: how many of them said yes to being
    told something, after they were asked."""

    topic: DoorTopic | None = None
    agreed: int = 0
    building: str = ""
    entrance: int | None = None

    @property
    def empty(self) -> bool:
        return self == DoorWish()


def what_is_wrong_at_doors(doors: int, wish: DoorWish) -> tuple[str, DoorRefusal] | None:
    """(field, refusal) of the first thing that keeps a visit out of a log."""
    if not doors:
        return None if wish.empty else ("doors", DoorRefusal.NO_DOORS)
    if wish.topic is None:
        return "topic", DoorRefusal.NO_TOPIC
    if not 0 <= wish.agreed <= doors:
        return "agreed", DoorRefusal.MANY_AGREED
    return _where(doors, wish)


def _where(doors: int, wish: DoorWish) -> tuple[str, DoorRefusal] | None:
    building = wish.building.strip()
    if not building:
        return None if wish.entrance is None else ("building", DoorRefusal.BAD_BUILDING)
    # letters and digits: no room for a door, a name or a telephone number
    plain = building.isascii() and building.isalnum()
    if len(building) > LONGEST_BUILDING or not plain or may_be_room(building):
        return "building", DoorRefusal.BAD_BUILDING
    if wish.entrance is not None and not 1 <= wish.entrance <= MOST_ENTRANCES:
        return "entrance", DoorRefusal.BAD_ENTRANCE
    return ("building", DoorRefusal.FEW_DOORS) if doors < FEWEST_DOORS else None


def days_shown(today: date) -> list[date]:
    """The last days, the oldest first, today included."""
    return [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]


def days_without(days: Iterable[date], today: date) -> int:
    """On how many of the last days, today included, nobody called at any door (每天不间断)."""
    return len(set(days_shown(today)) - set(days))
