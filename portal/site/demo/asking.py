"""Questions to units, figures and a key task of the demo, entered through the services."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.publicity.rules.disclosure import InputKind, InputWish, TaskWish
from portal.publicity.service.disclosure import enter_input, start_task
from portal.publicity.service.questions import (
    QuestionWish,
    answer_question,
    ask_question,
    decide_question,
    units_answered_for,
)

TOLD: Final = Path(__file__).resolve().parents[1] / "data" / "demo-questions.tsv"
DAY: Final = timedelta(days=1)
QUARTER: Final = 90


def plant_questions(
    session: Session, people: Mapping[str, Sequence[UUID]], city: AreaRow, now: datetime
) -> None:
    """What was asked lately of the office of the first street, and what the city discloses."""
    with TOLD.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t"))
    resident, desk, centre = (
        actor_for(session, people[role][0], now, second_factor=True)
        for role in ("resident", "street_desk", "city_centre")
    )
    units = units_answered_for(session, desk)
    if not units:
        return
    for row in rows:
        if row["kind"] in {"answered", "open"}:
            _question(session, row, units[0].code, (resident, centre, desk), now)
        else:
            _disclosed(session, row, units[0].code, centre, city.code, now)


def _question(
    session: Session, row: Mapping[str, str], unit: str, who: tuple[Actor, Actor, Actor],
    now: datetime,
) -> None:  # fmt: skip
    resident, centre, desk = who
    wish = QuestionWish(unit, row["title"], row["words"])
    number = ask_question(session, resident, wish, now=now - 4 * DAY)
    # each step is read before the next
    session.flush()
    decide_question(session, centre, number, None, "", now=now - 3 * DAY)
    if row["more"]:
        answer_question(session, desk, number, row["more"], now=now - DAY)


def _disclosed(
    session: Session, row: Mapping[str, str], unit: str, centre: Actor, code: str, now: datetime
) -> None:
    today = city_day(now, instance_of(session).city.zone)
    if row["kind"] == "task":
        due = today + timedelta(days=QUARTER)
        task = TaskWish(row["title"], row["words"], unit, code, due, row["more"])
        start_task(session, centre, task, row["more"], now=now - 3 * DAY)
        return
    kind, amount = InputKind(row["kind"]), int(row["more"])
    figure = InputWish(kind, code, today.year, amount, row["title"], row["words"])
    enter_input(session, centre, figure, replaced="", now=now - 3 * DAY)
