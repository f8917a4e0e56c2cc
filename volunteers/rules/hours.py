"""Certified time of service: what is counted, once, and what can be said of it. Pure.

Time is whole minutes between coming and going, inside the plan and a tolerance. It is confirmed by
the organiser (谁记录谁证明), hangs out for seven days, and is then certified. Weights of whatever
kind never enter it. The law: 志愿服务条例, articles 19 (records and proof, free of charge) and 20.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from volunteers.rules.shifts import Span

LONGEST_REASON: Final = 200
# one day's service, whatever anybody writes
MOST_MINUTES: Final = 16 * 60
NOTICE: Final = timedelta(days=7)
# somebody who was there and forgot to go is asked for a time, never guessed for
LONGEST_TOLERANCE: Final = 120


class HoursSource(StrEnum):
    """Where a record of time comes from."""

    ATTENDANCE = "attendance"  # check-in and check-out
    PAPER = "paper"  # a list on paper, entered by the organiser
    CLOUD = "cloud"  # imported from the volunteer cloud 志愿云


class HoursState(StrEnum):
    """Where a record stands; read from its dates, never stored."""

    NOTICE = "notice"  # hangs out for seven days
    CERTIFIED = "certified"
    VOID = "void"


class HoursRefusal(StrEnum):
    """Why time is not recorded."""

    NOT_THERE = "hours.not_there"
    NOT_OVER = "hours.not_over"
    BACKWARDS = "hours.backwards"
    TOO_LONG = "hours.too_long"
    ALREADY = "hours.already"
    ONESELF = "hours.oneself"
    NO_REASON = "hours.no_reason"
    VOID_ALREADY = "hours.void_already"
    NOTHING = "hours.nothing"


class CertificateRefusal(StrEnum):
    """Why no certificate is made."""

    NO_NAME = "certificate.no_name"
    NO_HOURS = "certificate.no_hours"
    DATES = "certificate.dates"


@dataclass(frozen=True)
class HoursSettings:
    """How many minutes before and after the plan still count (city file, thresholds)."""

    before: int = 15
    after: int = 15

    @classmethod
    def read(cls, thresholds: Mapping[str, object]) -> "HoursSettings":
        """The settings of a city file. Raises ValueError for what cannot be meant."""
        found = {}
        for name in ("before", "after"):
            value = thresholds.get(f"hours_tolerance_{name}", getattr(cls, name))
            if type(value) is not int or not 0 <= value <= LONGEST_TOLERANCE:
                raise ValueError(f"hours_tolerance_{name}: 0 to {LONGEST_TOLERANCE} minutes")
            found[name] = value
        return cls(**found)


def counted_span(plan: Span, came: datetime, left: datetime, settings: HoursSettings) -> Span:
    """What counts of a stay: the part of it inside the plan and its tolerance.

    Empty (both ends the same) when nothing of it does.
    """
    start = max(came, plan.starts_at - timedelta(minutes=settings.before))
    end = min(left, plan.ends_at + timedelta(minutes=settings.after))
    return Span(start, max(start, end))


@dataclass(frozen=True)
class Stay:
    """One record's stretch of time, for counting."""

    id: UUID
    span: Span


def count_once(stays: Iterable[Stay]) -> dict[UUID, int]:
    """Whole minutes that each record adds to a person's total; the same minute never counts twice.

    Records are taken in the order in which they begin; what an earlier one covers already is the
    earlier one's. The sum of the parts is the length of all of them together.
    """
    found: dict[UUID, int] = {}
    covered: datetime | None = None
    for stay in sorted(stays, key=lambda one: (one.span.starts_at, one.span.ends_at, one.id)):
        start = stay.span.starts_at if covered is None else max(stay.span.starts_at, covered)
        # floors from a common origin: minutes that touch are neither lost nor doubled
        found[stay.id] = max(0, _minute(stay.span.ends_at) - _minute(start))
        covered = stay.span.ends_at if covered is None else max(covered, stay.span.ends_at)
    return found


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def state_of(confirmed_at: datetime, voided_at: datetime | None, now: datetime) -> HoursState:
    """Where a record stands at a moment."""
    if voided_at is not None and voided_at <= now:
        return HoursState.VOID
    return HoursState.CERTIFIED if now >= confirmed_at + NOTICE else HoursState.NOTICE


def snapshot_of(
    name: str, issuer: Mapping[str, str], lines: Iterable[Mapping[str, Any]], minutes: int
) -> dict[str, Any]:
    """What a certificate says, as it is frozen: later changes do not reach it."""
    return {"name": name, "issuer": dict(issuer), "lines": list(lines), "minutes": minutes}
