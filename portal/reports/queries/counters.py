"""Figures that anybody may read: how much was reported and settled, where, and week by week.

Each is counted in an index that holds all it asks for, so that a million reports are no burden.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from portal.areas.rules import national_part
from portal.reports.models import Case, Category
from portal.reports.queries.case_parts import taken_off
from portal.reports.queries.desk import inside
from portal.reports.rules.codes import Precision, State, Target
from portal.reports.rules.intake import COMMUNITY_DIGITS
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.transitions import OPEN

TAKEN_OUT = (State.VOID, State.WITHDRAWN, State.MERGED)
# said so that no planner takes an index of states for it: nearly all cases are closed, and the few
# of the last weeks are found by the day
_SETTLED = case((Case.state == State.CLOSED, 1), else_=0) == 1


@dataclass(frozen=True)
class PublicCounts:
    """Reported and settled since a moment, and open now."""

    reported: int
    settled: int
    open: int


@dataclass(frozen=True)
class PlaceCounts:
    """How much is open in a place, and how much was settled there since a moment."""

    open: int = 0
    settled: int = 0

    @property
    def total(self) -> int:
        return self.open + self.settled

    def plus(self, other: "PlaceCounts") -> "PlaceCounts":
        return PlaceCounts(self.open + other.open, self.settled + other.settled)


def public_counts(session: Session, place_path: str | None, since: datetime) -> PublicCounts:
    """The figures of a place (None: of the city). Taken-out reports do not count."""
    return counts_since(session, place_path, [since])[0]


def counts_since(
    session: Session, place_path: str | None, moments: Sequence[datetime]
) -> list[PublicCounts]:
    """The same since several moments, in one query."""
    open_now, *rest = session.execute(select(*_numbers(place_path, moments))).one()
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return [PublicCounts(reported, settled, open_now) for reported, settled in pairs]


def _numbers(place_path: str | None, moments: Sequence[datetime]) -> list[ColumnElement[int]]:
    """How many are open; then for each moment how many were reported and settled since."""
    place = _in_place(place_path)
    parts = [_number(*place, Case.state.in_(OPEN))]
    for since in moments:
        parts.append(_number(*place, Case.found_at >= since, Case.state.not_in(TAKEN_OUT)))
        parts.append(_number(*place, Case.closed_at >= since, _SETTLED))
    return parts


def counts_by_place(
    session: Session,
    since: datetime,
    *,
    under: str | None = None,
    kinds: Collection[str] = (),
    states: Collection[State] = (),
) -> dict[str, PlaceCounts]:
    """What is open, and what was settled since a moment, by the path of its place."""
    wanted = set(states or State)
    # a behaviour is never counted by its name (R259)
    named = [Case.category_code.in_(set(kinds) - {BEHAVIOUR})] if kinds else []
    more = [*_in_place(under), *named]
    parts = [*_by_place("open", *more, Case.state.in_(wanted & OPEN))]
    if State.CLOSED in wanted:
        parts += _by_place("settled", *more, Case.closed_at >= since, _SETTLED)
    found: dict[str, PlaceCounts] = {}
    for row in session.execute(union_all(*parts)):
        one = PlaceCounts(open=row[2]) if row[0] == "open" else PlaceCounts(settled=row[2])
        found[row[1]] = found.get(row[1], PlaceCounts()).plus(one)
    return found


def place_figures(
    session: Session, place_path: str, since: datetime, moments: Sequence[datetime]
) -> tuple[PublicCounts, list[int]]:
    """The figures of a place since a moment, and how much was settled there between each of some
    moments and the next (the last: until now), in one query.

    In a quiet community a week may hold one matter, and some matters tell only their month
    (law P5): there only those count that show their day anyway.
    """
    numbers = _numbers(place_path, [since])
    whole = [select(literal(-at), number) for at, number in enumerate(numbers, start=1)]
    which = case(
        *((Case.closed_at >= moment, at) for at, moment in _latest_first(moments)), else_=0
    )
    conditions = (*_by_day(place_path), Case.closed_at >= moments[0], _SETTLED)
    counted = select(which.label("at"), func.count()).where(*conditions).group_by("at")
    found: Counter[int] = Counter()
    for at, number in session.execute(union_all(*whole, counted, taken_off([which], conditions))):
        found[at] += number
    return PublicCounts(found[-2], found[-3], found[-1]), [found[at] for at in range(len(moments))]


def _latest_first(moments: Sequence[datetime]) -> list[tuple[int, datetime]]:
    return list(enumerate(moments))[::-1]


def _number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How many; a matter with parts counts once."""
    counted = select(func.count()).select_from(Case).where(*conditions)
    return counted.scalar_subquery() + taken_off([], conditions).scalar_subquery()


def _by_place(which: str, *conditions: ColumnElement[bool]) -> list[Select[*tuple[Any, ...]]]:
    # the whole path, but no column: SQLite would walk all cases in the order of their places
    path = func.substr(Case.place_path, 1)
    counted = select(literal(which), path, func.count()).where(*conditions).group_by(path)
    off = taken_off([Case.place_path.expression], conditions).subquery()
    return [counted, select(literal(which), *off.c)]


def _in_place(place_path: str | None) -> list[ColumnElement[bool]]:
    """In a grid or courtyard a figure of one would lead to a door: only what is public there."""
    if place_path is None:
        return []
    inner = [inside(place_path)]
    return inner if _own_code(place_path).isdecimal() else [*inner, shown_exactly()]


def _by_day(place_path: str | None) -> list[ColumnElement[bool]]:
    """The same, where the figure is of a few days."""
    conditions = _in_place(place_path)
    if place_path is None or len(national_part(_own_code(place_path))) < COMMUNITY_DIGITS:
        return conditions
    return [inside(place_path), shown_exactly()]


def _own_code(place_path: str) -> str:
    return place_path.rstrip("/").rpartition("/")[2]


def shown_exactly() -> ColumnElement[bool]:
    """Of kinds whose spot the public may know."""
    exact = select(Category.code).where(
        Category.target == Target.THING, Category.place_precision == Precision.EXACT
    )
    return Case.category_code.in_(exact)
