"""A collector's round: the open matters of her grids in the order of her way; and fast alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, ScalarSelect, and_, exists, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CaseAlert, CaseEvent, CaseText, Category
from portal.reports.queries.case import CaseRow
from portal.reports.queries.desk import area_names
from portal.reports.queries.desk.reach import is_late_now, reach
from portal.reports.queries.hung import hangs
from portal.reports.rules.codes import Event, State, TextKind
from portal.reports.rules.grid import SETTING_STOP, USUAL_STOP, minutes_since
from portal.reports.rules.transitions import OPEN

MOST = 200
UNANSWERED = OPEN - {State.HANDLED}
_CHECKS = (Event.VERIFY_SPOT, Event.RECHECK_SPOT)
_ALERTED = and_(Case.district == CaseAlert.district, Case.id == CaseAlert.case_id)


@dataclass(frozen=True)
class RoundRow:
    """One open matter on the way. ``checked``: somebody looked since it came to this state."""

    number: str
    state: State
    urgent: bool
    late: bool
    category: Mapping[str, str]
    place: Mapping[str, str]
    place_code: str
    where: str
    lon: float | None
    lat: float | None
    found_at: datetime
    checked: bool
    alert: "AlertRow | None" = None


def round_of(
    session: Session, actor: Actor, now: datetime, *, area_id: UUID | None = None
) -> Sequence[RoundRow]:
    """Open matters, place by place (the way without a position); urgent ones first in each."""
    statement = (
        select(
            Case.number,
            Case.state,
            Case.urgent,
            is_late_now(now).label("late"),
            Category.name_zh_Hans.label("kind_zh_Hans"),
            Category.name_zh_Hant.label("kind_zh_Hant"),
            Category.name_en.label("kind_en"),
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
            Area.code,
            Case.lon,
            Case.lat,
            Case.found_at,
            _place_words().label("where"),
            _looked_at().label("checked"),
            CaseAlert.raised_at,
        )
        .join(Area, Area.id == Case.area_id)
        .join(CaseAlert, _ALERTED, isouter=True)
        .join(Category, Category.code == Case.category_code, isouter=True)
        .where(Case.state.in_(OPEN), reach(actor, Permission.GRID_WORK))
        .order_by(Case.place_path, Case.urgent.desc(), Case.found_at, Case.id)
        .limit(MOST)
    )
    if area_id is not None:
        statement = statement.where(Case.area_id == area_id)
    limit = _stop_within(session)
    return [_row(row, now, limit) for row in session.execute(statement)]


def _place_words() -> ScalarSelect[str]:
    """How the place of a case was told first."""
    return (
        select(CaseText.text)
        .where(
            CaseText.district == Case.district,
            CaseText.case_id == Case.id,
            CaseText.kind == TextKind.PLACE,
        )
        .order_by(CaseText.id)
        .limit(1)
        .scalar_subquery()
    )


def _looked_at() -> Exists:
    """Whether somebody checked a case on the spot since it came to its state."""
    return exists().where(
        CaseEvent.district == Case.district,
        CaseEvent.case_id == Case.id,
        CaseEvent.event.in_(_CHECKS),
        CaseEvent.to_state == Case.state,
        CaseEvent.cycle == Case.cycle,
    )


def _row(row: Any, now: datetime, limit: int) -> RoundRow:
    alerted = row.raised_at is not None and row.state in UNANSWERED
    return RoundRow(
        number=row.number,
        state=row.state,
        urgent=row.urgent,
        late=bool(row.late),
        category={
            "zh_Hans": row.kind_zh_Hans or "",
            "zh_Hant": row.kind_zh_Hant or "",
            "en": row.kind_en or "",
        },
        place=area_names(row),
        place_code=row.code,
        where=row.where or "",
        lon=row.lon,
        lat=row.lat,
        found_at=row.found_at,
        checked=bool(row.checked),
        alert=_alert(row, now, limit) if alerted else None,
    )


@dataclass(frozen=True)
class AlertRow:
    """A new illegal building that nobody has answered yet."""

    number: str
    place: Mapping[str, str]
    raised_at: datetime
    minutes: int
    limit: int

    @property
    def over(self) -> bool:
        return self.minutes >= self.limit

    @property
    def left(self) -> int:
        return max(0, self.limit - self.minutes)


def alerts_for(session: Session, actor: Actor, now: datetime) -> list[AlertRow]:
    """The alerts in somebody's reach, the oldest first, until somebody reports it stopped."""
    return _alerts(session, actor, now, [])


def alerts_of_case(session: Session, actor: Actor, case: CaseRow, now: datetime) -> list[AlertRow]:
    """That of one case, if there is one."""
    if not hangs(session, case.id, CaseAlert):
        return []
    return _alerts(session, actor, now, [Case.district == case.district, Case.id == case.id])


def _alerts(
    session: Session, actor: Actor, now: datetime, further: Iterable[ColumnElement[bool]]
) -> list[AlertRow]:
    if actor.places_for(Permission.GRID_WORK) == ():
        return []
    limit = _stop_within(session)
    statement = (
        select(
            Case.number,
            CaseAlert.raised_at,
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
        )
        .join(Case, _ALERTED)
        .join(Area, Area.id == Case.area_id)
        .where(Case.state.in_(UNANSWERED), reach(actor, Permission.GRID_WORK), *further)
        .order_by(CaseAlert.raised_at, Case.id)
        .limit(MOST)
    )
    return [_alert(row, now, limit) for row in session.execute(statement)]


def alerts_on_way(
    session: Session, actor: Actor, rows: Sequence[RoundRow], now: datetime
) -> list[AlertRow]:
    """The same of a round that was read already; asked for only where the round was cut short."""
    if len(rows) == MOST or actor.places_for(Permission.GRID_WORK) == ():
        return alerts_for(session, actor, now)
    return sorted((row.alert for row in rows if row.alert), key=lambda alert: alert.raised_at)


def _stop_within(session: Session) -> int:
    return int(instance_of(session).city.thresholds.get(SETTING_STOP, USUAL_STOP))


def _alert(row: Any, now: datetime, limit: int) -> AlertRow:
    minutes = minutes_since(row.raised_at, now)
    return AlertRow(row.number, area_names(row), row.raised_at, minutes, limit)
