"""Figures of staff, read from the kept counts: one query for a table, however many cases."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries.tree import paths_tagged
from portal.areas.rules import Tag
from portal.reports.models import FigureCount
from portal.reports.rules.codes import Source
from portal.reports.rules.figures import COUNTS, By, Kept, Span, Tally
from portal.reports.rules.kinds import BEHAVIOUR

_DIMENSION = {
    By.PLACE: "place",
    By.MONTH: "place",
    By.UNIT: "unit",
    By.CATEGORY: "category",
    By.SOURCE: "source",
}


@dataclass(frozen=True)
class Chosen:
    """What the figures are narrowed to. ``categories``: None is all of them."""

    place_path: str | None = None
    area_type: Tag | None = None
    unit_id: UUID | None = None
    categories: frozenset[str] | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Reach:
    """What a reader may count: places (None: all), and whether reports on conduct are among it."""

    scopes: tuple[str, ...] | None = None
    behaviour: bool = True


@dataclass(frozen=True)
class Counted:
    """The counts of each row of a table, by the row's key, and of all together."""

    rows: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def total(self) -> Tally:
        found: Tally = Counter()
        for row in self.rows.values():
            found.update(row)
        return found


def reach_of_figures(actor: Actor) -> Reach:
    """Where somebody reads figures; conduct reports count for those who may read them (R259)."""
    scopes = actor.places_for(Permission.FIGURES_READ)
    inward = actor.places_for(Permission.BEHAVIOUR_READ)
    wide = inward is None or (
        scopes is not None and all(any(s.startswith(i) for i in inward) for s in scopes)
    )
    return Reach(scopes, behaviour=wide)


def counted(session: Session, reach: Reach, span: Span, chosen: Chosen, by: By) -> Counted:
    """The counts of a span by one thing. Keys: a place's path, a unit's key in hex, a code, or the
    first day of a month.
    """
    key = _key(by)
    statement = (
        select(key.label("row"), *(func.sum(getattr(FigureCount, name)) for name in COUNTS))
        .where(_in_span(span, _coarsest(chosen, reach, by)), *_conditions(reach, chosen))
        .group_by(key)
    )
    rows: dict[str, Tally] = {}
    for row in session.execute(statement):
        name = _named(row[0], by)
        rows.setdefault(name, Counter()).update(dict(zip(COUNTS, row[1:], strict=True)))
    return Counted(rows)


def _key(by: By) -> ColumnElement[Any]:
    columns: Mapping[By, ColumnElement[Any]] = {
        By.PLACE: FigureCount.place_path.expression,
        By.UNIT: FigureCount.unit_id.expression,
        By.CATEGORY: FigureCount.category_code.expression,
        By.SOURCE: FigureCount.source.expression,
        By.MONTH: FigureCount.day.expression,
    }
    return columns[by]


def _named(value: object, by: By) -> str:
    if isinstance(value, UUID):
        return value.hex
    if by is By.MONTH and isinstance(value, date):
        return value.replace(day=1).isoformat()
    return str(value)


def _coarsest(chosen: Chosen, reach: Reach, by: By) -> Kept:
    """The kind of a month's rows that tells apart what is asked for, and as little else."""
    wanted = {_DIMENSION[by]}
    wanted |= {"unit"} if chosen.unit_id is not None else set()
    wanted |= {"category"} if chosen.categories is not None or not reach.behaviour else set()
    wanted |= {"source"} if chosen.source is not None else set()
    wanted -= {"place"}
    if not wanted:
        return Kept.PLACE
    return Kept(wanted.pop()) if len(wanted) == 1 else Kept.MONTH


def _in_span(span: Span, kept: Kept) -> ColumnElement[bool]:
    """Whole months by their own rows, the days before and behind them by theirs."""
    row = FigureCount
    parts = [
        and_(row.kept == Kept.DAY, row.day >= edge.first, row.day <= edge.last)
        for edge in span.edges
    ]
    if span.months is not None:
        first, last = span.months
        parts.append(and_(row.kept == kept, row.day >= first, row.day <= last))
    return or_(false(), *parts)


def _conditions(reach: Reach, chosen: Chosen) -> list[ColumnElement[bool]]:
    row, found = FigureCount, list[ColumnElement[bool]]()
    if reach.scopes is not None:
        found.append(or_(false(), *(_inside(scope) for scope in reach.scopes)))
    if not reach.behaviour:
        found.append(row.category_code != BEHAVIOUR)
    if chosen.place_path is not None:
        found.append(_inside(chosen.place_path))
    if chosen.area_type is not None:
        found.append(_of_type(chosen.area_type))
    if chosen.unit_id is not None:
        found.append(row.unit_id == chosen.unit_id)
    if chosen.categories is not None:
        found.append(row.category_code.in_(chosen.categories))
    if chosen.source is not None:
        found.append(row.source == chosen.source.value)
    return found


def _inside(path: str) -> ColumnElement[bool]:
    return FigureCount.place_path.startswith(path, autoescape=True)


def _of_type(tag: Tag) -> ColumnElement[bool]:
    return FigureCount.place_path.in_(paths_tagged(tag))


def child_of(path: str, above: str) -> str:
    """The place just below another that a path leads through; the path itself when it is that."""
    if not path.startswith(above):
        return path
    following = path[len(above) :].split("/", 1)[0]
    return f"{above}{following}/" if following else path


def by_child(rows: Mapping[str, Tally], above: str) -> dict[str, Tally]:
    """Rows by place as rows of the places just below one."""
    found: dict[str, Tally] = {}
    for path, counts in rows.items():
        found.setdefault(child_of(path, above), Counter()).update(counts)
    return found


def units_counted(session: Session, reach: Reach, span: Span) -> Sequence[UUID]:
    """The units that had anything to do in some months."""
    statement = select(FigureCount.unit_id).where(
        _in_span(span, Kept.UNIT), *_conditions(Reach(reach.scopes), Chosen())
    )
    return list(session.scalars(statement.distinct()))


def common_path(paths: Collection[str]) -> str:
    """The lowest place above all of some paths."""
    parts = [path.strip("/").split("/") for path in paths]
    same: list[str] = []
    for codes in zip(*parts, strict=False):
        if len(set(codes)) > 1:
            break
        same.append(codes[0])
    return "/" + "".join(f"{code}/" for code in same)
