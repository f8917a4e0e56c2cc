"""What early warning looks at, and the warnings that a desk sees: each in a fixed number of
queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, false, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries import root_areas
from portal.areas.rules import tidy_names
from portal.reports.models import Case, Category, ReportSpike
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk import area_names
from portal.reports.rules.codes import State
from portal.reports.rules.figures import OWN_SOURCES
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.spikes import (
    KEPT_IN_SIGHT,
    MONTHS,
    MOST_SHOWN,
    WEEKS,
    Measure,
    Published,
    starts_of,
)
from portal.reports.rules.supervision import street_path
from portal.satisfaction.queries.trend import published_shares
from portal.satisfaction.rules.release import CATEGORY

# what was withdrawn or never was one is no report; what was merged is one
_NONE = (State.VOID, State.WITHDRAWN)
Key = tuple[Measure, str, str]


@dataclass(frozen=True)
class Running:
    """A warning that has not ended."""

    id: UUID
    key: Key
    month: str | None


@dataclass(frozen=True)
class SpikeRow:
    """A warning as a desk sees it. ``category`` is empty where all kinds are meant."""

    number: str
    measure: Measure
    place_path: str
    place: Mapping[str, str]
    category: Mapping[str, str]
    category_code: str
    month: str | None
    level: float
    peak: float
    usual: float
    bound: float
    began_at: datetime
    looked_at: datetime
    ended_at: datetime | None
    seen_at: datetime | None
    seen_by: UUID | None
    answered_at: datetime | None
    answered_by: UUID | None
    note: str | None


def weekly_reports(session: Session, now: datetime) -> dict[tuple[str, str], list[int]]:
    """Residents' reports of nine weeks (the last is the running one) by the path of a street or of
    the city, and the kind. Nothing where the portal has not known as many weeks.

    What the city's own people found is not counted: a round of patrols is no wave of reports. A
    behaviour is never counted by its name (R259).
    """
    starts = starts_of(now)
    first = session.scalar(select(func.min(Case.found_at)))
    if first is None or first > starts[0]:
        return {}
    found: dict[tuple[str, str], list[int]] = {}
    for path, kind, week, count in session.execute(_weeks(starts, now)):
        for place in _desks(path):
            found.setdefault((place, kind), [0] * (WEEKS + 1))[week] += count
    return found


def _desks(path: str) -> set[str]:
    """Where it is counted: in its street, and in the city."""
    root, street = f"/{path.split('/')[1]}/", street_path(path)
    return {root} if street is None else {root, street}


def _weeks(starts: Sequence[datetime], now: datetime) -> Select[*tuple[Any, ...]]:
    latest_first = list(enumerate(starts))[::-1]
    week = case(*((Case.found_at >= start, at) for at, start in latest_first), else_=0)
    return (
        select(Case.place_path, Case.category_code, week.label("week"), func.count())
        .where(Case.found_at >= starts[0], Case.found_at < now, Case.state.not_in(_NONE))
        .where(Case.source.not_in(OWN_SOURCES), Case.category_code != BEHAVIOUR, a_whole())
        .group_by(Case.place_path, Case.category_code, "week")
    )


@dataclass(frozen=True)
class Shares:
    """Published shares: the newest month, and by place and kind its cell and those before."""

    month: str
    newest: Mapping[tuple[str, str], Published]
    before: Mapping[tuple[str, str], list[Published | None]]


def shares_by_place(session: Session) -> Shares | None:
    """The cells that the stored releases publish; None before the first."""
    cells = published_shares(session, MONTHS + 1)
    months = sorted({cell.month for cell in cells}, reverse=True)
    if not months:
        return None
    by_month: dict[str, dict[tuple[str, str], Published]] = {month: {} for month in months}
    whole = root_areas(session)[0].path
    for cell in cells:
        # a cell of what lies elsewhere in a place is nobody's
        if not cell.code.endswith("*"):
            key = (whole, cell.code) if cell.level == CATEGORY else (cell.path, "")
            by_month[cell.month][key] = Published(cell.share, cell.low, cell.high)
    newest, *earlier = (by_month[month] for month in months)
    before = {key: [month.get(key) for month in earlier] for key in newest}
    return Shares(months[0], newest, before)


def running(session: Session) -> list[Running]:
    """Every warning that has not ended."""
    found = session.execute(
        select(
            ReportSpike.id, ReportSpike.measure, ReportSpike.place_path, ReportSpike.category_code,
            ReportSpike.month,
        ).where(ReportSpike.ended_at.is_(None))
    )  # fmt: skip
    return [
        Running(row.id, (row.measure, row.place_path, row.category_code), row.month)
        for row in found
    ]


def _rows(session: Session, statement: Any) -> list[SpikeRow]:
    return [_row(row) for row in session.execute(statement)]


def _columns() -> Any:
    own = [getattr(ReportSpike, name) for name in _OWN]
    names = (Area.name_zh_hans, Area.name_zh_hant, Area.name_en)
    kind = (Category.name_zh_Hans, Category.name_zh_Hant, Category.name_en)
    return (
        select(*own, *names, *(each.label(f"kind_{at}") for at, each in enumerate(kind)))
        .join(Area, Area.path == ReportSpike.place_path, isouter=True)
        .join(Category, Category.code == ReportSpike.category_code, isouter=True)
    )


_DRAWN = ("place", "category")
_OWN = tuple(name for name in SpikeRow.__dataclass_fields__ if name not in _DRAWN)


def _row(row: Any) -> SpikeRow:
    kind = tidy_names({"zh_Hans": row.kind_0, "zh_Hant": row.kind_1, "en": row.kind_2})
    own = {name: getattr(row, name) for name in _OWN}
    return SpikeRow(**own, place=area_names(row), category=kind)


def _in(scopes: Collection[str] | None) -> Any:
    if scopes is None:
        return ReportSpike.number.is_not(None)
    inside = (ReportSpike.place_path.startswith(path, autoescape=True) for path in scopes)
    return or_(false(), *inside)


def spikes_at(session: Session, scopes: Collection[str] | None, now: datetime) -> list[SpikeRow]:
    """Warnings of some places: those that run first, the unanswered before them all."""
    lately = or_(ReportSpike.ended_at.is_(None), ReportSpike.ended_at > now - KEPT_IN_SIGHT)
    running_first = case((ReportSpike.ended_at.is_(None), 0), else_=1)
    answered_last = case((ReportSpike.answered_at.is_(None), 0), else_=1)
    order = (running_first, answered_last, ReportSpike.began_at.desc(), ReportSpike.number)
    statement = _columns().where(_in(scopes), lately).order_by(*order)
    return _rows(session, statement.limit(MOST_SHOWN))


def spike_by_number(session: Session, number: str) -> SpikeRow | None:
    """One warning."""
    return next(iter(_rows(session, _columns().where(ReportSpike.number == number))), None)


def waiting_spikes(session: Session, scopes: Collection[str] | None) -> int:
    """How many that run nobody of the desk has answered."""
    mine = (ReportSpike.ended_at.is_(None), ReportSpike.answered_at.is_(None), _in(scopes))
    return session.scalar(select(func.count()).select_from(ReportSpike).where(*mine)) or 0
