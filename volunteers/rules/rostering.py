"""A fair roster by a greedy hand: leaders first, then the least that a shift needs, then the rest;
each seat to whoever has served least and can come. Pure, and the same for the same people.

What a seat asks of a person by herself (``fitness.why_not``) is asked once for each kind of
person; what depends on her other seats is kept in indices. Two passes follow: an empty seat is
filled by moving somebody for whom another can step in, and a seat goes from who serves more to who
serves less as long as that narrows the distance between the two.
"""

import hashlib
from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from portal.accounts.rules import AgeBand
from volunteers.rules.fitness import (
    Booked,
    Clock,
    Wanted,
    minutes_by_day,
    minutes_by_week,
    travel_time,
    why_not,
)
from volunteers.rules.roster import (
    GAP_OF,
    Asked,
    Gap,
    Placed,
    Roster,
    Vacancy,
    mask_of,
    mask_of_span,
)
from volunteers.rules.shifts import Span

# how many times it is looked whether somebody can take a seat while a roster is improved: a bound
# of counting, not of the clock, so that the same roster comes out on a slow machine
MOST_LOOKS: Final = 150_000


def make_roster(
    vacancies: Sequence[Vacancy], people: Sequence[Asked], clock: Clock, *, seed: str = ""
) -> Roster:
    """The roster of some free seats. ``seed`` decides between people who served the same."""
    board = _Board(vacancies, people, clock, seed)
    for at in board.order():
        board.give(at)
    board.fill()
    while board.level():
        board.fill()
    return board.result()


@dataclass
class _Person:
    """Somebody on the board. ``busy``: minutes of the week on which she does not want to serve;
    ``first``: her seats on shifts in their first wave."""

    asked: Asked
    tie: bytes
    kind: int
    busy: int
    most: int
    minutes: int
    waves: int
    first: int
    booked: list[Booked]
    days: Counter[date]
    weeks: Counter[date]
    seats: set[int] = field(default_factory=set)

    @property
    def key(self) -> tuple[int, bytes]:
        return self.minutes, self.tie


@dataclass
class _Seat:
    """The free seats of one post, with what is reckoned once."""

    vacancy: Vacancy
    mask: int
    days: dict[date, int]
    weeks: dict[date, int]
    span: Span
    first: date
    takers: list[int] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return self.span.minutes


class _Board:
    """Who has which seat while a roster is made."""

    def __init__(
        self, vacancies: Sequence[Vacancy], people: Sequence[Asked], clock: Clock, seed: str
    ) -> None:
        self.clock = clock
        self.looks = MOST_LOOKS
        self.seats = [self._seat(one) for one in _sorted(vacancies)]
        self.kinds: dict[object, int] = {}
        self.people = [self._person(one, seed) for one in people]
        self.by_kind: dict[tuple[int, int], Gap | None] = {}
        self.ways: dict[tuple[float | None, ...], timedelta] = {}
        self.line = sorted((one.key, at) for at, one in enumerate(self.people))

    def _seat(self, one: Vacancy) -> _Seat:
        span, zone = one.wanted.span, self.clock.zone
        days = minutes_by_day([span], zone)
        return _Seat(one, mask_of_span(span, zone), days, minutes_by_week(days), span, min(days))

    def _person(self, one: Asked, seed: str) -> _Person:
        who = one.who
        learnt = tuple(sorted((code, tuple(spans)) for code, spans in who.qualifications.items()))
        kind = (who.registered, who.age, who.guardian_agreed, who.experienced, learnt)
        days = Counter(minutes_by_day([booked.span for booked in who.booked], self.clock.zone))
        limits = self.clock.limits
        return _Person(
            asked=one,
            tie=hashlib.blake2b(seed.encode() + one.id.bytes, digest_size=8).digest(),
            kind=self.kinds.setdefault(kind, len(self.kinds)),
            busy=~mask_of(one.wish.windows),
            most=limits.day_minutes if who.age is AgeBand.ADULT else limits.minor_day_minutes,
            minutes=one.minutes,
            waves=one.waves,
            first=0,
            booked=list(who.booked),
            days=days,
            weeks=Counter(minutes_by_week(days)),
        )

    def gap(self, person: int, seat: int) -> Gap | None:
        """What stands against somebody on a seat, or None."""
        who, what = self.people[person], self.seats[seat]
        found = self._by_wish(who, what)
        if found is None:
            found = self._by_kind(person, seat)
        return self._by_time(who, what) if found is None else found

    def _by_wish(self, who: _Person, what: _Seat) -> Gap | None:
        asked, vacancy = who.asked, what.vacancy
        if not vacancy.place_path.startswith(asked.wish.place_path):
            return Gap.ELSEWHERE
        away = asked.wish.away_until
        if what.mask & who.busy or (away is not None and what.first <= away):
            return Gap.TIMES
        if vacancy.shift_id in asked.not_on:
            return Gap.ASKED
        first = who.first and vacancy.wanted.opens_at is not None
        return Gap.WAVE if first or (vacancy.wave and who.waves) else None

    def _by_kind(self, person: int, seat: int) -> Gap | None:
        key = (self.people[person].kind, seat)
        if key not in self.by_kind:
            alone = replace(self.people[person].asked.who, booked=())
            found = why_not(alone, self.seats[seat].vacancy.wanted, self.clock)
            self.by_kind[key] = None if found is None else GAP_OF[found.code]
        return self.by_kind[key]

    def _by_time(self, who: _Person, what: _Seat) -> Gap | None:
        span, rest = what.span, self.clock.limits.rest
        for one in who.booked:
            gap = one.span.gap(span)
            if gap < rest or gap < rest + self._way(one, what.vacancy.wanted):
                return Gap.BUSY
        if any(who.days[day] + own > who.most for day, own in what.days.items()):
            return Gap.HOURS
        most = self.clock.limits.week_minutes
        if any(who.weeks[week] + own > most for week, own in what.weeks.items()):
            return Gap.HOURS
        return None

    def _way(self, one: Booked, other: Wanted) -> timedelta:
        key = (one.lon, one.lat, other.lon, other.lat)
        found = self.ways.get(key)
        if found is None:
            found = self.ways[key] = travel_time(one, other, self.clock.limits)
        return found

    def put(self, person: int, seat: int) -> None:
        """Give a seat to somebody, or (see ``take``) take it from her."""
        self._move(person, seat, 1)

    def take(self, person: int, seat: int) -> None:
        self._move(person, seat, -1)

    def _move(self, person: int, seat: int, sign: int) -> None:
        who, what = self.people[person], self.seats[seat]
        wanted = what.vacancy.wanted
        booked = Booked(what.span, wanted.lon, wanted.lat)
        self.line.remove((who.key, person))
        if sign > 0:
            who.booked.append(booked)
            who.seats.add(seat)
            what.takers.append(person)
        else:
            who.booked.remove(booked)
            who.seats.discard(seat)
            what.takers.remove(person)
        who.minutes += sign * what.minutes
        who.waves += sign * (wanted.opens_at is not None)
        who.first += sign * what.vacancy.wave
        for day, own in what.days.items():
            who.days[day] += sign * own
        for week, own in what.weeks.items():
            who.weeks[week] += sign * own
        insort(self.line, (who.key, person))

    def order(self) -> Iterator[int]:
        """The seats one by one: those who lead, then somebody experienced on each shift that has
        nobody, then what a shift needs at least, then the rest; of these the scarcest first."""
        tiers = self._tiers()
        scarce = [self._takers(at) for at in range(len(self.seats))]
        found = [
            (tier, turn, scarce[at], at)
            for at, many in enumerate(tiers)
            for turn, tier in enumerate(many)
        ]
        return (at for _tier, _turn, _scarce, at in sorted(found))

    def _tiers(self) -> list[list[int]]:
        led = {one.vacancy.shift_id for one in self.seats if one.vacancy.wanted.leads}
        tiers = []
        for one in self.seats:
            vacancy = one.vacancy
            many = [2 if turn < vacancy.least else 3 for turn in range(vacancy.seats)]
            if vacancy.wanted.leads:
                many = [0] * vacancy.seats
            elif not vacancy.wanted.led and vacancy.shift_id not in led and many:
                many[0] = 1
                led.add(vacancy.shift_id)
            tiers.append(many)
        return tiers

    def _takers(self, seat: int) -> int:
        return sum(self._by_kind(at, seat) is None for at in range(len(self.people)))

    def give(self, seat: int) -> bool:
        """Give a seat to whoever served least and can take it; whether there was somebody."""
        found = next((at for _key, at in self.line if self.gap(at, seat) is None), None)
        if found is not None:
            self.put(found, seat)
        return found is not None

    def _look(self, person: int, seat: int) -> bool:
        """Whether somebody can take a seat, as long as looking is allowed."""
        self.looks -= 1
        return self.looks >= 0 and self.gap(person, seat) is None

    def fill(self) -> None:
        """Fill empty seats, also by moving somebody for whom another can step in."""
        for seat, one in enumerate(self.seats):
            while len(one.takers) < one.vacancy.seats:
                if not (self.give(seat) or self._moved_in(seat)):
                    break

    def _moved_in(self, seat: int) -> bool:
        """Whether a seat was filled by a move of one person."""
        what = self.seats[seat]
        able = (
            person
            for _key, person in list(self.line)
            if self._by_kind(person, seat) is None
            and self._by_wish(self.people[person], what) is None
        )
        return any(
            self._swapped_in(person, held, seat)
            for person in able
            for held in sorted(self.people[person].seats)
        )

    def _swapped_in(self, person: int, held: int, seat: int) -> bool:
        if self.looks <= 0:
            return False
        self.take(person, held)
        if self._look(person, seat):
            self.put(person, seat)
            other = next((at for _key, at in self.line if self._look(at, held)), None)
            if other is not None:
                self.put(other, held)
                return True
            self.take(person, seat)
        self.put(person, held)
        return False

    def level(self) -> bool:
        """Pass seats to who serves less, until no single pass would narrow the distance; whether
        any was passed."""
        found = False
        while self.looks > 0 and self._passed_on():
            found = True
        return found

    def _passed_on(self) -> bool:
        found = False
        for (minutes, _tie), person in reversed(self.line[:]):
            if self.people[person].minutes != minutes:
                continue
            for seat in sorted(self.people[person].seats):
                found = self._passed(person, seat) or found
        return found

    def _passed(self, person: int, seat: int) -> bool:
        bound = self.people[person].minutes - self.seats[seat].minutes
        for (minutes, _tie), other in self.line:
            if minutes >= bound:
                return False
            if self._look(other, seat):
                self.take(person, seat)
                self.put(other, seat)
                return True
        return False

    def result(self) -> Roster:
        """What has come out, with the reason for each seat that stays empty."""
        placed = [
            Placed(one.vacancy.post_id, self.people[person].asked.id)
            for one in self.seats
            for person in sorted(one.takers, key=lambda at: self.people[at].asked.id)
        ]
        empty = [
            (one.vacancy.post_id, one.vacancy.seats - len(one.takers), self._why(seat))
            for seat, one in enumerate(self.seats)
            if len(one.takers) < one.vacancy.seats
        ]
        return Roster(tuple(placed), tuple(empty))

    def _why(self, seat: int) -> Gap:
        """What stands against most people; those who cannot be asked anyway count least."""
        shift = self.seats[seat].vacancy.shift_id
        counted: Counter[Gap] = Counter()
        for at, who in enumerate(self.people):
            here = any(self.seats[held].vacancy.shift_id == shift for held in who.seats)
            counted[Gap.ASKED if here else self.gap(at, seat) or Gap.NOBODY] += 1
        near = {gap: many for gap, many in counted.items() if gap not in _FAR} or counted
        return min(near, key=lambda gap: (-near[gap], gap), default=Gap.NOBODY)


_FAR: Final = frozenset({Gap.ELSEWHERE, Gap.TIMES, Gap.ASKED})


def _sorted(vacancies: Sequence[Vacancy]) -> list[Vacancy]:
    return sorted(vacancies, key=lambda one: (one.wanted.span.starts_at, one.shift_id, one.post_id))
