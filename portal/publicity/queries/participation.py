"""Participation as it was counted, and what is still to be counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.conventions.queries.participation import signing_people, voting_people
from portal.kernel.clock import city_day, month_bounds
from portal.publicity.models import Participation, ParticipationMonth
from portal.publicity.rules.participation import Part, TookPart
from portal.reports.queries.participation import reporting_people
from volunteers.queries.participation import caring_people, serving_people


@dataclass(frozen=True)
class ParticipationRow:
    """A cell as it was counted."""

    month: str
    area_code: str
    took_part: TookPart
    people: int | None
    population: int | None


_NAMES = tuple(ParticipationRow.__dataclass_fields__)
_COLUMNS: Any = tuple(getattr(Participation, name) for name in _NAMES)


def months_counted(session: Session) -> list[str]:
    """The months that are counted, the newest first."""
    order = ParticipationMonth.month.desc()
    return list(session.scalars(select(ParticipationMonth.month).order_by(order)))


def last_counted(session: Session) -> str | None:
    """The last month that is counted."""
    return session.scalar(select(func.max(ParticipationMonth.month)))


def participation_in(session: Session, month: str, codes: list[str]) -> list[ParticipationRow]:
    """The cells of some places in a month."""
    mine = (Participation.month == month, Participation.area_code.in_(codes))
    order = (Participation.area_code, Participation.took_part)
    statement = select(*_COLUMNS).where(*mine).order_by(*order)
    return [ParticipationRow(*row) for row in session.execute(statement)]


def participation_of_month(session: Session, month: str) -> list[ParticipationRow]:
    """Every cell of a month, as files have it."""
    order = (Participation.area_code, Participation.took_part)
    mine = select(*_COLUMNS).where(Participation.month == month).order_by(*order)
    return [ParticipationRow(*row) for row in session.execute(mine)]


def people_in(session: Session, month: str, zone: ZoneInfo) -> dict[TookPart, list[Part]]:
    """Who took part in a month, as opaque keys that leave this package in no form."""
    first, end = month_bounds(month, zone)
    days = city_day(first, zone), city_day(end, zone)
    return {
        TookPart.REPORTING: list(reporting_people(session, first, end)),
        TookPart.VOLUNTEERING: list(serving_people(session, first, end)),
        TookPart.ADOPTING: list(caring_people(session, *days)),
        TookPart.SIGNING: list(signing_people(session, first, end)),
        TookPart.VOTING: list(voting_people(session, first, end)),
    }


def counted_at(session: Session, month: str) -> datetime | None:
    """When a month was counted."""
    mine = ParticipationMonth.month == month
    return session.scalar(select(ParticipationMonth.counted_at).where(mine))
