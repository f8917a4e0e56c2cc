"""Deductions of the demo: switched on two months ago, and one matter for each stage of its way.

Everything through the services, each step at its own moment, in the order in which it happened: so
the clocks, the messages and the sealed log are those of a city that has had deductions for a while.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.matters import MatterRow, matter_by_number
from credit.queries.routes import open_route
from credit.rules.guard import MATTER, Route
from credit.rules.process import BasisKind
from credit.rules.switch import SwitchWish
from credit.service.process import (
    GATES,
    BasisWish,
    ProposalWish,
    add_basis,
    check_proposals,
    confirm,
    consent_to_basis,
    decide,
    object_to,
    propose,
    repair,
    run_clocks,
)
from credit.service.process.telling import subject_of
from credit.service.rule_lists import import_rules
from credit.service.sealing import seal
from credit.service.switch import confirm_switch, propose_switch
from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Actor, AgeBand
from portal.accounts.service import state_age
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import cancel_messages
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.site.demo.people import demo_actors

DATA: Final = Path(__file__).resolve().parents[1] / "data"
RULES: Final = DATA / "demo-deduction-rules.csv"
ASSESSMENT: Final = DATA / "demo-assessment.pdf"
# when the switch was proposed, before anything was done that could be deducted
BEGUN: Final = timedelta(days=62)
MORNING: Final = time(9, 30)
# how long before its proposal something was done
BEFORE: Final = timedelta(hours=15)
DAY: Final = timedelta(days=1)
Pictures = Mapping[str, Sequence[tuple[CleanPhoto, CleanPhoto]]]

_WAITING: Final = (("propose", timedelta()), ("check", timedelta(hours=1)))
_TOLD: Final = (*_WAITING, ("confirm", DAY))
_DISPUTED: Final = (*_TOLD, ("dispute", 3 * DAY))
# what happened to a matter, and how long after its proposal
PLAYS: Final[Mapping[str, tuple[tuple[str, timedelta], ...]]] = {
    "waiting": _WAITING,
    "told": _TOLD,
    "disputed": _DISPUTED,
    "voided": (*_DISPUTED, ("grant", 4 * DAY)),
    "repaired": (*_TOLD, ("count", 17 * DAY), ("repair", 24 * DAY)),
}


@dataclass(frozen=True)
class _Cast:
    """Who plays, and on what it rests."""

    database: Database
    district: str
    actors: Mapping[str, Sequence[Actor]]
    bases: Mapping[str, str]
    pictures: Pictures


def plant_deductions(database: Database, pictures: Pictures, now: datetime) -> None:
    """Switch deductions on in the past, then let each matter of the list take its way."""
    with database.read() as session:
        district, zone = instance_of(session).city.roots[0], instance_of(session).city.zone
        actors = demo_actors(session, now)
    begin = datetime.combine(city_day(now - BEGUN, zone), MORNING, zone)
    _switch_on(database, district, actors["administrator"], begin)
    bases = _enter_bases(database, district, actors, begin + 2 * DAY)
    cast = _Cast(database, district, actors, bases, pictures)
    plays = [
        _Play(
            cast, row, datetime.combine(city_day(now - int(row["days"]) * DAY, zone), MORNING, zone)
        )
        for row in _rows("demo-deductions.tsv")
    ]
    # as it happened: each step finds what was there at its moment, and nothing that came later
    for at, act in sorted(
        (step for play in plays for step in play.steps()), key=lambda step: step[0]
    ):
        act(at)
        seal(database, at)
    with database.write() as session:
        # the demo sends no messages: its numbers belong to nobody
        for play in plays:
            cancel_messages(session, subject_of(play.number))


def _switch_on(
    database: Database, district: str, keepers: Sequence[Actor], begin: datetime
) -> None:
    """Two administrators, a document, and the rules, each sealed before it counts (L2, N6)."""
    (row,) = _rows("demo-switch.tsv")
    wish = SwitchWish(
        row["basis"], row["responsible"], row["post"], ASSESSMENT.read_bytes(), document_public=True
    )
    one, two = (_id(keeper) for keeper in keepers)
    with database.write() as session:
        number = propose_switch(session, district, wish, actor_id=one, now=begin)
        city = instance_of(session).city
        import_rules(session, RULES.read_bytes(), RULES.name, city=city, now=begin)
        confirm_switch(session, number, actor_id=two, now=begin + DAY)
    seal(database, begin + DAY)


def _enter_bases(
    database: Database, district: str, actors: Mapping[str, Sequence[Actor]], at: datetime
) -> dict[str, str]:
    """What deductions rest on; who agreed to a convention is grown up and did so herself."""
    residents = [_id(actor) for actor in actors["resident"]]
    found: dict[str, str] = {}
    with database.write() as session:
        for actor in actors["resident"]:
            state_age(session, actor, AgeBand.ADULT, now=at)
        for row in _rows("demo-deduction-bases.tsv"):
            wish = BasisWish(
                BasisKind(row["kind"]), row["title"], row["reference"], row["source"],
                (at - 365 * DAY).date(),
            )  # fmt: skip
            keeper = actors["administrator"][0]
            found[row["name"]] = number = add_basis(session, district, wish, actor=keeper, now=at)
            if row["agreed"]:
                who = residents[int(row["agreed"])]
                consent_to_basis(session, number, who, gates=GATES, now=at)
    return found


class _Play:
    """The way of one matter."""

    def __init__(self, cast: _Cast, row: Mapping[str, str], begin: datetime) -> None:
        self.cast = cast
        self.row = row
        self.begin = begin
        self.number = ""

    def steps(self) -> Iterator[tuple[datetime, Callable[[datetime], object]]]:
        """What happens when."""
        acts: dict[str, Callable[[datetime], object]] = {
            "propose": self._propose,
            "check": lambda at: check_proposals(self.cast.database, at),
            "confirm": self._confirm,
            "dispute": self._dispute,
            "grant": self._grant,
            "count": lambda at: run_clocks(self.cast.database, at),
            "repair": self._repair,
        }
        for name, after in PLAYS[self.row["step"]]:
            yield self.begin + after, acts[name]

    @property
    def _resident(self) -> UUID:
        return _id(self.cast.actors["resident"][int(self.row["resident"])])

    def _propose(self, at: datetime) -> None:
        row, resident = self.row, self._resident
        with self.cast.database.write() as session:
            subject = people_by_ids(session, [resident])[resident].number
            wish = ProposalWish(
                subject=subject, rule_code=row["rule"], basis=self.cast.bases[row["basis"]],
                act=row["act"], place=row["place"], happened_at=at - BEFORE, source=row["source"],
                files=self._evidence(session, at),
            )  # fmt: skip
            actor = self.cast.actors["street_desk"][0]
            self.number = propose(session, self.cast.district, wish, actor=actor, now=at)

    def _evidence(self, session: Session, at: datetime) -> KeptPhotos:
        """The picture that the proposer took; none on a machine that cannot draw."""
        drawn = self.cast.pictures.get(self.row["photo"])
        if not drawn:
            return KeptPhotos()
        owner = f"demo:{self.row['source']}"
        return KeptPhotos(owner, (keep_upload(session, drawn[0][0], owner=owner, now=at),))

    def _confirm(self, at: datetime) -> None:
        """By whom the guard lets see it: the centre, or a reviewer."""
        with self.cast.database.write() as session:
            row = self._matter(session, at)
            route = open_route(session, row.sealed_route, MATTER, row.id)
            role = "city_centre" if route is Route.ORDINARY else "credit_reviewer"
            actor = self.cast.actors[role][0]
            confirm(session, row.id, no_interest=True, actor=actor, now=at)

    def _dispute(self, at: datetime) -> None:
        with self.cast.database.write() as session:
            object_to(
                session, person_id=self._resident, matter_id=self._matter(session, at).id,
                statement=self.row["objection"], files=KeptPhotos(), now=at,
            )  # fmt: skip

    def _grant(self, at: datetime) -> None:
        with self.cast.database.write() as session:
            decide(
                session, self._matter(session, at).id, granted=True, reason=self.row["decision"],
                no_interest=True, actor=self.cast.actors["credit_reviewer"][-1], now=at,
            )  # fmt: skip

    def _repair(self, at: datetime) -> None:
        with self.cast.database.write() as session:
            row = self._matter(session, at)
            actor = self.cast.actors["street_desk"][0]
            service = self.row["repair"]
            repair(session, row.id, amount=row.left, service=service, actor=actor, now=at)

    def _matter(self, session: Session, at: datetime) -> MatterRow:
        found = matter_by_number(session, self.number, at)
        if found is None:
            raise LookupError(self.number)
        return found


def _id(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise LookupError("an account of the demo is missing")
    return actor.person_id


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))
