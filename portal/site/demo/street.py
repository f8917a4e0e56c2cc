"""Who has to do with the demo's street of shops, and the words of the table."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.queries.premises import PAGE, Sought, register_page
from pledges.service.premises import MANAGE
from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.accounts.service import NewPerson, add_person
from portal.areas.queries import AreaRow
from portal.site.demo.premises import TABLE

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-frontages.tsv"
SIGNED: Final = 7
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")

People = Mapping[str, Sequence[UUID]]


@dataclass(frozen=True)
class Shop:
    """A door of the street: its number, who signs there by which name, and the account."""

    number: str
    name: str
    phone: str
    speaks: Actor


@dataclass(frozen=True)
class Street:
    """Who has to do with it; ``second`` decides what the desk proposed."""

    desk: Actor
    second: Actor
    looks: Actor
    shops: Sequence[Shop]
    words: Mapping[str, str]
    street: AreaRow

    def said(self, what: str) -> dict[str, str]:
        """Words of the table in every language."""
        return {language: self.words[f"{what}_{language}"] for language in LANGUAGES}


def demo_street(session: Session, people: People, street: AreaRow, now: datetime) -> Street:
    """The street as its table was taken over."""
    desk = actor_for(session, people["street_desk"][0], now, second_factor=True)
    second = actor_for(session, people["city_centre"][0], now, second_factor=True)
    looks = actor_for(session, people["verifier"][0], now, second_factor=True)
    words = {row["what"]: row["words"] for row in _rows(WORDS, "\t")}
    # rows of the table wait to be written
    session.flush()
    doors = {
        (row.road, row.door): row.number
        for row in register_page(session, desk.places_for(MANAGE), Sought())[:PAGE]
    }
    owners = iter(people["shop_owner"])
    shops = list[Shop]()
    for row in _rows(TABLE, ","):
        number = doors.get((row["road"], row["door"]))
        if number is not None and len(shops) < SIGNED:
            speaks = _account(session, next(owners, None), row, now)
            shops.append(Shop(number, row["operator"], row["phone"], speaks))
    return Street(desk, second, looks, shops, words, street)


def _rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter=delimiter))


def _account(session: Session, known: UUID | None, row: Mapping[str, str], now: datetime) -> Actor:
    """A fixed account for the first shops; for others a new one with the phone of the register."""
    if known is None:
        new = NewPerson(name=row["operator"], phone=row["phone"], demo=True)
        person = add_person(session, new, now=now)
        person.phone_verified_at = now
        session.flush()
        known = person.id
    return actor_for(session, known, now)
