"""Counts of frontages by place: three queries, however many streets there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from pledges.models import Breach, Inspection, InspectionAnswer, Pledge, Premises
from pledges.rules.breaches import BreachState
from pledges.rules.clauses import Letter
from pledges.rules.inspections import Finding, InspectionState
from pledges.rules.premises import PremisesState
from pledges.rules.signing import PledgeState
from pledges.rules.street_figures import Counts
from portal.areas.queries import AreaRow, areas_by_codes
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day

STREET = "street"


@dataclass(frozen=True)
class StreetRow:
    """A street and its counts."""

    area: AreaRow
    counts: Counts


def street_counts(
    session: Session, days: tuple[date, date], bounds: tuple[datetime, datetime], zone: ZoneInfo
) -> list[StreetRow]:
    """The counts of every street in which a place is registered; ``days`` and ``bounds`` are those
    of the quarter, without its end."""
    found: dict[str, Counts] = {}
    for part in (_pledged(session), _kept(session, bounds), _in_time(session, days, zone)):
        for path, counts in part.items():
            found[path] = found.get(path, Counts()) + counts
    return _by_street(session, found)


def _by_street(session: Session, found: Mapping[str, Counts]) -> list[StreetRow]:
    areas = areas_by_codes(session, {code for path in found for code in codes_of(path)})
    sums: dict[str, Counts] = {}
    for path, counts in found.items():
        street = next(
            (code for code in codes_of(path) if code in areas and areas[code].level == STREET), None
        )
        if street is not None:
            sums[street] = sums.get(street, Counts()) + counts
    return [StreetRow(areas[code], sums[code]) for code in sorted(sums)]


def _pledged(session: Session) -> dict[str, Counts]:
    in_force = and_(
        Pledge.district == Premises.district, Pledge.premises_id == Premises.id,
        Pledge.letter == Letter.FRONTAGE, Pledge.state == PledgeState.IN_FORCE,
    )  # fmt: skip
    rows = session.execute(
        select(Premises.place_path, func.count(), func.count(Pledge.id))
        .outerjoin(Pledge, in_force)
        .where(Premises.state == PremisesState.OPEN)
        .group_by(Premises.place_path)
    )
    return {path: Counts(places=places, pledged=pledged) for path, places, pledged in rows}


def _kept(session: Session, bounds: tuple[datetime, datetime]) -> dict[str, Counts]:
    """A finding against which an appeal is open, or was granted, is none."""
    i, a = Inspection, InspectionAnswer
    disputed = exists().where(
        Breach.district == a.district, Breach.inspection_id == a.inspection_id,
        Breach.clause_id == a.clause_id,
        or_(Breach.state == BreachState.VOID, Breach.suspended_at.is_not(None)),
    )  # fmt: skip
    broken = func.sum(case((and_(a.finding == Finding.NOT_KEPT, ~disputed), 1), else_=0))
    looked = (
        select(i.premises_id, i.place_path, broken.label("broken"))
        .join(a, and_(a.district == i.district, a.inspection_id == i.id))
        .where(i.state == InspectionState.STANDS, i.at >= bounds[0], i.at < bounds[1])
        .group_by(i.district, i.premises_id, i.place_path)
        .subquery()
    )
    kept = func.sum(case((looked.c.broken == 0, 1), else_=0))
    rows = session.execute(
        select(looked.c.place_path, func.count(), kept).group_by(looked.c.place_path)
    )
    return {path: Counts(looked_at=places, kept=whole) for path, places, whole in rows}


def _in_time(session: Session, days: tuple[date, date], zone: ZoneInfo) -> dict[str, Counts]:
    b, found = Breach, dict[str, Counts]()
    rows = session.execute(
        select(b.place_path, b.rectify_by, b.rectified_at, b.state).where(
            b.rectify_by >= days[0], b.rectify_by < days[1], b.state != BreachState.VOID,
            b.suspended_at.is_(None),
        )
    )  # fmt: skip
    for path, until, at, state in rows:
        # that the shop says so is not enough: somebody found it put right
        in_time = (
            state is BreachState.RECTIFIED
            and at is not None
            and until is not None
            and city_day(at, zone) <= until
        )
        found[path] = found.get(path, Counts()) + Counts(due=1, in_time=int(in_time))
    return found
