"""The demo's list of supervision: days looked back at, and some matters taken off again."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.clock import city_day
from portal.kernel.ids import id_at, new_number
from portal.kernel.instance import instance_of
from portal.reports.models import Case, SupervisionListing
from portal.reports.queries.public import kinds
from portal.reports.queries.supervision import office_of
from portal.reports.rules.codes import State
from portal.reports.rules.supervision import Ending, condition_for, due_day, moment_of
from portal.reports.service.daily import look_back
from portal.reports.service.supervision import settings_of

DAYS, TAKEN_OFF = 3, 4
LATELY = timedelta(days=20)
FINDING = Path(__file__).parents[1] / "data" / "supervision-demo.txt"


def plant_supervision(session: Session, now: datetime) -> None:
    """Look back at the last days as if the portal had been at work, and take some matters off."""
    _take_off(session, now)
    settings, zone = settings_of(session), instance_of(session).city.zone
    last = due_day(now, settings.hour, zone)
    days = [last - timedelta(days=at) for at in range(DAYS)]
    for day in reversed(days):
        look_back(session, day, moment_of(day, settings.hour, zone))


def _take_off(session: Session, now: datetime) -> None:
    """Matters that were handled late, listed meanwhile, and taken off when they were closed."""
    zone, known = instance_of(session).city.zone, kinds(session)
    late = (
        select(Case)
        .where(Case.state == State.CLOSED, Case.closed_at > now - LATELY, Case.listed)
        .where(Case.handled_at > Case.promised_at)
        .order_by(Case.closed_at.desc())
        .limit(TAKEN_OFF)
    )
    for case in session.scalars(late).all():
        promised, handled, closed = case.promised_at, case.handled_at, case.closed_at
        if promised is None or handled is None or closed is None:
            continue
        listed_at = promised + (handled - promised) / 2
        kind = known.get(case.category_code)
        days = condition_for(case.category_code, kind.group if kind else None).days
        session.add(
            SupervisionListing(
                id=id_at(listed_at),
                number=new_number(),
                district=case.district,
                case_id=case.id,
                place_path=case.place_path,
                unit_id=case.unit_id,
                listed_at=listed_at,
                listed_on=city_day(listed_at, zone),
                supervisor_path=office_of(case.place_path),
                deadline_days=days,
                deadline_at=listed_at + timedelta(days=days),
                delisted_at=closed,
                delisted_by=case.verifier_id,
                ending=Ending.MET,
                finding=FINDING.read_text("utf-8").strip(),
            )
        )
