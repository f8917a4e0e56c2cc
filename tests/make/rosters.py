"""Rosters for tests: people who want to be asked, and a week of shifts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.areas.queries import AreaRow
from tests.make import volunteers as make
from tests.make.volunteers import NOW
from volunteers.models import Activity, Shift
from volunteers.rules.roster import Window
from volunteers.service.rosters import ask_me, plan_week, propose_week


def asked(
    session: Session,
    area: Area | AreaRow,
    *,
    windows: Sequence[Window] = (),
    away_until: date | None = None,
    now: datetime = NOW,
    **given: Any,
) -> Person:
    """A volunteer who wants to be asked at a place; at any time unless windows are given."""
    who = make.volunteer(session, **given)
    ask_me(session, who.id, place=area.code, windows=windows, away_until=away_until, now=now)
    return who


def week_of_shifts(session: Session, of: Activity, many: int = 3, seats: int = 1) -> list[Shift]:
    """A shift on each of some days, from the second after ``NOW`` on: one week from Monday."""
    return [
        make.shift(
            session, of, starts_at=NOW + timedelta(days=2 + at), seats={"member": seats}
        )
        for at in range(many)
    ]  # fmt: skip


def propose(
    session: Session, desk: Actor, activity: str, monday: date, *, now: datetime = NOW
) -> str:
    """Propose the week of an activity as it is shown; the number of the roster."""
    week = monday.isoformat()
    seen = plan_week(session, desk, activity, week, "", now=now).roster.digest
    return propose_week(session, desk, activity, week, "", seen=seen, now=now)
