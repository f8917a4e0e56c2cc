"""Whether somebody may take a seat, against a model that counts minutes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import AgeBand
from tests.make import slow_minutes as slow
from volunteers.rules.fitness import (
    Booked,
    Candidate,
    Clock,
    Wanted,
    broken,
    minutes_by_day,
    minutes_by_week,
    why_not,
)
from volunteers.rules.limits import (
    SETTINGS,
    SHORTEST_OFFER,
    is_late,
    limits_from,
    offer_until,
)
from volunteers.rules.shifts import Span
from volunteers.rules.signing_up import EDGES, SignUpRefusal, SignUpState, edge

LIMITS = limits_from({})
SHANGHAI = ZoneInfo("Asia/Shanghai")
# a zone with a change of the clock, in case a city has one
LISBON = ZoneInfo("Europe/Lisbon")
START = datetime(2026, 3, 27, tzinfo=UTC)
NOW = datetime(2026, 3, 20, tzinfo=UTC)
CLOCK = Clock(NOW, SHANGHAI, LIMITS)
HOUR = timedelta(hours=1)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Stretches of up to a day and a half within a few days, by quarters of an hour."""
    begins = START + timedelta(minutes=15 * draw(st.integers(0, 4 * 24 * 5)))
    return Span(begins, begins + timedelta(minutes=15 * draw(st.integers(1, 4 * 36))))


def codes(who: Candidate, what: Wanted, clock: Clock = CLOCK) -> set[SignUpRefusal]:
    return {one.code for one in broken(who, what, clock)}


@given(spans(), spans())
def test_what_overlaps_shares_a_minute_and_the_end_is_no_part_of_it(one: Span, other: Span) -> None:
    found = codes(Candidate(booked=[Booked(one)], experienced=True), Wanted(other))
    assert (SignUpRefusal.OVERLAP in found) == slow.overlap(one, other)


@given(spans(), spans(), st.integers(0, 20))
def test_rest_is_so_many_free_minutes_between_two(one: Span, other: Span, quarters: int) -> None:
    rest = timedelta(minutes=15 * quarters)
    clock = replace(CLOCK, limits=replace(LIMITS, rest=rest))
    found = codes(Candidate(booked=[Booked(one)]), Wanted(other), clock)
    wants = not slow.overlap(one, other) and not slow.rested(one, other, rest)
    assert (SignUpRefusal.REST in found) == wants


@given(st.lists(spans(), max_size=4), spans(), st.sampled_from([SHANGHAI, LISBON]))
def test_hours_of_a_day_and_a_week_are_counted_like_minutes_one_by_one(
    booked: list[Span], what: Span, zone: ZoneInfo
) -> None:
    everything = [*booked, what]
    days = minutes_by_day(everything, zone)
    assert days == slow.by_day(everything, zone)
    weeks = {tuple(monday.isocalendar())[:2]: m for monday, m in minutes_by_week(days).items()}
    assert weeks == slow.by_week(everything, zone)
    found = codes(
        Candidate(booked=[Booked(span) for span in booked]), Wanted(what),
        replace(CLOCK, zone=zone),
    )  # fmt: skip
    touched = slow.by_day([what], zone)
    too_long = any(slow.by_day(everything, zone)[day] > LIMITS.day_minutes for day in touched)
    assert (SignUpRefusal.DAY_HOURS in found) == too_long
    of_week = slow.by_week(everything, zone)
    too_much = any(of_week[key] > LIMITS.week_minutes for key in slow.by_week([what], zone))
    assert (SignUpRefusal.WEEK_HOURS in found) == too_much


def seat(**changes: object) -> Wanted:
    return replace(Wanted(Span(START, START + 2 * HOUR)), **changes)


ABLE = Candidate(experienced=True)


@pytest.mark.parametrize(
    ("who", "what", "code"),
    [
        (ABLE, seat(activity_open=False), SignUpRefusal.NOT_OPEN),
        (ABLE, seat(cancelled=True), SignUpRefusal.CALLED_OFF),
        (ABLE, seat(opens_at=NOW + HOUR), SignUpRefusal.NOT_YET),
        (ABLE, seat(opens_at=NOW, wave=True), SignUpRefusal.FIRST_WAVE),
        (replace(ABLE, registered=False), seat(), SignUpRefusal.NOT_REGISTERED),
        (replace(ABLE, age=AgeBand.UNKNOWN), seat(), SignUpRefusal.AGE_UNKNOWN),
        (replace(ABLE, age=AgeBand.UNDER_14), seat(), SignUpRefusal.TOO_YOUNG),
        (
            replace(ABLE, age=AgeBand.UNDER_14),
            seat(youngest=AgeBand.UNDER_14),
            SignUpRefusal.GUARDIAN,
        ),
        (
            replace(ABLE, age=AgeBand.UNDER_18),
            seat(youngest=AgeBand.ADULT),
            SignUpRefusal.TOO_YOUNG,
        ),
        (ABLE, seat(qualification="first_aid"), SignUpRefusal.QUALIFICATION),
        (replace(ABLE, experienced=False), seat(leads=True), SignUpRefusal.NOT_EXPERIENCED),
        (replace(ABLE, experienced=False), seat(led=False), SignUpRefusal.NEWCOMER),
        (
            replace(ABLE, age=AgeBand.UNDER_18),
            Wanted(Span(START, START + 5 * HOUR)),
            SignUpRefusal.DAY_HOURS,
        ),
    ],
)  # fmt: skip
def test_each_rule_stands_alone(who: Candidate, what: Wanted, code: SignUpRefusal) -> None:
    assert codes(who, what) == {code}
    found = why_not(who, what, CLOCK)
    assert found is not None
    assert found.code is code


def test_nothing_stands_against_somebody_who_fits() -> None:
    assert why_not(ABLE, seat(), CLOCK) is None
    agreed = replace(ABLE, age=AgeBand.UNDER_14, guardian_agreed=True)
    assert why_not(agreed, seat(youngest=AgeBand.UNDER_14), CLOCK) is None


def test_the_last_moment_of_a_wave_and_of_an_opening() -> None:
    opened = NOW - LIMITS.first_wave
    assert SignUpRefusal.FIRST_WAVE not in codes(ABLE, seat(opens_at=opened, wave=True))
    just = opened + timedelta(seconds=1)
    assert SignUpRefusal.FIRST_WAVE in codes(ABLE, seat(opens_at=just, wave=True))
    assert codes(ABLE, seat(opens_at=NOW)) == set()


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 3, 20), date(2026, 3, 27), None),
        (date(2026, 3, 20), None, None),
        (date(2026, 3, 21), None, SignUpRefusal.QUALIFICATION),
        (date(2026, 3, 1), date(2026, 3, 26), SignUpRefusal.QUALIFICATION_ENDS),
        (date(2026, 3, 1), date(2026, 3, 19), SignUpRefusal.QUALIFICATION),
    ],
)
def test_a_qualification_holds_at_the_sign_up_and_at_the_start(
    first: date, last: date | None, code: SignUpRefusal | None
) -> None:
    who = replace(ABLE, qualifications={"first_aid": [(first, last)]})
    found = why_not(who, seat(qualification="first_aid"), CLOCK)
    assert (found and found.code) == code


def test_the_way_between_two_places_is_no_rest() -> None:
    """6 km at 12 km/h are half an hour: with 30 minutes of rest an hour must lie between."""
    here, there = (119.96, 36.78), (119.96, 36.78 + 6000 / 111_320)
    for gap, code in ((61, None), (55, SignUpRefusal.TRAVEL), (29, SignUpRefusal.REST)):
        begins = START + 2 * HOUR + timedelta(minutes=gap)
        other = Booked(Span(begins, begins + HOUR), *there)
        who = replace(ABLE, booked=[other])
        found = why_not(who, seat(lon=here[0], lat=here[1]), CLOCK)
        assert (found and found.code) == code


@given(st.integers(1, 60 * 24 * 30))
def test_an_offer_leaves_time_for_the_next_and_ends_before_the_shift(minutes: int) -> None:
    starts = NOW + timedelta(minutes=minutes)
    until = offer_until(NOW, starts, LIMITS)
    assert NOW < until <= starts
    assert until - NOW <= max(SHORTEST_OFFER, LIMITS.offer)


def test_the_deadline_itself_is_in_time() -> None:
    deadline = START - LIMITS.cancel
    assert not is_late(deadline, START, LIMITS)
    assert is_late(deadline + timedelta(microseconds=1), START, LIMITS)


@pytest.mark.parametrize("name", sorted(SETTINGS))
@pytest.mark.parametrize("value", ["30", True, -1, 10**9, 1.5])
def test_a_setting_that_cannot_be_meant_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        limits_from({name: value})


def test_every_state_is_reached_and_what_has_ended_stays_so() -> None:
    assert {one.next for one in EDGES} == set(SignUpState)
    assert len({(one.state, one.event) for one in EDGES}) == len(EDGES)
    ended = set(SignUpState) - {one.state for one in EDGES}
    assert {SignUpState.REMOVED, SignUpState.LAPSED, SignUpState.HANDED_OVER} <= ended
    assert all(edge(state, one.event) is None for state in ended for one in EDGES)
