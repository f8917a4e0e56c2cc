"""What is probably meant: kinds and places by what was reported near by of late, or is usual."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow
from portal.areas.rules import codes_of
from portal.reports.models import Case
from portal.reports.queries.desk import inside
from portal.reports.rules.choosing import RECENTLY
from portal.reports.rules.codes import State

USUAL = Path(__file__).parents[1] / "data" / "likely-kinds.tsv"
# enough to know what is frequent, whatever the size of the city
MOST_LOOKED_AT = 500
# fewer say nothing of a place, and something of a person
LEAST_REPORTS = 3


@cache
def _usual() -> Mapping[int, tuple[str, ...]]:
    with USUAL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {int(m): tuple(row["codes"].split()) for row in rows for m in row["months"].split()}


def usual_kinds(on: date) -> tuple[str, ...]:
    """Codes of what is usual in this month."""
    return _usual()[on.month]


def street_path(path: str) -> str:
    """The street or town on a path: wide enough that a frequent kind points at nobody."""
    return "/" + "/".join(codes_of(path)[:2]) + "/"


def kinds_near(session: Session, path: str, now: datetime) -> dict[str, int]:
    """How often each kind was reported in the street of a place in the last thirty days."""
    recent = (
        select(Case.category_code)
        .where(
            inside(street_path(path)),
            Case.found_at >= now - RECENTLY,
            Case.state.not_in((State.VOID, State.WITHDRAWN, State.MERGED)),
        )
        .order_by(Case.found_at.desc())
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    statement = select(recent.c.category_code, func.count()).group_by(recent.c.category_code)
    rows = session.execute(statement).all()
    return {code: count for code, count in rows if count >= LEAST_REPORTS}


def busiest_first(session: Session, places: Sequence[AreaRow], now: datetime) -> list[AreaRow]:
    """Places in the order of how much was reported there of late; else in their own order."""
    recent = (
        select(Case.place_path)
        .where(Case.found_at >= now - RECENTLY)
        .order_by(Case.found_at.desc())
        .limit(MOST_LOOKED_AT)
    )
    known = {place.code for place in places}
    counts: Counter[str] = Counter()
    for path in session.scalars(recent):
        counts.update(known & set(codes_of(path)))
    return sorted(places, key=lambda place: -counts[place.code])
