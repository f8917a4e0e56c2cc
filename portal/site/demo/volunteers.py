"""Voluntary service of the demo: teams, every kind of activity, two weeks of shifts, a series."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow, organisations
from portal.organisations.rules import OrganisationKind
from volunteers.rules.activities import ActivityKind
from volunteers.rules.offering import ActivityStep, ActivityWish
from volunteers.rules.planning import PlanWish, PostWish, TimesWish
from volunteers.rules.series import SeriesWish
from volunteers.rules.teams import PartnerKind, TeamWish
from volunteers.service.activities import step_activity, write_activity
from volunteers.service.campaigns import set_days
from volunteers.service.series import start_series
from volunteers.service.shifts import plan_shift
from volunteers.service.teams import add_partner, register_team
from volunteers.service.templates import save_template
from volunteers.service.tours import plan_tour

DATA: Final = Path(__file__).resolve().parents[1] / "data"
# when all this was planned: before the first shift that is shown
PLANNED: Final = timedelta(days=17)
TOUR_IN: Final = 3
CAMPAIGN_DAYS: Final = 30
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
Row = Mapping[str, str]


def plant_volunteers(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    places: Mapping[str, AreaRow],
    now: datetime,
) -> None:
    """Through the services: nothing is shown that an organiser could not have planned."""
    who = actor_for(session, people["volunteer_organiser"][0], now, second_factor=True)
    at = now - PLANNED
    teams = _teams(session, who, places, at)
    today = city_day(now, instance_of(session).city.zone)
    for row in _rows("demo-activities.tsv"):
        _activity(session, who, row, teams, places["community"], today, at)


def _rows(file: str) -> list[Row]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _teams(
    session: Session, who: Actor, places: Mapping[str, AreaRow], at: datetime
) -> dict[str, str]:
    """Numbers of the teams by their codes; the units behind them take part as well."""
    kinds = {"community": OrganisationKind.COMMITTEE, "street": OrganisationKind.STREET_OFFICE}
    units = {name: _unit(session, places[name], kind) for name, kind in kinds.items()}
    found = {}
    for row in _rows("demo-teams.tsv"):
        unit = units.get(row["unit"])
        names = {language: row[language] for language in LANGUAGES}
        wish = TeamWish(row["kind"], names, unit.code if unit else "")
        area = places["community"].code
        found[row["code"]] = register_team(session, who, wish, area_code=area, now=at)
    for unit in units.values():
        if unit is not None:
            add_partner(session, who, unit.code, PartnerKind.PUBLIC_UNIT.value, now=at)
    # activities name them
    session.flush()
    return found


def _unit(session: Session, place: AreaRow, kind: OrganisationKind) -> OrganisationRow | None:
    """The office of a place; another city has other units."""
    return next((row for row in organisations(session, under=place.path) if row.kind is kind), None)


def _activity(
    session: Session,
    who: Actor,
    row: Row,
    teams: Mapping[str, str],
    place: AreaRow,
    today: date,
    at: datetime,
) -> None:
    wish = ActivityWish(
        kind=row["kind"],
        titles={language: row[f"title_{language.lower()}"] for language in LANGUAGES},
        words={language: row[f"words_{language.lower()}"] for language in LANGUAGES},
        meeting_place=row["meeting_place"], risks=row["risks"], insurance=row["insurance"],
        gear=row["gear"], risky=row["risky"] == "yes", youngest=row["youngest"],
        tags=frozenset(row["tags"].split()),
        teams=frozenset(teams[code] for code in row["teams"].split()),
    )  # fmt: skip
    number = write_activity(session, who, wish, area_code=place.code, now=at)
    step_activity(session, who, number, ActivityStep.PUBLISH, seen=1, now=at)
    plan = _plan(row, place.code)
    for ahead in row["days"].split():
        plan_shift(session, who, number, plan, day=today + timedelta(days=int(ahead)), now=at)
    if row["rule"]:
        first = today - timedelta(days=7)
        start_series(session, who, number, plan, SeriesWish(row["rule"], first), now=at)
        save_template(session, who, plan, name=row["title_zh_hans"], now=at)
    if row["kind"] == ActivityKind.CAMPAIGN:
        last = today + timedelta(days=CAMPAIGN_DAYS)
        set_days(session, who, number, today, last, seen=2, now=at)
    if row["kind"] == ActivityKind.INSPECTION_GROUP:
        _tour(session, who, number, today, at)


def _plan(row: Row, area: str) -> PlanWish:
    times = TimesWish(time.fromisoformat(row["start"]), time.fromisoformat(row["end"]))
    posts = []
    for said in row["seats"].split():
        role, _equals, counts = said.partition("=")
        most, _colon, least = counts.partition(":")
        posts.append(PostWish(role, int(most), int(least)))
    return PlanWish(times, row["duty"], area, "", posts)


def _tour(session: Session, who: Actor, number: str, today: date, at: datetime) -> None:
    """A route for the group to come."""
    stops = (DATA / "demo-tour.txt").read_text(encoding="utf-8")
    day = today + timedelta(days=TOUR_IN)
    plan_tour(session, who, number, day=day, text=stops, now=at)
