"""Orders become cases: each number once, however often and by how many its file is imported.

The first statement of a batch takes the numbers: of two imports at once one gets each of them.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.ids import id_at
from portal.kernel.instance import instance_of
from portal.reports.models import Case, ExternalOrder
from portal.reports.queries.case import case_by_id
from portal.reports.queries.categories import categories_on, limits_on
from portal.reports.rules.categories import CategoryRow, LimitRow, LimitSource
from portal.reports.rules.codes import Event, State
from portal.reports.rules.exchange import RANKS, Order, Stage
from portal.reports.rules.grid import is_news
from portal.reports.rules.intake import district_of
from portal.reports.service.alerts import raise_alert
from portal.reports.service.counting import note_stale
from portal.reports.service.exchange.planting import (
    Key,
    Rows,
    add_steps,
    plant,
    stamps_of,
    steps_of,
)
from portal.reports.service.limits import DEFAULT_MINUTES
from portal.reports.service.search import index_cases

JUST_AFTER = timedelta(milliseconds=1)


@dataclass
class Taken:
    """What became of orders: new cases, cases moved on, rows that said nothing new, and rows that
    differ from what stands here and change nothing: (line, number)."""

    new: int = 0
    moved: int = 0
    same: int = 0
    differ: list[tuple[int, str]] = field(default_factory=list)
    unanswered: int = 0

    def add(self, other: "Taken") -> None:
        self.new += other.new
        self.moved += other.moved
        self.same += other.same
        self.differ += other.differ
        self.unanswered += other.unanswered


class Kinds(NamedTuple):
    """The kinds of a day and their limits, read once for many orders."""

    rows: dict[str, CategoryRow]
    limits: dict[str, LimitRow]
    default: LimitRow


def kinds_of(session: Session, now: datetime) -> Kinds:
    """What new orders are measured by."""
    city = instance_of(session).city
    today = city_day(now, city.zone)
    minutes = int(city.thresholds.get("default_handling_working_minutes", DEFAULT_MINUTES))
    default = LimitRow(minutes, False, LimitSource.STARTING_VALUE, date.min)
    rows = {row.code: row for row in categories_on(session, today)}
    return Kinds(rows, limits_on(session, today), default)


class _Seen(NamedTuple):
    """An order that was here before, and where its case stands."""

    key: Key
    told: str
    progress: str
    version: int
    case_version: int
    state: State
    responded: bool
    updated_at: datetime


def take_orders(session: Session, orders: Sequence[Order], kinds: Kinds, now: datetime) -> Taken:
    """Make cases of new orders, move on those that came further. One transaction, given by the
    caller; numbers are taken in their order, so that two imports do not wait for each other."""
    wanted = {(o.system, o.number): o for o in sorted(orders, key=lambda o: (o.system, o.number))}
    keys = {name: _key(order) for name, order in wanted.items()}
    mine = _claim(session, wanted, keys, now)
    rows, taken, touched = Rows(), Taken(), []
    for name in mine:
        order = wanted[name]
        limit = kinds.limits.get(order.category, kinds.default)
        plant(session, rows, keys[name], order, kinds.rows[order.category], limit, now)
        touched.append(keys[name])
        taken.new += 1
        taken.unanswered += order.no_answer
    others = [order for name, order in wanted.items() if name not in mine]
    touched += _take_again(session, rows, others, taken, now)
    rows.insert(session)
    note_stale(session, (order.found_at for order in orders))
    index_cases(session, [_Indexed(key.district, key.case_id) for key in touched])
    _alert(session, {keys[name]: wanted[name] for name in mine}, now)
    return taken


def _alert(session: Session, made: Mapping[Key, Order], now: datetime) -> None:
    """A new illegal building is told at once, whatever door it comes through (R126)."""
    for key, order in made.items():
        if order.stage is Stage.OPEN and is_news(order.category, order.found_at, now):
            case = case_by_id(session, key.district, key.case_id)
            if case is not None:
                raise_alert(session, case, now=now)


def _key(order: Order) -> Key:
    """Where a new case stands. Files tell whole seconds or minutes: cases of one moment are spread
    over the second after it, or the search would look for a free key for each of them."""
    spread = timedelta(microseconds=secrets.randbelow(1_000_000))
    return Key(district_of(order.place_path), id_at(order.found_at + spread))


class _Indexed(NamedTuple):
    district: str
    id: UUID


def _claim(
    session: Session, wanted: dict[tuple[str, str], Order], keys: dict[tuple[str, str], Key],
    now: datetime,
) -> set[tuple[str, str]]:  # fmt: skip
    """Take the numbers that nobody has: those are ours to make cases of."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = [
        {
            "system": order.system, "number": order.number, "district": keys[name].district,
            "case_id": keys[name].case_id, "told": order.told, "progress": order.progress,
            "version": 1, "unit_name": order.unit_name or None, "no_answer": order.no_answer,
            "late": order.late, "imported_at": now, "changed_at": now,
        }
        for name, order in wanted.items()
    ]  # fmt: skip
    if not values:
        return set()
    claim = dialect.insert(ExternalOrder).values(values).on_conflict_do_nothing()
    found = session.execute(claim.returning(ExternalOrder.system, ExternalOrder.number))
    return {(row.system, row.number) for row in found}


def _take_again(
    session: Session, rows: Rows, orders: Sequence[Order], taken: Taken, now: datetime
) -> list[Key]:
    """Rows of orders that are here already: only their progress may move a case, and only on."""
    seen, moved = _seen(session, orders), []
    for order in orders:
        was = seen.get((order.system, order.number))
        if was is not None and (was.told, was.progress) == (order.told, order.progress):
            taken.same += 1
        elif was is not None and was.told == order.told and _move(session, rows, order, was, now):
            moved.append(was.key)
            taken.moved += 1
            taken.unanswered += order.no_answer
        else:
            taken.differ.append((order.line, order.number))
    return moved


def _seen(session: Session, orders: Sequence[Order]) -> dict[tuple[str, str], _Seen]:
    if not orders:
        return {}
    one = ExternalOrder
    found = session.execute(
        select(one.system, one.number, one.district, one.case_id, one.told, one.progress,
               one.version, Case.version.label("case_version"), Case.state, Case.responded_at,
               Case.updated_at)
        .join(Case, (Case.district == one.district) & (Case.id == one.case_id))
        .where(one.system == orders[0].system, one.number.in_([o.number for o in orders]))
    )  # fmt: skip
    return {
        (row.system, row.number): _Seen(
            Key(row.district, row.case_id), row.told, row.progress, row.version,
            row.case_version, row.state, row.responded_at is not None, row.updated_at,
        )
        for row in found
    }  # fmt: skip


def _move(session: Session, rows: Rows, order: Order, was: _Seen, now: datetime) -> bool:
    """Move a case on that nobody here has touched since the last import; False: leave it."""
    if was.version != was.case_version or was.state not in RANKS:
        return False
    rank = RANKS[was.state]
    steps = [
        step
        for step in steps_of(order, now)
        if RANKS.get(step.to, 0) > rank
        or (step.event is Event.FILE and rank == 0 and order.stage is Stage.OPEN)
        or (step.event is Event.RESPOND and not was.responded and rank == 0)
    ]
    if not steps or RANKS[order.state] < rank:
        return False
    values: dict[str, Any] = {**stamps_of(order, steps, now), "version": was.case_version + 1}
    values["state"] = steps[-1].to
    claimed = changed_rows(
        session,
        update(Case)
        .where(
            Case.district == was.key.district,
            Case.id == was.key.case_id,
            Case.state == was.state,
            Case.version == was.case_version,
        )
        .values(**values),
    )
    if claimed != 1:
        return False
    add_steps(rows, was.key, order, steps, before=was.state, after=was.updated_at + JUST_AFTER)
    _note(session, order, was, now)
    return True


def _note(session: Session, order: Order, was: _Seen, now: datetime) -> None:
    """Remember what the other system says now."""
    session.execute(
        update(ExternalOrder)
        .where(ExternalOrder.system == order.system, ExternalOrder.number == order.number)
        .values(
            progress=order.progress,
            version=was.case_version + 1,
            unit_name=order.unit_name or None,
            no_answer=order.no_answer,
            late=order.late,
            changed_at=now,
        )
    )
