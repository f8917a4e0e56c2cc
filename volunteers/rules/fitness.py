"""Whether somebody may take a seat: every rule that stands against it, with its facts. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from portal.accounts.rules import AgeBand
from portal.kernel.geo import metres_between
from volunteers.rules.limits import Limits
from volunteers.rules.shifts import Span
from volunteers.rules.signing_up import SignUpRefusal

# what an organiser may set aside with a reason: the rest is law, or cannot be done at all
OVERRIDABLE: Final = frozenset(
    {
        SignUpRefusal.NOT_YET,
        SignUpRefusal.FIRST_WAVE,
        SignUpRefusal.NOT_EXPERIENCED,
        SignUpRefusal.NEWCOMER,
        SignUpRefusal.REST,
        SignUpRefusal.TRAVEL,
        SignUpRefusal.DAY_HOURS,
        SignUpRefusal.WEEK_HOURS,
    }
)
_AGES: Final = (AgeBand.UNDER_14, AgeBand.UNDER_18, AgeBand.ADULT)


@dataclass(frozen=True)
class Booked:
    """Another shift on which she has a seat."""

    span: Span
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Wanted:
    """The seat that is asked for. ``led``: somebody with experience is on the shift; ``wave``: she
    has a seat of the same activity while only one is given to each."""

    span: Span
    activity_open: bool = True
    cancelled: bool = False
    opens_at: datetime | None = None
    youngest: AgeBand = AgeBand.UNDER_18
    qualification: str | None = None
    leads: bool = False
    led: bool = True
    wave: bool = False
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Candidate:
    """Who asks. ``qualifications``: code → (first day, last day or None) of what was checked."""

    registered: bool = True
    age: AgeBand = AgeBand.ADULT
    guardian_agreed: bool = False
    qualifications: Mapping[str, Sequence[tuple[date, date | None]]] = field(default_factory=dict)
    experienced: bool = False
    booked: Sequence[Booked] = ()


@dataclass(frozen=True)
class Broken:
    """A rule that stands against it, and what its sentence needs."""

    code: SignUpRefusal
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clock:
    """The moment, the city's zone and its limits."""

    now: datetime
    zone: ZoneInfo
    limits: Limits


def why_not(
    who: Candidate,
    what: Wanted,
    clock: Clock,
    *,
    ignoring: Collection[SignUpRefusal] = frozenset(),
) -> Broken | None:
    """The first rule that stands against it, or None."""
    return next((one for one in broken(who, what, clock) if one.code not in ignoring), None)


def broken(who: Candidate, what: Wanted, clock: Clock) -> Iterator[Broken]:
    """Every rule that stands against it, the plainest first."""
    yield from _shift(what, clock)
    yield from _person(who, what)
    yield from _knowing(who, what, clock)
    yield from _times(who, what, clock)


def _shift(what: Wanted, clock: Clock) -> Iterator[Broken]:
    if what.cancelled:
        yield Broken(SignUpRefusal.CALLED_OFF)
    elif not what.activity_open:
        yield Broken(SignUpRefusal.NOT_OPEN)
    if clock.now >= what.span.starts_at:
        yield Broken(SignUpRefusal.STARTED)
    if what.opens_at is not None and clock.now < what.opens_at:
        yield Broken(SignUpRefusal.NOT_YET, {"moment": what.opens_at})
    elif what.wave and in_first_wave(what.opens_at, clock):
        ends = (what.opens_at or clock.now) + clock.limits.first_wave
        yield Broken(SignUpRefusal.FIRST_WAVE, {"moment": ends})


def in_first_wave(opens_at: datetime | None, clock: Clock) -> bool:
    """Whether each person gets one seat of the activity only: for some hours after the opening."""
    return opens_at is not None and opens_at <= clock.now < opens_at + clock.limits.first_wave


def _person(who: Candidate, what: Wanted) -> Iterator[Broken]:
    if not who.registered:
        yield Broken(SignUpRefusal.NOT_REGISTERED)
    if who.age is AgeBand.UNKNOWN:
        yield Broken(SignUpRefusal.AGE_UNKNOWN)
        return
    youngest = AgeBand.UNDER_14 if what.youngest is AgeBand.UNKNOWN else what.youngest
    if _AGES.index(who.age) < _AGES.index(youngest):
        yield Broken(SignUpRefusal.TOO_YOUNG)
    elif who.age is AgeBand.UNDER_14 and not who.guardian_agreed:
        yield Broken(SignUpRefusal.GUARDIAN)


def _knowing(who: Candidate, what: Wanted, clock: Clock) -> Iterator[Broken]:
    if what.qualification is not None:
        yield from _qualified(who, what.qualification, what, clock)
    if what.leads and not who.experienced:
        yield Broken(SignUpRefusal.NOT_EXPERIENCED, {"count": clock.limits.newcomer_shifts})
    elif not who.experienced and not what.led:
        yield Broken(SignUpRefusal.NEWCOMER)


def _qualified(who: Candidate, code: str, what: Wanted, clock: Clock) -> Iterator[Broken]:
    """It must hold on the day of the sign-up and on each day of the shift."""
    spans = who.qualifications.get(code, ())
    if not holds_on(spans, clock.now.astimezone(clock.zone).date()):
        yield Broken(SignUpRefusal.QUALIFICATION, {"qualification": code})
    elif not all(holds_on(spans, day) for day in days_of(what.span, clock.zone)):
        yield Broken(SignUpRefusal.QUALIFICATION_ENDS, {"qualification": code})


def holds_on(spans: Iterable[tuple[date, date | None]], day: date) -> bool:
    """Whether one of some stretches of days holds a day."""
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def _times(who: Candidate, what: Wanted, clock: Clock) -> Iterator[Broken]:
    clash = next((one for one in who.booked if one.span.overlaps(what.span)), None)
    if clash is not None:
        yield Broken(SignUpRefusal.OVERLAP, {"moment": clash.span.starts_at})
    for one in who.booked:
        found = None if one.span.overlaps(what.span) else _too_near(one, what, clock.limits)
        if found is not None:
            yield found
            break
    yield from _hours(who, what, clock)


def _too_near(one: Booked, what: Wanted, limits: Limits) -> Broken | None:
    gap = one.span.gap(what.span)
    if gap < limits.rest:
        minutes = int(limits.rest.total_seconds()) // 60
        return Broken(SignUpRefusal.REST, {"minutes": minutes, "moment": one.span.starts_at})
    way = travel_time(one, what, limits)
    if gap < limits.rest + way:
        minutes = -(-int(way.total_seconds()) // 60)
        return Broken(SignUpRefusal.TRAVEL, {"minutes": minutes, "moment": one.span.starts_at})
    return None


def travel_time(one: Booked | Wanted, other: Booked | Wanted, limits: Limits) -> timedelta:
    """How long the way between two places takes; none when a place is not known by a point."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return timedelta()
    metres = metres_between(one.lon, one.lat, other.lon, other.lat)
    return timedelta(hours=metres / 1000 / limits.kmh)


def _hours(who: Candidate, what: Wanted, clock: Clock) -> Iterator[Broken]:
    """A shift counts on the days of the city on which it lies, a week from Monday to Sunday."""
    zone, limits = clock.zone, clock.limits
    days = minutes_by_day([what.span, *(one.span for one in who.booked)], zone)
    own = minutes_by_day([what.span], zone)
    most = limits.day_minutes if who.age is AgeBand.ADULT else limits.minor_day_minutes
    for day in sorted(own):
        if days[day] > most:
            yield Broken(SignUpRefusal.DAY_HOURS, {"day": day, "hours": _in_hours(most)})
            break
    weeks = minutes_by_week(days)
    if any(weeks[week_of(day)] > limits.week_minutes for day in own):
        yield Broken(SignUpRefusal.WEEK_HOURS, {"hours": _in_hours(limits.week_minutes)})


def _in_hours(minutes: int) -> float:
    return round(minutes / 60, 1)


def days_of(span: Span, zone: ZoneInfo) -> list[date]:
    """The days of the city on which a stretch lies; midnight at its end is no part of it."""
    return sorted(minutes_by_day([span], zone))


def minutes_by_day(spans: Iterable[Span], zone: ZoneInfo) -> dict[date, int]:
    """How many minutes of some stretches lie on each day of the city."""
    found: dict[date, int] = {}
    for span in spans:
        at = span.starts_at
        while at < span.ends_at:
            day = at.astimezone(zone).date()
            midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
            upto = min(span.ends_at, midnight.astimezone(span.ends_at.tzinfo))
            found[day] = found.get(day, 0) + int((upto - at).total_seconds()) // 60
            at = upto
    return found


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def minutes_by_week(days: Mapping[date, int]) -> dict[date, int]:
    """Minutes of days, summed by the Monday of their week."""
    found: dict[date, int] = {}
    for day, minutes in days.items():
        found[week_of(day)] = found.get(week_of(day), 0) + minutes
    return found
