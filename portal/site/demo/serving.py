"""Voluntary service of the demo as it is lived: seats, rolls, hours, a patrol, a certificate.

Through the services, each act at its own moment: nothing is shown that could not have happened.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor, AgeBand
from portal.accounts.service import NewPerson, add_person, state_age
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.site.demo.people import demo_actors, demo_places
from portal.site.demo.words import load_words
from volunteers.queries.absences import absences_of
from volunteers.queries.hours import people_to_confirm
from volunteers.queries.on_the_day import roll_of
from volunteers.queries.shifts import ShiftRow, between
from volunteers.queries.teams import teams_in
from volunteers.rules.activities import ActivityKind, DutyKind
from volunteers.rules.doorsteps import DoorTopic, DoorWish
from volunteers.rules.patrols import CheckpointWish, LogWish, RouteWish
from volunteers.rules.roster import Window
from volunteers.service.absences import reply_to_absence, tell_absent
from volunteers.service.certificates import make_certificate
from volunteers.service.crediting import tell_ledger
from volunteers.service.handovers import offer_seat
from volunteers.service.hours import Stayed, confirm_hours, void_hours
from volunteers.service.patrol_log import FindingWish, file_finding, tick_checkpoint, write_entry
from volunteers.service.registering import register
from volunteers.service.roll_call import call_roll
from volunteers.service.rosters import ask_me
from volunteers.service.routes import put_on_route, write_route
from volunteers.service.signing_up import sign_up, wait
from volunteers.service.teams import add_member

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-service.tsv"
SEED, WARDENS, LEADERS = 20261130, 12, 2
DAY: Final = timedelta(days=1)
AT_DOORS: Final = DoorWish(DoorTopic.WASTE, agreed=9, building="3", entrance=2)
LATER: Final = timedelta(minutes=10)
BEFORE: Final = timedelta(days=2)


@dataclass(frozen=True)
class Cast:
    """Who organises, the residents with accounts, and volunteers of whom the first two lead."""

    organiser: Actor
    residents: Sequence[Actor]
    wardens: Sequence[Actor]
    words: Mapping[str, str]


def plant_service(database: Database, now: datetime) -> None:
    """Sign up, walk, confirm and certify what ``plant_volunteers`` has planned.

    In steps, because what a job does (no-shows that are told, the ledger) has its own transactions.
    """
    with database.write() as session:
        cast = _cast(session, now)
        past = _shifts(session, ActivityKind.ASSISTANT_WARDEN, now - 20 * DAY, now)
        # another city has other activities
        if len(past) < 3:
            return
        for row in past:
            _fill(session, cast, row)
        _patrol(session, cast, past[-1])
        for row in past:
            _call(session, cast, row, missing=row is past[-2])
        # the newest shift waits for its organiser
        for row in past[:-1]:
            _confirm(session, cast, row)
    with database.write() as session:
        _strike_out(session, cast, past[-3], now)
    tell_absent(database, past[-2].ends_at)
    tell_ledger(database, now)
    with database.write() as session:
        _reply(session, cast, past[-2], now)
        _certify(session, cast, past[0], now)
        _sign_up_for_more(session, cast, now)
        _want_to_be_asked(session, cast, past[-1], now)


def _cast(session: Session, now: datetime) -> Cast:
    """Everybody registers; those who lead are taken into the first team."""
    actors, at = demo_actors(session, now), now - 16 * DAY
    words, rng = load_words(), Random(SEED)  # noqa: S311  the same demo for everyone
    people = [
        add_person(session, NewPerson(name=words.name(rng), age_band=AgeBand.ADULT), now=at)
        for _ in range(WARDENS)
    ]
    session.flush()
    wardens = [actor_for(session, person.id, now) for person in people]
    residents = actors["resident"]
    for one in residents:
        state_age(session, one, AgeBand.ADULT, now=at)
    for one in (*residents, *wardens):
        if one.person_id is not None:
            register(session, one.person_id, named=one is residents[0], now=at)
    organiser = actors["volunteer_organiser"][0]
    place = demo_places(session)["community"]
    today = city_day(now, instance_of(session).city.zone)
    team = teams_in(session, [place.path], today)[0]
    for person in people[:LEADERS]:
        add_member(session, organiser, team.number, person.number, leads=True, now=at)
    session.flush()
    return Cast(organiser, residents, wardens, _words())


def _words() -> Mapping[str, str]:
    with WORDS.open(encoding="utf-8", newline="") as lines:
        return {row["what"]: row["words"] for row in csv.DictReader(lines, delimiter="\t")}


def _shifts(
    session: Session, kind: ActivityKind, since: datetime, until: datetime
) -> list[ShiftRow]:
    """Shifts that are over by the end of a stretch, or lie in it wholly."""
    return [one for one in between(session, since, until)
            if one.kind is kind and one.ends_at < until]  # fmt: skip


def _seat(session: Session, row: ShiftRow, who: Actor, role: str, at: datetime) -> str | None:
    post = next((post for post in row.posts if post.role == role), None)
    if post is None or who.person_id is None:
        return None
    return sign_up(session, who.person_id, post.id, has_read=True, now=at)


def _fill(session: Session, cast: Cast, row: ShiftRow) -> None:
    """One who leads, both residents and three more."""
    at = row.starts_at - BEFORE
    _seat(session, row, cast.wardens[0], "leader", at)
    for who in (*cast.residents, *cast.wardens[2:5]):
        _seat(session, row, who, "member", at)


def _patrol(session: Session, cast: Cast, row: ShiftRow) -> None:
    """The newest patrol walked a route to its end, wrote its log and found something."""
    named = (point.split("|") for point in cast.words["points"].split(";"))
    points = tuple(CheckpointWish(name, look_at) for name, look_at in named)
    place = demo_places(session)["community"]
    wish, early = RouteWish(cast.words["route"], points), row.starts_at - DAY
    route = write_route(session, cast.organiser, place.code, wish, now=early)
    session.flush()
    put_on_route(session, cast.organiser, row.number, route, now=early)
    session.flush()
    leader, member = cast.wardens[0], cast.residents[0]
    for nth in range(1, len(points) + 1):
        at = row.starts_at + nth * 2 * LATER
        tick_checkpoint(session, leader, row.number, nth, now=at)
    said = (
        (leader, LogWish(DutyKind.PERSUADE, cast.words["persuade"], people=3, checkpoint=1)),
        (member, LogWish(DutyKind.PUBLICITY, cast.words["publicity"], doors=12, at_doors=AT_DOORS)),
    )
    for nth, (who, entry) in enumerate(said, start=1):
        write_entry(session, who, row.number, entry, now=row.starts_at + nth * 3 * LATER)
    found = FindingWish("litter", cast.words["finding"], cast.words["where"], checkpoint=2)
    at = row.starts_at + 5 * LATER
    file_finding(session, member, row.number, found, language="zh_Hans", now=at)


def _call(session: Session, cast: Cast, row: ShiftRow, *, missing: bool) -> None:
    """The roll; with ``missing`` the second resident did not come."""
    gone = cast.residents[1].person_id if missing else None
    here = [one.number for one in roll_of(session, row.id) if one.person_id != gone]
    at = row.starts_at + LATER
    call_roll(session, cast.organiser, row.number, here, rest=missing, now=at)


def _confirm(session: Session, cast: Cast, row: ShiftRow) -> None:
    came = {one.number for one in roll_of(session, row.id) if one.here}
    stays = [
        Stayed(one.number, row.starts_at, row.ends_at)
        for one in people_to_confirm(session, row.id)
        if one.number in came
    ]
    confirm_hours(session, cast.organiser, row.number, stays, now=row.ends_at + LATER)


def _strike_out(session: Session, cast: Cast, row: ShiftRow, now: datetime) -> None:
    """One record was wrong; its row stays with the reason."""
    mine = cast.wardens[4].person_id
    for one in people_to_confirm(session, row.id):
        if one.person_id == mine and one.record is not None:
            reason, at = cast.words["void"], min(row.ends_at + DAY, now)
            void_hours(session, cast.organiser, one.record, reason=reason, now=at)


def _reply(session: Session, cast: Cast, row: ShiftRow, now: datetime) -> None:
    """Whoever did not come has said why; the organiser's answer is still to come."""
    who = cast.residents[1]
    for absence in absences_of(session, who.person_id) if who.person_id else ():
        at = min(row.ends_at + DAY, now)
        reply_to_absence(session, who, absence.number, cast.words["no_show"], now=at)


def _certify(session: Session, cast: Cast, row: ShiftRow, now: datetime) -> None:
    """The first resident has a certificate over what is certified."""
    zone = instance_of(session).city.zone
    first, name = city_day(row.starts_at, zone), cast.words["name"]
    make_certificate(
        session, cast.residents[0], name=name, first=first, last=city_day(now, zone), now=now
    )


def _sign_up_for_more(session: Session, cast: Cast, now: datetime) -> None:
    """Coming shifts: one is full and somebody waits, one is half full, a swap is asked for."""
    coming = _shifts(session, ActivityKind.ASSISTANT_WARDEN, now, now + 7 * DAY)
    # a series has its own days and seats: in some weeks one of its shifts would come first
    crossing = [
        one
        for one in _shifts(session, ActivityKind.SHIFT, now + DAY, now + 7 * DAY)
        if one.series_id is None
    ]
    at = now - 2 * LATER
    if len(coming) < 2 or not crossing:
        return
    _seat(session, coming[0], cast.wardens[0], "leader", at)
    _seat(session, coming[0], cast.residents[0], "member", at)
    _seat(session, coming[1], cast.wardens[1], "leader", at)
    given = _seat(session, coming[1], cast.wardens[3], "member", at)
    _seat(session, crossing[0], cast.wardens[1], "leader", at)
    for who in cast.wardens[5:10]:
        _seat(session, crossing[0], who, "member", at)
    session.flush()
    last = cast.residents[1].person_id
    post = next(post for post in crossing[0].posts if post.role == "member")
    if last is not None:
        wait(session, last, post.id, has_read=True, now=at)
    giver = cast.wardens[3].person_id
    if given is not None and giver is not None:
        offer_seat(session, given, giver, wanted=coming[0].number, now=at)


def _want_to_be_asked(session: Session, cast: Cast, where: ShiftRow, now: datetime) -> None:
    """A few say when an organiser may propose a shift to them; one is away until next week."""
    place = codes_of(where.place_path)[-1]
    evening, weekend = Window(2, 17 * 60, 21 * 60), Window(5, 8 * 60, 12 * 60)
    away = city_day(now + 7 * DAY, instance_of(session).city.zone)
    wishes = ((), (evening,), (weekend,), (evening, weekend), ())
    for who, windows in zip(cast.wardens[2:], wishes, strict=False):
        if who.person_id is not None:
            ask_me(
                session, who.person_id, place=place, windows=windows,
                away_until=away if windows == (weekend,) else None, now=now - LATER,
            )  # fmt: skip
