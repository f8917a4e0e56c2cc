"""Reads of templates, series and batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from volunteers.models import (
    Activity,
    SeriesException,
    Shift,
    ShiftBatch,
    ShiftPlan,
    ShiftPlanPost,
    ShiftSeries,
    SignUp,
)
from volunteers.queries.activities import said_in, within
from volunteers.rules.activities import ActivityState, DutyKind
from volunteers.rules.batches import BatchKind
from volunteers.rules.planning import PlanWish, PostWish, TimesWish
from volunteers.rules.signing_up import ACTIVE

MOST_TEMPLATES: Final = 100
_PLAN: Final = (
    "id", "number", "name", "duty", "start_minute", "minutes", "area_id", "place_path",
    "meeting_place",
)  # fmt: skip


@dataclass(frozen=True)
class PlanRow:
    """A plan as it is read."""

    id: UUID
    number: str
    name: str | None
    duty: DutyKind
    start_minute: int
    minutes: int
    area_id: UUID
    place_path: str
    meeting_place: str
    posts: tuple[PostWish, ...] = ()

    @property
    def start(self) -> time:
        return time(self.start_minute // 60, self.start_minute % 60)

    @property
    def end(self) -> time:
        minute = (self.start_minute + self.minutes) % (24 * 60)
        return time(minute // 60, minute % 60)

    @property
    def next_day(self) -> bool:
        return self.start_minute + self.minutes >= 24 * 60

    def wish(self, area_code: str) -> PlanWish:
        """The plan as its form shows it."""
        times = TimesWish(self.start, self.end, self.next_day)
        return PlanWish(times, self.duty.value, area_code, self.meeting_place, self.posts)


def _plans(session: Session, statement: Select[Any]) -> list[PlanRow]:
    rows = session.execute(statement).all()
    posts: dict[UUID, list[PostWish]] = {}
    wanted = select(ShiftPlanPost).where(ShiftPlanPost.plan_id.in_([row.id for row in rows]))
    for post in session.scalars(wanted.order_by(ShiftPlanPost.role)) if rows else ():
        wish = PostWish(post.role, post.seats, post.least, post.qualification)
        posts.setdefault(post.plan_id, []).append(wish)
    return [
        PlanRow(**{name: getattr(row, name) for name in _PLAN}, posts=tuple(posts.get(row.id, ())))
        for row in rows
    ]


def _plan_columns() -> Select[Any]:
    return select(*(getattr(ShiftPlan, name) for name in _PLAN))


def templates(session: Session, scopes: Sequence[str] | None) -> list[PlanRow]:
    """The templates of some places, by name."""
    statement = _plan_columns().where(ShiftPlan.name.is_not(None))
    inside = within(ShiftPlan.place_path, scopes)
    if inside is not None:
        statement = statement.where(inside)
    return _plans(session, statement.order_by(ShiftPlan.name, ShiftPlan.id).limit(MOST_TEMPLATES))


def template(session: Session, number: str) -> PlanRow | None:
    """One template by its number."""
    wanted = _plan_columns().where(ShiftPlan.number == number, ShiftPlan.name.is_not(None))
    found = _plans(session, wanted)
    return found[0] if found else None


@dataclass(frozen=True)
class SeriesRow:
    """A series as it is read, with its plan, its activity and the days that are left out."""

    id: UUID
    number: str
    activity_id: UUID
    rule: str
    first_on: date
    skip_holidays: bool
    version: int
    made_to: date | None
    ended_at: datetime | None
    activity_number: str
    activity_state: ActivityState
    titles: Mapping[str, str]
    plan: PlanRow
    exceptions: frozenset[date] = frozenset()


_SERIES: Final = (
    "id", "number", "activity_id", "rule", "first_on", "skip_holidays", "version", "made_to",
    "ended_at",
)  # fmt: skip


def _series(session: Session, *conditions: Any) -> list[SeriesRow]:
    titles = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
    statement = (
        select(
            *(getattr(ShiftSeries, name) for name in _SERIES),
            ShiftSeries.plan_id,
            Activity.number.label("activity_number"),
            Activity.state.label("activity_state"),
            *titles,
        )
        .join(Activity, Activity.id == ShiftSeries.activity_id)
        .where(*conditions)
        .order_by(ShiftSeries.id)
    )
    rows = session.execute(statement).all()
    if not rows:
        return []
    wanted = _plan_columns().where(ShiftPlan.id.in_([row.plan_id for row in rows]))
    plans = {plan.id: plan for plan in _plans(session, wanted)}
    out = _exceptions(session, [row.id for row in rows])
    return [
        SeriesRow(
            **{name: getattr(row, name) for name in _SERIES},
            activity_number=row.activity_number,
            activity_state=row.activity_state,
            titles=said_in(row, "title"),
            plan=plans[row.plan_id],
            exceptions=frozenset(out.get(row.id, ())),
        )
        for row in rows
    ]


def _exceptions(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[date]]:
    wanted = select(SeriesException.series_id, SeriesException.day)
    found: dict[UUID, list[date]] = {}
    for row in session.execute(wanted.where(SeriesException.series_id.in_(ids))):
        found.setdefault(row.series_id, []).append(row.day)
    return found


def series(session: Session, number: str) -> SeriesRow | None:
    """One series by its number."""
    found = _series(session, ShiftSeries.number == number)
    return found[0] if found else None


def series_of(session: Session, activity_id: UUID) -> list[SeriesRow]:
    """The series of an activity, the oldest first."""
    return _series(session, ShiftSeries.activity_id == activity_id)


def series_to_make(session: Session) -> list[SeriesRow]:
    """Series that still have shifts to be made."""
    return _series(session, ShiftSeries.ended_at.is_(None), Activity.state == ActivityState.OPEN)


def people_on(session: Session, shifts: Sequence[UUID]) -> dict[UUID, int]:
    """How many people are on each of some shifts, whether they have a seat or wait for one."""
    if not shifts:
        return {}
    rows = session.execute(
        select(SignUp.shift_id, func.count())
        .where(SignUp.shift_id.in_(shifts), SignUp.state.in_(ACTIVE))
        .group_by(SignUp.shift_id)
    )
    return {shift_id: int(count) for shift_id, count in rows}


def with_history(session: Session, shifts: Sequence[UUID]) -> set[UUID]:
    """Those of some shifts for which somebody has ever signed up."""
    if not shifts:
        return set()
    wanted = select(SignUp.shift_id).where(SignUp.shift_id.in_(shifts))
    return set(session.scalars(wanted.distinct()))


@dataclass(frozen=True)
class BatchRow:
    """Shifts that were made at once. ``left``: how many of them are still there."""

    id: UUID
    number: str
    activity_id: UUID
    kind: BatchKind
    shifts: int
    already: int
    made_at: datetime
    maker_id: UUID
    undone_at: datetime | None
    activity_number: str
    place_path: str
    titles: Mapping[str, str]
    left: int


_BATCH: Final = (
    "id", "number", "activity_id", "kind", "shifts", "already", "made_at", "maker_id", "undone_at",
)  # fmt: skip


def _batches(session: Session, *conditions: Any) -> list[BatchRow]:
    titles = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
    left = select(func.count()).where(Shift.batch_id == ShiftBatch.id).scalar_subquery()
    rows = session.execute(
        select(
            *(getattr(ShiftBatch, name) for name in _BATCH),
            Activity.number.label("activity_number"), Activity.place_path, *titles,
            left.label("left"),
        )
        .join(Activity, Activity.id == ShiftBatch.activity_id)
        .where(*conditions)
        .order_by(ShiftBatch.id.desc())
    )  # fmt: skip
    return [
        BatchRow(
            **{name: getattr(row, name) for name in _BATCH},
            activity_number=row.activity_number,
            place_path=row.place_path,
            titles=said_in(row, "title"),
            left=row.left,
        )
        for row in rows
    ]


def batch(session: Session, number: str) -> BatchRow | None:
    """One batch by its number."""
    found = _batches(session, ShiftBatch.number == number)
    return found[0] if found else None


def batches_of(session: Session, activity_id: UUID) -> list[BatchRow]:
    """The batches of an activity, the newest first."""
    return _batches(session, ShiftBatch.activity_id == activity_id)
