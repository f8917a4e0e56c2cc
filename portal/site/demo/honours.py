"""Role models of the demo: one in public, one who wants not to be seen, one asked, one new."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.honours import HonourRow, honours_of, newest_of
from credit.rules.honours import Wish
from credit.service.honours.answering import Answer, answer_honour
from credit.service.honours.checking import Check, check_nomination
from credit.service.honours.deciding import grant_honour
from credit.service.honours.nominating import Nomination, nominate
from portal.accounts.queries import actor_for, people_by_ids
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.organisations.queries import organisation_by_code

ROWS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-honours.tsv"
SHOWN, HIDDEN, NEW, GRANTED = "shown", "hidden", "nominated", "granted"


def plant_honours(
    session: Session, people: Mapping[str, Sequence[UUID]], community: AreaRow, now: datetime
) -> None:
    """Through the services, day by day: nobody decides what she has checked."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t"):
            _plant(session, people, community, row, now)


def _plant(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    community: AreaRow,
    row: Mapping[str, str],
    now: datetime,
) -> None:
    nominee, typed = _nominee(session, people, row["nominee"])
    if row["nominee"] and not typed:
        # another city has other units
        return
    neighbours = people["resident"]
    nominator = neighbours[0] if nominee != neighbours[0] else neighbours[1]
    told = Nomination(row["kind"], community.code, row["whom"], row["words"])
    at = now - timedelta(days=int(row["days"]))
    nominate(session, actor_for(session, nominator, now), told, now=at)
    # the next step looks for it
    session.flush()
    found = newest_of(session, nominator)
    if found is not None and row["step"] != NEW:
        _further(session, _staff(session, people, now), found, row, (nominee, typed), at)


def _further(
    session: Session,
    staff: tuple[Actor, Actor],
    found: HonourRow,
    row: Mapping[str, str],
    who: tuple[UUID | None, str],
    at: datetime,
) -> None:
    """Checked, answered and decided, as far as the row says."""
    committee, desk = staff
    check_nomination(session, committee, found.number, Check(who[1], row["citation"]), now=at)
    wish = {SHOWN: Wish.SHOWN, HIDDEN: Wish.HIDDEN}.get(row["step"])
    if who[0] is not None and wish is not None:
        mine = next(h for h in honours_of(session, who[0]) if h.number == found.number)
        answer_honour(session, mine, Answer(wish, row["name"]), now=at)
    if row["step"] in {SHOWN, HIDDEN, GRANTED}:
        grant_honour(session, desk, found.number, now=at)


def _staff(
    session: Session, people: Mapping[str, Sequence[UUID]], now: datetime
) -> tuple[Actor, Actor]:
    """Whoever checks and whoever decides, with the roles that they hold since today."""
    roles = ("community_committee", "street_desk")
    one, two = (actor_for(session, people[role][0], now, second_factor=True) for role in roles)
    return one, two


def _nominee(
    session: Session, people: Mapping[str, Sequence[UUID]], named: str
) -> tuple[UUID | None, str]:
    """(person, how staff find her): an account by its role and place in the list, or a unit."""
    role, _, at = named.partition(" ")
    if role in people:
        person_id = people[role][int(at)]
        return person_id, people_by_ids(session, [person_id])[person_id].number
    unit = organisation_by_code(session, named) if named else None
    return None, unit.code if unit else ""
