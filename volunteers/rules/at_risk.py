"""Which coming shifts may not take place as planned, why, and which first. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from volunteers.rules.fitness import days_of, holds_on
from volunteers.rules.shifts import Span
from volunteers.rules.signing_up import ASKED, SignUpState

LOOKED_AT: Final = 400
SHOWN: Final = 100
TODAY: Final = timedelta(hours=24)
THREE_DAYS: Final = timedelta(hours=72)


class Risk(StrEnum):
    """What stands against a shift."""

    FEW = "at_risk.few"
    NOBODY_LEADS = "at_risk.nobody_leads"
    LEFT_LATE = "at_risk.left_late"
    QUALIFICATION = "at_risk.qualification"
    UNCONFIRMED = "at_risk.unconfirmed"
    UNANSWERED = "at_risk.unanswered"


class Urgency(StrEnum):
    """How soon something has to be done."""

    NOW = "at_risk.now"
    SOON = "at_risk.soon"
    LATER = "at_risk.later"


# with one of these it cannot take place as it is
_GRAVE: Final = frozenset({Risk.FEW, Risk.NOBODY_LEADS, Risk.QUALIFICATION})
_ORDER: Final = (Urgency.NOW, Urgency.SOON, Urgency.LATER)


@dataclass(frozen=True)
class Seat:
    """The seats of one role: how many are needed, there are, and are taken."""

    least: int
    seats: int
    taken: int


@dataclass(frozen=True)
class OnIt:
    """Somebody who is or was on a shift. ``qualification``: what her seat needs."""

    person_id: UUID
    state: SignUpState
    agreed: int
    changed_at: datetime
    leads: bool
    qualification: str | None


@dataclass(frozen=True)
class Watched:
    """A shift as it is looked at: its times, change, seats and people."""

    span: Span
    sequence: int
    posts: Sequence[Seat]
    people: Sequence[OnIt]


@dataclass(frozen=True)
class Known:
    """What is known of people: who has experience, what they have learnt, until when."""

    experienced: Collection[UUID]
    learnt: Mapping[UUID, Mapping[str, Sequence[tuple[date, date | None]]]]


def risks_of(
    shift: Watched, known: Known, *, alarm: timedelta, zone: ZoneInfo
) -> dict[Risk, int]:  # fmt: skip
    """What stands against a shift, and for how many people or seats."""
    coming = [one for one in shift.people if one.state is SignUpState.TAKEN]
    led = any(one.leads or one.person_id in known.experienced for one in coming)
    found = {
        Risk.FEW: sum(max(0, post.least - post.taken) for post in shift.posts),
        Risk.NOBODY_LEADS: int(not led),
        Risk.LEFT_LATE: _left_late(shift, alarm),
        Risk.QUALIFICATION: sum(_runs_out(one, known, shift.span, zone) for one in coming),
        Risk.UNCONFIRMED: sum(one.agreed < shift.sequence for one in coming),
        Risk.UNANSWERED: sum(one.state in ASKED for one in shift.people),
    }
    return {risk: count for risk, count in found.items() if count}


def _left_late(shift: Watched, alarm: timedelta) -> int:
    """Who gave a seat back within the alarm window, as far as the seats are still open."""
    since = shift.span.starts_at - alarm
    gone = {SignUpState.WITHDRAWN, SignUpState.WITHDRAWN_LATE}
    left = sum(
        one.state is SignUpState.WITHDRAWN_LATE
        or (one.state in gone and one.changed_at >= since)
        for one in shift.people
    )  # fmt: skip
    return min(left, sum(post.seats - post.taken for post in shift.posts))


def _runs_out(one: OnIt, known: Known, span: Span, zone: ZoneInfo) -> bool:
    if one.qualification is None:
        return False
    spans = known.learnt.get(one.person_id, {}).get(one.qualification, ())
    return not all(holds_on(spans, day) for day in days_of(span, zone))


def urgency_of(risks: Collection[Risk], starts_at: datetime, now: datetime) -> Urgency:
    """Grave things of the next day are for now; grave ones of three days, and anything of the next
    day, for soon."""
    left, grave = starts_at - now, bool(_GRAVE & set(risks))
    if grave and left <= TODAY:
        return Urgency.NOW
    return Urgency.SOON if left <= (THREE_DAYS if grave else TODAY) else Urgency.LATER


def rank_of(urgency: Urgency) -> int:
    """The most urgent is 0."""
    return _ORDER.index(urgency)
