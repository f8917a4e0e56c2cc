"""``python -m bench.roster``: a fair roster of 500 people for 168 shifts, and of as many as cannot
be filled; where OR-tools is installed, how many seats the greedy hand leaves behind the optimum.

No database takes part. Times are the processor's own.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from statistics import median
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from volunteers.rules.fitness import Booked, Candidate, Clock, Wanted, why_not
from volunteers.rules.limits import limits_from
from volunteers.rules.roster import Asked, RosterWish, Vacancy, Window, mask_of, mask_of_span
from volunteers.rules.rostering import make_roster
from volunteers.rules.shifts import Span

PEOPLE, SHIFTS, ROUNDS, SMALL = 500, 168, 7, 200
GOAL: Final = 1.0
MONDAY: Final = datetime(2026, 11, 29, 16, tzinfo=UTC)
CLOCK: Final = Clock(MONDAY - timedelta(days=3), ZoneInfo("Asia/Shanghai"), limits_from({}))


def town(
    chance: random.Random, people: int, shifts: int, seats: int
) -> tuple[list[Vacancy], list[Asked]]:
    """A week: a shift each hour of it, some with a seat that leads; people with a few windows, a
    shift that they have already, and minutes that they served."""
    vacancies = []
    for at in range(shifts):
        starts = MONDAY + timedelta(hours=at * 168 // shifts)
        span = Span(starts, starts + timedelta(hours=chance.choice((1, 2, 3, 4))))
        lon, lat = 119.9 + chance.random() / 10, 36.7 + chance.random() / 10
        shift = UUID(int=chance.getrandbits(128))
        for leads in (True, False) if at % 3 == 0 else (False,):
            wanted = Wanted(span, led=at % 3 != 0, leads=leads, lon=lon, lat=lat)
            vacancies.append(
                Vacancy(UUID(int=chance.getrandbits(128)), shift, "a/", 1 if leads else seats,
                        wanted, least=1)
            )  # fmt: skip
    return vacancies, [_somebody(chance) for _ in range(people)]


def _somebody(chance: random.Random) -> Asked:
    windows = []
    for day in chance.sample(range(7), chance.randint(1, 4)):
        first = chance.choice((0, 6, 8, 12, 16, 18))
        windows.append(Window(day, first * 60, min(24, first + chance.randint(4, 10)) * 60))
    starts = MONDAY + timedelta(hours=chance.randrange(168))
    booked = [Booked(Span(starts, starts + timedelta(hours=2)))] if chance.random() < 0.3 else []
    who = Candidate(experienced=chance.random() < 0.4, booked=booked)
    return Asked(UUID(int=chance.getrandbits(128)), who, RosterWish("a/", tuple(windows)),
                 minutes=chance.randrange(0, 600, 30))  # fmt: skip


def timed(seats: int) -> tuple[float, int, int]:
    """The median of some rounds in seconds, how many seats were filled, and of how many."""
    vacancies, people = town(random.Random(7), PEOPLE, SHIFTS, seats)
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        found = make_roster(vacancies, people, CLOCK)
        took.append(time.process_time() - began)
    return median(took), len(found.placed), sum(one.seats for one in vacancies)


def _able(who: Asked, what: Vacancy) -> bool:
    away = mask_of_span(what.wanted.span, CLOCK.zone) & ~mask_of(who.wish.windows)
    return not away and why_not(who.who, what.wanted, CLOCK) is None


def _clashes(who: Asked, mine: list[Vacancy]) -> Iterator[tuple[Vacancy, Vacancy]]:
    """Pairs of seats that nobody can have both."""
    for one, other in combinations(mine, 2):
        lon, lat = other.wanted.lon, other.wanted.lat
        beside = Candidate(
            experienced=True, age=who.who.age, booked=[Booked(other.wanted.span, lon, lat)]
        )
        if why_not(beside, one.wanted, CLOCK) is not None:
            yield one, other


def optimum(cp_model: Any, vacancies: list[Vacancy], people: list[Asked]) -> int:
    """The most seats that can be filled, by OR-tools; hours of a day count only between two."""
    model = cp_model.CpModel()
    has = {
        (who.id, one.post_id): model.new_bool_var("")
        for who in people
        for one in vacancies
        if _able(who, one)
    }
    for one in vacancies:
        mine = [var for (_who, post), var in has.items() if post == one.post_id]
        model.add(sum(mine) <= one.seats)
    for who in people:
        mine_too = [one for one in vacancies if (who.id, one.post_id) in has]
        for one, other in _clashes(who, mine_too):
            model.add_at_most_one(has[who.id, one.post_id], has[who.id, other.post_id])
    model.maximize(sum(has.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 20
    solver.solve(model)
    most: int = round(solver.objective_value)
    return most


def compared() -> None:
    """How many of the seats that could be filled are, on small weeks."""
    cp_model = import_module("ortools.sat.python.cp_model")
    filled = best = worse = 0
    ours = theirs = 0.0
    for seed in range(SMALL):
        chance = random.Random(seed)
        vacancies, people = town(chance, chance.randint(4, 12), chance.randint(6, 24), 1)
        began = time.process_time()
        found = len(make_roster(vacancies, people, CLOCK).placed)
        ours += time.process_time() - began
        began = time.process_time()
        most = optimum(cp_model, vacancies, people)
        theirs += time.process_time() - began
        filled, best, worse = filled + found, best + most, worse + (found < most)
    print(f"{SMALL} small weeks: {filled} seats filled, OR-tools {best} ({filled / best:.2%}); "
          f"fewer in {worse}; {ours:.2f} s beside {theirs:.2f} s")  # fmt: skip


def main() -> None:
    """One row for a week that can be filled, one for a week that cannot."""
    for seats in (2, 12):
        took, filled, wanted = timed(seats)
        met = "yes" if took < GOAL else "NO"
        print(f"| roster, {PEOPLE} people, {SHIFTS} shifts: {filled} of {wanted} seats "
              f"| {took:.2f} s | < {GOAL:.0f} s | {met} |")  # fmt: skip
    if find_spec("ortools"):
        compared()
    else:
        print("OR-tools is not installed: no comparison.", file=sys.stderr)


if __name__ == "__main__":
    main()
