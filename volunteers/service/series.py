"""Series: a plan that recurs. A job makes shifts ahead, one for each day and never two."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, areas_by_ids
from portal.kernel.calendars import calendars_of
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import SeriesException, ShiftSeries
from volunteers.queries.activities import ActivityRow, activity
from volunteers.queries.plans import SeriesRow, people_on, series, with_history
from volunteers.queries.shifts import ShiftRow, shifts_of_series
from volunteers.rules.planning import PlanWish, ShiftRefusal, flaw_of_span, span_on
from volunteers.rules.recurrence import BadRule, Rule, check_series, read_rule
from volunteers.rules.series import (
    AHEAD,
    MOST_EXCEPTIONS,
    SeriesRefusal,
    SeriesWish,
    Touched,
    days_of_series,
    touched_by,
)
from volunteers.rules.shifts import LONGEST_REASON, Span
from volunteers.service.activities import may_organise
from volunteers.service.acts import note
from volunteers.service.batches import remove_shifts
from volunteers.service.calling_off import call_off_shifts
from volunteers.service.shifts import (
    activity_for_shifts,
    checked_place,
    insert_shifts,
    set_posts,
    write_shift,
)
from volunteers.service.templates import rewrite_plan, write_plan


def series_to_manage(session: Session, actor: Actor, number: str) -> SeriesRow:
    """A series of her own places. Raises Missing for what lies elsewhere."""
    row = series(session, number)
    if row is None or not may_organise(actor, row.plan.place_path):
        raise Missing
    return row


def start_series(
    session: Session,
    actor: Actor,
    activity: str,
    plan: PlanWish,
    wish: SeriesWish,
    *,
    now: datetime,
) -> str:
    """Begin a series and make its next shifts; its number."""
    of = activity_for_shifts(session, actor, activity)
    area = checked_place(session, actor, plan, now)
    rule = checked_rule(wish)
    plan_id = write_plan(session, plan, area, number=new_number())
    row = ShiftSeries(
        id=new_id(), number=new_number(), activity_id=of.id, plan_id=plan_id, rule=rule.text(),
        first_on=wish.first, skip_holidays=wish.skip_holidays, made_at=now,
    )  # fmt: skip
    session.add(row)
    # its days off refer to it
    session.flush()
    _keep_exceptions(session, row.id, wish)
    note(session, actor, "series:start", row.number, now)
    make_series(session, row.number, now=now)
    return row.number


def checked_rule(wish: SeriesWish) -> Rule:
    """The rule of a series that can be kept. Raises Refused with the field to blame."""
    if wish.first is None:
        raise Refused(SeriesRefusal.NO_FIRST, field="first")
    if len(wish.exceptions) > MOST_EXCEPTIONS:
        raise Refused(SeriesRefusal.BAD_EXCEPTION, field="exceptions")
    try:
        rule = read_rule(wish.rule)
        check_series(rule, wish.first)
    except BadRule as bad:
        raise Refused(bad.code, field="rule", facts={"part": bad.part}) from bad
    return rule


def _keep_exceptions(session: Session, series_id: UUID, wish: SeriesWish) -> None:
    session.execute(delete(SeriesException).where(SeriesException.series_id == series_id))
    session.add_all(SeriesException(series_id=series_id, day=day) for day in wish.exceptions)
    session.flush()


def make_series(session: Session, number: str, *, now: datetime) -> int:
    """Make what a series still lacks for the next weeks; how many. Doing it twice adds nothing."""
    # two at once would both see a day without a shift: the second waits here
    session.execute(select(ShiftSeries.id).where(ShiftSeries.number == number).with_for_update())
    row = series(session, number)
    of = None if row is None else activity(session, row.activity_number)
    if row is None or of is None or row.ended_at is not None:
        return 0
    days, known = _days(session, row, _wish(row), now)
    there = {one.original_on for one in shifts_of_series(session, row.id)}
    fresh = [day for day in days if day not in there]
    _insert(session, of, row, fresh, now)
    session.execute(update(ShiftSeries).where(ShiftSeries.id == row.id).values(made_to=known))
    return len(fresh)


def _wish(row: SeriesRow) -> SeriesWish:
    return SeriesWish(row.rule, row.first_on, row.exceptions, row.skip_holidays)


def _days(
    session: Session, row: SeriesRow, wish: SeriesWish, now: datetime, plan: PlanWish | None = None
) -> tuple[list[date], date]:
    """On which days a series still takes place in the weeks ahead, and how far they are known."""
    zone = instance_of(session).city.zone
    today = city_day(now, zone)
    calendar = calendars_of(session).get(None)
    days, known = days_of_series(
        read_rule(wish.rule), wish, calendar, since=today, until=today + AHEAD
    )
    times = plan or row.plan.wish("")
    return [day for day in days if flaw_of_span(_span(session, times, day), now) is None], known


def _span(session: Session, plan: PlanWish, day: date) -> Span:
    zone = instance_of(session).city.zone
    start = plan.times.start
    if start is None:
        raise Missing
    return span_on(day, start, plan.times.minutes, zone)


def _insert(
    session: Session, of: ActivityRow, row: SeriesRow, days: Sequence[date], now: datetime
) -> None:
    area = areas_by_ids(session, [row.plan.area_id])[row.plan.area_id]
    plan = row.plan.wish(area.code)
    spans = [_span(session, plan, day) for day in days]
    insert_shifts(session, of, plan, area, spans, now=now, days=list(days), series_id=row.id)


def preview_change(
    session: Session, actor: Actor, number: str, plan: PlanWish, wish: SeriesWish, *, now: datetime
) -> Touched:
    """Which shifts an edit touches, and how many people. Changes nothing. Raises Refused."""
    row = _changeable(session, actor, number)
    checked_place(session, actor, plan, now)
    checked_rule(wish)
    return _touched(session, row, plan, wish, now)[0]


def _changeable(session: Session, actor: Actor, number: str) -> SeriesRow:
    row = series_to_manage(session, actor, number)
    if row.ended_at is not None:
        raise Conflict(SeriesRefusal.ENDED)
    activity_for_shifts(session, actor, row.activity_number)
    return row


def _touched(
    session: Session, row: SeriesRow, plan: PlanWish, wish: SeriesWish, now: datetime
) -> tuple[Touched, dict[UUID, ShiftRow]]:
    days, _known = _days(session, row, wish, now, plan)
    there = shifts_of_series(session, row.id)
    made = {one.id: one for one in there if one.starts_at > now and not one.called_off}
    # a day whose shift was called off or has begun is not made again
    closed = {one.original_on for one in there if one.id not in made}
    ids = list(made)
    touched = touched_by(
        [day for day in days if day not in closed], list(made.values()), people_on(session, ids),
        frozenset(with_history(session, ids)),
    )  # fmt: skip
    return touched, made


def change_series(
    session: Session,
    actor: Actor,
    number: str,
    plan: PlanWish,
    wish: SeriesWish,
    *,
    seen: int,
    reason: str,
    now: datetime,
) -> Touched:
    """Change a series from now on, and its shifts that have not begun; what was touched.

    A shift with people on it moves with the series and they are asked again; when its day is no
    more, it is called off and they are told the reason.
    """
    row = _changeable(session, actor, number)
    area = checked_place(session, actor, plan, now)
    rule = checked_rule(wish)
    mine = update(ShiftSeries).where(ShiftSeries.id == row.id, ShiftSeries.version == seen)
    values = {
        "version": ShiftSeries.version + 1, "rule": rule.text(), "first_on": wish.first,
        "skip_holidays": wish.skip_holidays,
    }  # fmt: skip
    if changed_rows(session, mine.values(**values)) != 1:
        raise Conflict(SeriesRefusal.CHANGED)
    touched, made = _touched(session, row, plan, wish, now)
    rewrite_plan(session, row.plan.id, plan, area)
    _keep_exceptions(session, row.id, wish)
    for one in (*touched.moved, *touched.rewritten):
        _move(session, made[one], plan, area, now)
    _take_away(session, actor, touched, reason, now)
    note(session, actor, "series:change", number, now)
    make_series(session, number, now=now)
    return touched


def _move(session: Session, one: ShiftRow, plan: PlanWish, area: AreaRow, now: datetime) -> None:
    """Give a shift the time, place and seats of its series."""
    if one.original_on is None:
        return
    span = _span(session, plan, one.original_on)
    where = plan.meeting_place or one.meeting_place
    before = (one.starts_at, one.ends_at, one.area_id, one.meeting_place)
    write_shift(
        session, one, one.sequence, now=now,
        moved=before != (span.starts_at, span.ends_at, area.id, where), starts_at=span.starts_at,
        ends_at=span.ends_at, area_id=area.id, place_path=area.path, meeting_place=where,
        lon=area.lon, lat=area.lat, duty=plan.duty,
    )  # fmt: skip
    set_posts(session, one, plan.posts)


def _take_away(
    session: Session, actor: Actor, touched: Touched, reason: str, now: datetime
) -> None:
    why = reason.strip()[:LONGEST_REASON]
    if touched.off and not why:
        raise Refused(ShiftRefusal.NO_REASON, field="reason")
    remove_shifts(session, touched.gone)
    call_off_shifts(session, actor, touched.off, reason=why, now=now)


def end_series(
    session: Session, actor: Actor, number: str, *, seen: int, reason: str, now: datetime
) -> Touched:
    """End a series: shifts nobody signed up for go, the others are called off with a reason."""
    row = series_to_manage(session, actor, number)
    mine = update(ShiftSeries).where(
        ShiftSeries.id == row.id, ShiftSeries.version == seen, ShiftSeries.ended_at.is_(None)
    )
    values = {"version": ShiftSeries.version + 1, "ended_at": now}
    if changed_rows(session, mine.values(**values)) != 1:
        raise Conflict(SeriesRefusal.CHANGED)
    touched = _ending(session, row, now)
    _take_away(session, actor, touched, reason, now)
    note(session, actor, "series:end", number, now)
    return touched


def preview_end(session: Session, actor: Actor, number: str, *, now: datetime) -> Touched:
    """Which shifts the end of a series touches, and how many people."""
    return _ending(session, series_to_manage(session, actor, number), now)


def _ending(session: Session, row: SeriesRow, now: datetime) -> Touched:
    there = shifts_of_series(session, row.id)
    made = [one for one in there if one.starts_at > now and not one.called_off]
    ids = [one.id for one in made]
    return touched_by([], made, people_on(session, ids), frozenset(with_history(session, ids)))
