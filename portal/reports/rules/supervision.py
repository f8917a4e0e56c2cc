"""Listed supervision (挂牌督办, R291): what is listed, until when, and when it may be taken off.

Also the fixed hour of the day at which the city looks back at it (R290). Pure.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.reports.rules.codes import Means, State
from portal.reports.rules.transitions import OPEN, ActorFacts

CONDITIONS_FILE = Path(__file__).parents[1] / "data" / "supervision.tsv"
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
ANYTHING = "*"
HOUR, ESCALATE_DAYS = "17:30", 3
TARGETS = {Means.SERVICE.value: 70, Means.MANAGEMENT.value: 20, Means.ENFORCEMENT.value: 10}
STREET_DIGITS = 9
# further back than this nobody asks for a day's digest any more
MOST_MISSED = 7
SHOWN_DELISTED = timedelta(days=30)
MOST_WORDS = 300


class SupervisionRefusal(StrEnum):
    """Why something is not put on the list, changed or taken off it."""

    LISTED_ALREADY = "supervision.listed_already"
    NOT_OPEN = "supervision.not_open"
    STILL_OPEN = "supervision.still_open"
    OF_THE_UNIT = "supervision.of_the_unit"
    HANDLED_IT = "supervision.handled_it"
    DELISTED_ALREADY = "supervision.delisted_already"
    REASON_MISSING = "supervision.reason_missing"


class Ending(StrEnum):
    """Why a listing ended: its condition was met, or the case ended in another way."""

    MET = "met"
    ENDED = "ended"


@dataclass(frozen=True)
class Settings:
    """What a city decides about supervision."""

    hour: time
    escalate_days: int
    targets: Mapping[Means, int]


def settings_from(thresholds: Mapping[str, Any]) -> Settings:
    """The settings of a city file. Raises ValueError when a value cannot be meant."""
    hour = time.fromisoformat(str(thresholds.get("supervision_at", HOUR)))
    days = int(thresholds.get("escalate_after_working_days", ESCALATE_DAYS))
    given = thresholds.get("means_target", TARGETS)
    targets = {means: int(given[means.value]) for means in Means}
    if days < 1 or sum(targets.values()) != 100:
        raise ValueError(
            "thresholds: escalate_after_working_days from 1, means_target three parts of 100"
        )
    return Settings(hour, days, targets)


@dataclass(frozen=True)
class Condition:
    """How long a listed matter of a kind has, and when it may be taken off, in each language."""

    days: int
    words: Mapping[str, str]


def condition_for(category: str, group: str | None) -> Condition:
    """What the list says of a kind of problem, of its group, or of anything."""
    known = _conditions()
    return known.get(category) or known.get(group or ANYTHING) or known[ANYTHING]


@cache
def _conditions() -> Mapping[str, Condition]:
    with CONDITIONS_FILE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return {
            row["kind"]: Condition(
                int(row["working_days"]), {language: row[language] for language in LANGUAGES}
            )
            for row in csv.DictReader(lines, delimiter="\t")
        }


def why_not_list(state: State) -> SupervisionRefusal | None:
    """Only what is still to be done can be supervised."""
    return None if state in OPEN else SupervisionRefusal.NOT_OPEN


def why_not_delist(
    state: State, handler_id: UUID | None, who: ActorFacts
) -> SupervisionRefusal | None:
    """The condition is met when somebody else has verified the work and the case is closed.

    Whoever handled it never takes it off the list, nor anybody of her unit.
    """
    if who.of_unit:
        return SupervisionRefusal.OF_THE_UNIT
    if handler_id is not None and handler_id == who.person_id:
        return SupervisionRefusal.HANDLED_IT
    return SupervisionRefusal.STILL_OPEN if state in OPEN else None


def ending_of(state: State) -> Ending:
    """What a listing ends with. A void or withdrawn case was not put right."""
    return Ending.MET if state is State.CLOSED else Ending.ENDED


def moment_of(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The fixed hour of a day in the city."""
    return datetime.combine(day, hour, zone)


def due_day(now: datetime, hour: time, zone: ZoneInfo) -> date:
    """The last day whose fixed hour has come."""
    local = now.astimezone(zone)
    today = local.date()
    return today if local >= moment_of(today, hour, zone) else today - timedelta(days=1)


def days_to_run(last: date | None, due: date) -> list[date]:
    """The days that still want their digest, the oldest first; a new city begins with the last."""
    if last is None:
        return [due]
    first = max(last + timedelta(days=1), due - timedelta(days=MOST_MISSED - 1))
    return [first + timedelta(days=at) for at in range((due - first).days + 1)]


def street_path(place_path: str) -> str | None:
    """The path of the street (national code of nine digits) that a place lies in."""
    parts = [part for part in place_path.split("/") if part]
    at = next((n for n, p in enumerate(parts) if p.isdecimal() and len(p) == STREET_DIGITS), None)
    return None if at is None else f"/{'/'.join(parts[: at + 1])}/"


@dataclass(frozen=True)
class Share:
    """One means of closing, as a share: never a percentage without its two numbers."""

    means: Means
    count: int
    of: int
    target: int

    @property
    def percent(self) -> float | None:
        return 100 * self.count / self.of if self.of else None


def shares(counts: Mapping[Means, int], targets: Mapping[Means, int]) -> Sequence[Share]:
    """The three shares of the closings whose means is known (721)."""
    known = sum(counts.get(means, 0) for means in Means)
    return [Share(means, counts.get(means, 0), known, targets[means]) for means in Means]


def by_street(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Numbers of cases by the path of their street, from (number, path of the place)."""
    found: dict[str, list[str]] = {}
    for number, place_path in rows:
        street = street_path(place_path)
        if street is not None:
            found.setdefault(street, []).append(number)
    return found
