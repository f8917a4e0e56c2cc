"""How fast a month's figures of staff are read from the kept counts.

Counts what is not counted yet in the planted database, then reads last month by each thing.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bench.measures import Figure
from portal.kernel.city import load_city
from portal.kernel.clock import city_day, month_bounds, now
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.queries.figures import Chosen, Reach, counted
from portal.reports.rules.codes import State
from portal.reports.rules.figures import By, Span, month_span, span_before
from portal.reports.service.counting import refresh_counts

GOAL_MS = 50


def _milliseconds(act: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken)


def _straight(session: Session, span: Span) -> object:
    """A small part of the same, from the cases themselves."""
    start, end = month_bounds(f"{span.first:%Y-%m}", load_city(DEFAULT_CITY).zone)
    closed = func.sum(case((Case.state == State.CLOSED, 1), else_=0))
    in_time = func.sum(case((Case.closed_at <= Case.promised_at, 1), else_=0))
    statement = (
        select(Case.place_path, func.count(), closed, in_time)
        .where(Case.found_at >= start, Case.found_at < end)
        .group_by(Case.place_path)
    )
    return session.execute(statement).all()


def month_figures(engine: str, database: Database, rounds: int) -> list[Figure]:
    """Last month's figures by each thing, and beside them three numbers counted on the spot."""
    counting = time.monotonic()
    # planted reports are none that a step has changed
    days = refresh_counts(database, now(), everything=True)
    counting = time.monotonic() - counting
    span = span_before(month_span(city_day(now(), load_city(DEFAULT_CITY).zone)))
    found = []
    with database.read() as session:
        straight = _milliseconds(partial(_straight, session, span), rounds)
        beside = f"{straight:.1f} ms for three numbers from the cases; {days} days counted in "
        for by in By:
            taken = _milliseconds(partial(counted, session, Reach(), span, Chosen(), by), rounds)
            what = f"a month's figures by {by.value}, {engine}"
            context = f"{beside}{counting:.0f} s" if by is By.PLACE else ""
            found.append(Figure(what, taken, target=GOAL_MS, unit="ms", context=context))
    return found
