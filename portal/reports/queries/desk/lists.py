"""The desk's lists: what waits for whom, the most pressing first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.kernel.clock import city_day
from portal.kernel.db import UtcDateTime
from portal.kernel.instance import instance_of
from portal.reports.models import Case, Category
from portal.reports.queries.desk.options import area_names
from portal.reports.queries.desk.reach import narrowing, waits_for
from portal.reports.rules.codes import Pause, Source, State
from portal.reports.rules.desk import EVERYTHING, Narrowed, Task, tasks_of, wider_tasks
from portal.reports.rules.pauses import is_late_at
from portal.reports.rules.transitions import OPEN

PAGE = 25
# where somebody's own work can lie: also what the reporter solved, and what others answer for
WAITING = OPEN | {State.SELF_SOLVED, State.HANDED_OVER}
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class DeskRow:
    """One line of a desk's list."""

    id: UUID
    number: str
    version: int
    state: State
    source: Source
    category: Mapping[str, str]
    place: Mapping[str, str]
    unit_id: UUID | None
    urgent: bool
    promised_at: datetime | None
    round_the_clock: bool
    calendar_code: str | None
    handled_at: datetime | None
    pause: Pause | None
    paused_at: datetime | None
    paused_until: datetime | None
    promise_if_over: datetime | None
    found_at: datetime
    times_urged: int
    times_sent_back: int
    tasks: tuple[Task, ...]
    late: bool = False


@dataclass(frozen=True)
class Cursor:
    """The last line of a page: the next one begins after it."""

    calm: int
    due: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.calm}~{self.due.timestamp():.6f}~{self.id.hex}"


# found by the few things that wait, also with cases that are not open any more
APART = frozenset({Task.MODERATE, Task.HANDED_IN, Task.OUTSIDE})


@dataclass(frozen=True)
class DeskPage:
    """A page of a list, and where the next one begins."""

    rows: list[DeskRow]
    next: Cursor | None


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor in a link; None when it is none."""
    try:
        calm, due, key = (text or "").split("~")
        place = {"0": 0, "1": 1}[calm]  # any other number may be more than a database can hold
        return Cursor(place, datetime.fromtimestamp(float(due), UTC), UUID(hex=key))
    except (KeyError, ValueError, OverflowError, OSError):
        return None


class HasPlaceInList(Protocol):
    """A case or a row of one, as far as its place in a list goes."""

    @property
    def id(self) -> UUID: ...

    @property
    def urgent(self) -> bool: ...

    @property
    def promised_at(self) -> datetime | None: ...

    @property
    def paused_until(self) -> datetime | None: ...

    @property
    def promise_if_over(self) -> datetime | None: ...

    @property
    def found_at(self) -> datetime: ...


def cursor_of(one: HasPlaceInList, task: Task) -> Cursor:
    """Where a case stands in a task's list, also when it has just left it."""
    if task is Task.ALL:
        return Cursor(0, one.found_at, one.id)
    # what waits for something comes when it will be due, not before
    due = one.promised_at if one.paused_until is None else one.promise_if_over
    return Cursor(0 if one.urgent else 1, due or FAR, one.id)


def _today(session: Session, now: datetime) -> date:
    return city_day(now, instance_of(session).city.zone)


def desk_counts(
    session: Session, actor: Actor, now: datetime, narrowed: Narrowed = EVERYTHING
) -> dict[Task, int]:
    """How many cases each task has, what is late and what is open, in one query."""
    chosen, today = narrowing(narrowed, now), _today(session, now)
    tasks: list[Task] = [
        *(task for task in tasks_of(actor) if task not in APART),
        Task.LATE,
        Task.OPEN,
    ]
    counts = [func.count(case((waits_for(actor, task, now, today), 1))) for task in tasks]
    statement = select(*counts).select_from(Case).where(Case.state.in_(WAITING), *chosen)
    if Task.SUPPORT in wider_tasks(actor):
        # apart, so that the others are not slowed down by it
        supported = select(func.count()).select_from(Case)
        supported = supported.where(waits_for(actor, Task.SUPPORT, now, today), *chosen)
        statement = statement.add_columns(supported.scalar_subquery())
        tasks.append(Task.SUPPORT)
    for task in (task for task in tasks_of(actor) if task in APART):
        waiting = select(func.count()).select_from(Case)
        waiting = waiting.where(waits_for(actor, task, now, today), *chosen)
        statement = statement.add_columns(waiting.scalar_subquery())
        tasks.append(task)
    return dict(zip(tasks, session.execute(statement).one(), strict=True))


@dataclass(frozen=True)
class _Order:
    """The order of a list: urgent and soonest due first, or (for everything) the newest first."""

    calm: ColumnElement[int]
    due: ColumnElement[datetime]
    newest: bool

    def after(self, cursor: Cursor) -> ColumnElement[bool]:
        """What lies beyond the last line of a page."""
        moment, key = literal(cursor.due, UtcDateTime()), literal(cursor.id, Case.id.type)
        if self.newest:
            # the first half lets an index find the place
            return and_(self.due <= moment, tuple_(self.due, Case.id) < tuple_(moment, key))
        return tuple_(self.calm, self.due, Case.id) > tuple_(literal(cursor.calm), moment, key)

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        if self.newest:
            return [self.due.desc(), Case.id.desc()]
        return [self.calm, self.due, Case.id.expression]


def _order_of(task: Task) -> _Order:
    if task is Task.ALL:
        return _Order(literal(0), Case.found_at.expression, newest=True)
    promised = case((Case.paused_until.is_(None), Case.promised_at), else_=Case.promise_if_over)
    due = func.coalesce(promised, literal(FAR, UtcDateTime()), type_=UtcDateTime())
    return _Order(case((Case.urgent, 0), else_=1), due, newest=False)


def desk_page(
    session: Session,
    actor: Actor,
    task: Task,
    now: datetime,
    *,
    narrowed: Narrowed = EVERYTHING,
    after: Cursor | None = None,
    size: int = PAGE,
) -> DeskPage:
    """One page of a list in one query."""
    order, today = _order_of(task), _today(session, now)
    conditions = [waits_for(actor, task, now, today), *narrowing(narrowed, now)]
    if task is Task.MINE:
        conditions.append(Case.state.in_(WAITING))
    if after is not None:
        conditions.append(order.after(after))
    mine = tasks_of(actor) if task is Task.MINE else ()
    waits = [
        case((waits_for(actor, part, now, today), 1), else_=0).label(part.value) for part in mine
    ]
    statement = _desk_columns(order).add_columns(*waits)
    statement = statement.where(*conditions).order_by(*order.columns)
    found = session.execute(statement.limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return DeskPage(
        [_desk_row(row, mine, now) for row in found[:size]],
        Cursor(last.calm, last.due, last.id) if last else None,
    )


def _desk_columns(order: _Order) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Case.id,
            Case.number,
            Case.version,
            Case.state,
            Case.source,
            Case.unit_id,
            Case.urgent,
            Case.promised_at,
            Case.round_the_clock,
            Case.calendar_code,
            Case.handled_at,
            Case.pause,
            Case.paused_at,
            Case.paused_until,
            Case.promise_if_over,
            Case.found_at,
            Case.times_urged,
            Case.times_sent_back,
            Category.name_zh_Hans.label("kind_zh_Hans"),
            Category.name_zh_Hant.label("kind_zh_Hant"),
            Category.name_en.label("kind_en"),
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
            order.calm.label("calm"),
            order.due.label("due"),
        )
        .join(Category, Category.code == Case.category_code, isouter=True)
        .join(Area, Area.id == Case.area_id, isouter=True)
    )


def _desk_row(row: Any, mine: Sequence[Task], now: datetime) -> DeskRow:
    made = DeskRow(
        id=row.id,
        number=row.number,
        version=row.version,
        state=row.state,
        source=row.source,
        category=tidy_names(
            {"zh_Hans": row.kind_zh_Hans, "zh_Hant": row.kind_zh_Hant, "en": row.kind_en}
        ),
        place=area_names(row),
        unit_id=row.unit_id,
        urgent=row.urgent,
        promised_at=row.promised_at,
        round_the_clock=row.round_the_clock,
        calendar_code=row.calendar_code,
        handled_at=row.handled_at,
        pause=row.pause,
        paused_at=row.paused_at,
        paused_until=row.paused_until,
        promise_if_over=row.promise_if_over,
        found_at=row.found_at,
        times_urged=row.times_urged,
        times_sent_back=row.times_sent_back,
        tasks=tuple(task for task in mine if row._mapping[task.value]),
    )
    return replace(made, late=is_late_at(made, now))
