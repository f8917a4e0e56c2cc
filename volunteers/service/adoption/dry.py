"""Dry weeks: an adapter says which, by hand unless a city has another; adopters hear once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, area_by_code, find_areas
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from volunteers.models.adoption import AdoptionDryWeek
from volunteers.queries.adoption.adoptions import AdoptionRow, adoptions_in
from volunteers.queries.adoption.care import DryWeekRow, untold_dry_weeks
from volunteers.queries.adoption.plots import plots_by_ids
from volunteers.rules.adoption.life import LIVE
from volunteers.rules.adoption.lists import thing_kinds
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.found import MANAGE
from volunteers.service.adoption.notices import tell_adopters
from volunteers.service.adoption.settings import today_of


class WeatherSource(Protocol):
    """Who knows which weeks are dry. Another source writes the same rows as the desk does."""

    def note_dry_weeks(self, session: Session, monday: date, now: datetime) -> None:
        """Mark the places whose week is dry, if this source knows any."""


@dataclass(frozen=True)
class ByHand:
    """The usual source: staff mark a dry week, so there is nothing to note by itself."""

    def note_dry_weeks(self, session: Session, monday: date, now: datetime) -> None:
        """The desk has marked what there is."""


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def mark_dry(session: Session, actor: Actor, place: str, day: date, *, now: datetime) -> None:
    """Mark the week of a day as dry in a place that one looks after. Weeks to come are refused."""
    area = _place(session, place)
    if not actor.may(MANAGE, place_path=area.path):
        raise Refused(AdoptionRefusal.NOT_YOUR_PLACE, field="place")
    monday = monday_of(day)
    if monday > today_of(session, now):
        raise Refused(AdoptionRefusal.NOT_MONDAY_YET, field="day")
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(AdoptionDryWeek)
        .values(
            id=new_id(), area_id=area.id, place_path=area.path, monday=monday,
            marked_by=actor.person_id, marked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(AdoptionDryWeek.id)
    )  # fmt: skip
    if session.scalar(statement) is None:
        raise Refused(AdoptionRefusal.DRY_ALREADY, field="day")
    note_action(
        session, at=now, actor_id=actor.person_id, action="adoption:dry",
        subject=f"area:{area.code}",
    )  # fmt: skip


def _place(session: Session, words: str) -> AreaRow:
    words = words.strip()
    found = area_by_code(session, words)
    if found is not None and found.valid_to is None:
        return found
    named = [area for area in find_areas(session, words, 20) if words in area.names.values()]
    # one name may belong to many places: then only the code says which
    if len(named) != 1:
        raise Refused(AdoptionRefusal.UNKNOWN_PLACE, field="place")
    return named[0]


def remind_dry(database: Database, now: datetime, *, weather: WeatherSource | None = None) -> int:
    """Tell the adopters of thirsty things in places whose week is dry, once; how many messages.

    Only of this week: what was not told in time is of no use any more.
    """
    monday = monday_of(city_day(now, database.info["instance"].city.zone))
    with database.write() as session:
        (weather or ByHand()).note_dry_weeks(session, monday, now)
        return sum(_tell(session, week, now) for week in untold_dry_weeks(session, monday))


def _tell(session: Session, week: DryWeekRow, now: datetime) -> int:
    mine = update(AdoptionDryWeek).where(
        AdoptionDryWeek.id == week.id, AdoptionDryWeek.told_at.is_(None)
    )
    if changed_rows(session, mine.values(told_at=now)) != 1:
        return 0
    rows = adoptions_in(session, LIVE, [week.place_path])
    return sum(
        tell_adopters(session, row, "adoption.dry", {}, now) for row in _thirsty(session, rows)
    )


def _thirsty(session: Session, rows: Iterable[AdoptionRow]) -> Iterable[AdoptionRow]:
    rows, kinds = list(rows), thing_kinds()
    plots = plots_by_ids(session, [row.plot_id for row in rows])
    return [row for row in rows if kinds[plots[row.plot_id].kind].thirsty]
