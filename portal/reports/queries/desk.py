"""The desk's lists: what waits for whom, the most pressing first; lateness is derived here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.kernel.db import UtcDateTime
from portal.reports.models import Case, CasePhoto, CaseText, Category
from portal.reports.rules.codes import Review, State, Target, TextKind
from portal.reports.rules.deadlines import is_late
from portal.reports.rules.desk import WORK, Task, tasks_of
from portal.reports.rules.transitions import OPEN, SENT_BACK

PAGE = 25
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
TO_CHECK = (TextKind.DESCRIPTION, TextKind.PLACE, TextKind.ADDITION)


@dataclass(frozen=True)
class DeskRow:
    """One line of a desk's list."""

    id: UUID
    number: str
    state: State
    category: Mapping[str, str]
    place: Mapping[str, str]
    unit_id: UUID | None
    urgent: bool
    promised_at: datetime | None
    found_at: datetime
    times_urged: int
    times_sent_back: int
    late: bool
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Cursor:
    """The last line of a page: the next one begins after it."""

    calm: int
    due: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.calm}~{self.due.timestamp():.6f}~{self.id.hex}"


@dataclass(frozen=True)
class DeskPage:
    """A page of a list, and where the next one begins."""

    rows: list[DeskRow]
    next: Cursor | None


@dataclass(frozen=True)
class PlaceOption:
    """A place the list can be narrowed to."""

    path: str
    names: Mapping[str, str]


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor in a link; None when it is none."""
    try:
        calm, due, key = (text or "").split("~")
        place = {"0": 0, "1": 1}[calm]  # any other number may be more than a database can hold
        return Cursor(place, datetime.fromtimestamp(float(due), UTC), UUID(hex=key))
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def inside(place_path: str) -> ColumnElement[bool]:
    """Cases in a place. Paths are made of codes, which hold no wildcard."""
    return Case.place_path.startswith(place_path, autoescape=True)


def reach(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Cases for which somebody holds a permission: by place, or dispatched to her unit."""
    return or_(false(), *_grants(actor, permission, {True, False}))


def _by_unit(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return or_(false(), *_grants(actor, permission, {True}))


def _by_place(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return or_(false(), *_grants(actor, permission, {False}))


def _grants(
    actor: Actor, permission: Permission, of_unit: set[bool]
) -> Iterable[ColumnElement[bool]]:
    for grant in actor.grants:
        if grant.permission is permission and (grant.organisation_id is not None) in of_unit:
            place = inside(grant.place_path) if grant.place_path else true()
            unit = Case.unit_id == grant.organisation_id if grant.organisation_id else true()
            yield and_(place, unit)


def is_late_now(now: datetime) -> ColumnElement[bool]:
    """The same as ``rules.deadlines.is_late``, for the database to count."""
    handled = and_(Case.state == State.HANDLED, Case.handled_at > Case.promised_at)
    waiting = and_(Case.state.in_(OPEN - {State.HANDLED}), Case.promised_at < now)
    return or_(handled, waiting)


def waits_for(actor: Actor, task: Task, now: datetime) -> ColumnElement[bool]:
    """Which cases belong to a task of somebody."""
    if task is Task.MINE:
        return or_(false(), *(waits_for(actor, mine, now) for mine in tasks_of(actor)))
    readable = reach(actor, Permission.REPORT_READ)
    wider = {
        Task.LATE: is_late_now(now),
        Task.OPEN: Case.state.in_(OPEN),
        Task.ALL: true(),
    }
    condition = wider[task] if task in wider else _work(actor, task)
    return and_(readable, condition)


def _work(actor: Actor, task: Task) -> ColumnElement[bool]:
    verbs = or_(*(reach(actor, permission) for permission in sorted(WORK[task])))
    if task is Task.HANDLE:
        return and_(Case.state == State.DISPATCHED, _by_unit(actor, Permission.REPORT_HANDLE))
    if task is Task.SENT_BACK:
        own = and_(_by_place(actor, Permission.REPORT_HANDLE), Case.unit_id.is_(None))
        return and_(Case.state.in_(SENT_BACK), or_(_by_unit(actor, Permission.REPORT_HANDLE), own))
    conditions = {
        Task.CHECK: Case.state == State.REPORTED,
        Task.RESPOND: and_(Case.responded_at.is_(None), Case.state.in_(OPEN - {State.HANDLED})),
        Task.DISPATCH: Case.state.in_((State.ACCEPTED, State.FILED)),
        Task.VERIFY: and_(Case.state == State.HANDLED, _somebody_elses(actor)),
        Task.MODERATE: _unchecked(),
    }
    return and_(conditions[task], verbs)


def _somebody_elses(actor: Actor) -> ColumnElement[bool]:
    """Not handled by herself or her unit, not dispatched by herself."""
    units = actor.organisations_for(Permission.REPORT_HANDLE)
    return and_(
        or_(Case.handler_id.is_(None), Case.handler_id != actor.person_id),
        or_(Case.dispatcher_id.is_(None), Case.dispatcher_id != actor.person_id),
        or_(Case.unit_id.is_(None), Case.unit_id.not_in(units)) if units else true(),
    )


def _unchecked() -> ColumnElement[bool]:
    """Something of the reporter's waits for the check, and the public may ever see it (P5)."""
    texts = select(CaseText.district, CaseText.case_id).where(
        CaseText.review == Review.PENDING, CaseText.by_reporter, CaseText.kind.in_(TO_CHECK)
    )
    photos = select(CasePhoto.district, CasePhoto.case_id).where(
        CasePhoto.review == Review.PENDING, CasePhoto.by_reporter
    )
    # from what waits to its cases: the other way round every case would be looked at
    waiting = tuple_(Case.district, Case.id).in_(select(union(texts, photos).subquery()))
    things = Case.category_code.in_(select(Category.code).where(Category.target == Target.THING))
    gone = (State.VOID, State.WITHDRAWN, State.NOT_ACCEPTED, State.NOT_FILED)
    return and_(waiting, things, Case.state.not_in(gone))


def desk_counts(
    session: Session, actor: Actor, now: datetime, place_path: str | None = None
) -> dict[Task, int]:
    """How many cases each task has, what is late and what is open, in one query."""
    place = inside(place_path) if place_path is not None else true()
    tasks: list[Task] = [
        *(task for task in tasks_of(actor) if task is not Task.MODERATE),
        Task.LATE,
        Task.OPEN,
    ]
    counts = [func.count(case((waits_for(actor, task, now), 1))) for task in tasks]
    statement = select(*counts).select_from(Case).where(Case.state.in_(OPEN), place)
    if Task.MODERATE in tasks_of(actor):
        # closed cases may wait for a check too
        unchecked = select(func.count()).select_from(Case)
        unchecked = unchecked.where(waits_for(actor, Task.MODERATE, now), place)
        statement = statement.add_columns(unchecked.scalar_subquery())
        tasks.append(Task.MODERATE)
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
    due = func.coalesce(Case.promised_at, literal(FAR, UtcDateTime()), type_=UtcDateTime())
    return _Order(case((Case.urgent, 0), else_=1), due, newest=False)


def desk_page(
    session: Session,
    actor: Actor,
    task: Task,
    now: datetime,
    *,
    place_path: str | None = None,
    after: Cursor | None = None,
    size: int = PAGE,
) -> DeskPage:
    """One page of a list in one query."""
    order = _order_of(task)
    conditions = [waits_for(actor, task, now)]
    if task is Task.MINE:
        conditions.append(Case.state.in_(OPEN))
    if place_path is not None:
        conditions.append(inside(place_path))
    if after is not None:
        conditions.append(order.after(after))
    mine = tasks_of(actor) if task is Task.MINE else ()
    waits = [case((waits_for(actor, part, now), 1), else_=0).label(part.value) for part in mine]
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
            Case.state,
            Case.unit_id,
            Case.urgent,
            Case.promised_at,
            Case.handled_at,
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
    return DeskRow(
        id=row.id,
        number=row.number,
        state=row.state,
        category=tidy_names(
            {"zh_Hans": row.kind_zh_Hans, "zh_Hant": row.kind_zh_Hant, "en": row.kind_en}
        ),
        place=area_names(row),
        unit_id=row.unit_id,
        urgent=row.urgent,
        promised_at=row.promised_at,
        found_at=row.found_at,
        times_urged=row.times_urged,
        times_sent_back=row.times_sent_back,
        late=is_late(row.state, row.promised_at, row.handled_at, now),
        tasks=tuple(task for task in mine if row._mapping[task.value]),
    )


def area_names(row: Any) -> dict[str, str]:
    """The names of a row that holds a place's columns."""
    return tidy_names({"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en})


def place_options(
    session: Session, scopes: Sequence[str] | None, chosen: str | None
) -> list[PlaceOption]:
    """Places to narrow a list to: one's own and those just below, and below the chosen one."""
    roots = Area.path.in_(scopes) if scopes is not None else Area.parent_id.is_(None)
    above: list[ColumnElement[bool]] = [roots]
    if chosen is not None:
        above.append(Area.path == chosen)
    parents = select(Area.id).where(or_(*above))
    own = Area.path.in_([*(scopes or ()), *([chosen] if chosen else ())])
    found = session.execute(
        select(Area.path, Area.name_zh_hans, Area.name_zh_hant, Area.name_en)
        .where(or_(own, Area.parent_id.in_(parents)), Area.valid_to.is_(None))
        .order_by(Area.path)
    )
    return [PlaceOption(row.path, area_names(row)) for row in found]


def category_names(session: Session, on: date) -> dict[str, Mapping[str, str]]:
    """The kinds of problem in use on a day, in their order."""
    found = session.execute(
        select(
            Category.code,
            Category.name_zh_Hans,
            Category.name_zh_Hant,
            Category.name_en,
        )
        .where(Category.valid_from <= on, or_(Category.valid_to.is_(None), Category.valid_to > on))
        .order_by(Category.position, Category.code)
    )
    return {row[0]: tidy_names(dict(zip(LANGUAGES, row[1:], strict=True))) for row in found}
