"""Adoptions of the demo at every stage, through the services, so that each page shows something."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for, people_by_ids
from portal.accounts.rules import Actor
from volunteers.queries.adoption.adoptions import holder_of_plot, member_in
from volunteers.queries.adoption.care import model_now
from volunteers.queries.adoption.plots import PlotRow, known_numbers
from volunteers.rules.adoption.life import Party, Step
from volunteers.rules.adoption.lists import axes
from volunteers.service.adoption.applying import Wish, apply_for
from volunteers.service.adoption.care import Done, confirm_care, write_care
from volunteers.service.adoption.checking import check_site
from volunteers.service.adoption.looking_after import give_notice, inspect, take_step
from volunteers.service.adoption.members import answer_joining, ask_to_join
from volunteers.service.adoption.settings import today_of
from volunteers.service.adoption.signing import ForTheCity, Signature, countersign, sign

ROWS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-adoption.tsv"
WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-adoption-words.tsv"
POINTS: Final = (5, 4, 4, 5)


def plant_adoptions(session: Session, people: Mapping[str, Sequence[UUID]], now: datetime) -> None:
    """Plant what the city's register has; another city has other plots, and nothing is planted."""
    rows = _rows(ROWS)
    plots = known_numbers(session, [row["plot"] for row in rows])
    desk = actor_for(session, people["street_desk"][0], now, second_factor=True)
    for row in rows:
        if row["plot"] in plots and model_now(session) is not None:
            _plant(session, people, desk, plots[row["plot"]], row, now)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def _said() -> Mapping[str, str]:
    return {row["what"]: row["words"] for row in _rows(WORDS)}


def _adopter(
    session: Session, people: Mapping[str, Sequence[UUID]], named: str, now: datetime
) -> Actor:
    role, _, at = named.partition(" ")
    return actor_for(session, people[role][int(at)], now)


def _plant(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    desk: Actor,
    plot: PlotRow,
    row: Mapping[str, str],
    now: datetime,
) -> None:
    who, at = _adopter(session, people, row["adopter"], now), now - timedelta(days=int(row["days"]))
    wish = Wish(
        row["form"], Party(row["party"]), row["group"], int(row["people"]), int(row["percent"]),
        row["plot_name"], row["words"],
    )  # fmt: skip
    number, stage, said = apply_for(session, who, plot.number, wish, now=at), row["until"], _said()
    if stage == "applied":
        return
    # each step looks for what the one before has written
    session.flush()
    check_site(session, desk, number, fits=True, reason=said["fit"], now=at + timedelta(days=1))
    if stage == "offered":
        return
    _sign(session, who, number, row, at + timedelta(days=2))
    if stage == "signed":
        return
    started = at + timedelta(days=3)
    given = ForTheCity(said["city"], grant_name=bool(row["plot_name"]))
    countersign(session, desk, number, given, now=started)
    session.flush()
    _live(session, who, desk, number, row, started)
    if row["joins"]:
        _join(session, people, who, plot, row["joins"], now)
    _end(session, who, desk, number, stage, now)


def _sign(session: Session, who: Actor, number: str, row: Mapping[str, str], at: datetime) -> None:
    model = model_now(session)
    if model is None or who.person_id is None:
        return
    name = people_by_ids(session, [who.person_id])[who.person_id].display_name
    sign(session, who, number, Signature(name, model.version, row["public_name"]), now=at)


def _live(
    session: Session,
    who: Actor,
    desk: Actor,
    number: str,
    row: Mapping[str, str],
    started: datetime,
) -> None:
    """A line of care every few days, the last not confirmed yet; and a check."""
    deeds = row["care"].split()
    for nth, deed in enumerate(deeds, start=1):
        at = started + timedelta(days=5 * nth)
        done = Done(deed, today_of(session, at), 30)
        line = write_care(session, who, number, done, now=at)
        session.flush()
        if nth < len(deeds):
            confirm_care(session, desk, number, line, now=at + timedelta(hours=20))
    scores = dict(zip(axes(), POINTS, strict=True))
    inspect(session, desk, number, scores, _said()["checked"], now=started + timedelta(days=12))


def _join(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    lead: Actor,
    plot: PlotRow,
    named: str,
    now: datetime,
) -> None:
    other = _adopter(session, people, named, now)
    number = ask_to_join(session, other, plot.number, now=now)
    session.flush()
    row = holder_of_plot(session, plot.id)
    member = member_in(session, row.id, other.person_id) if row else None
    if member:
        answer_joining(session, lead, number, member.number, yes=True)


def _end(session: Session, who: Actor, desk: Actor, number: str, stage: str, now: datetime) -> None:
    if stage == "reminded":
        at = now - timedelta(days=9)
        take_step(session, desk, number, Step.REMIND, reason=_said()["remind"], now=at)
    if stage == "leaving":
        give_notice(session, who, number, now=now - timedelta(days=6))
