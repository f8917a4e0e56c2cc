"""The exposure column of the demo: two items that two people approved, and one that waits.

One rests on a breach of a shop that a company runs, taken up the ladder day by day; the others on
closed matters. Through the services; a place and an act, never who (P5).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from pledges.queries.premises import (
    PAGE,
    PremisesRow,
    Sought,
    operators_of,
    register_page,
)
from pledges.rules.breaches import BreachStep
from pledges.rules.inspections import Body, Finding
from pledges.service.breaches import open_breach, take_step
from pledges.service.inspections import (
    InspectionWish,
    checklist_here,
    door_here,
    make_inspection,
)
from pledges.service.premises import MANAGE
from pledges.service.premises_links import link_unit
from portal.accounts.rules import Actor
from portal.areas.rules import Keeper
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.organisations.rules import OrganisationKind
from portal.organisations.service.register import add_organisation
from portal.publicity.rules.exposure import Basis, Step
from portal.publicity.service.exposures import (
    ExposureWish,
    cover_exposure,
    covered_copy,
    exposure_here,
    step_exposure,
    write_exposure,
)
from portal.reports.queries.exposing import case_bases
from portal.reports.queries.public import kinds, public_page
from portal.reports.rules.codes import State
from portal.reports.rules.covering import Rectangle
from portal.reports.rules.listing import Filters
from portal.site.demo.people import demo_actors, demo_places

WORDS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-exposures.tsv"
DAY: Final = timedelta(days=1)
# the ladder of the breach: so many days ago; the last notice is older than the time for an appeal
FOUND, DEMANDED, RECORDED = 46, 42, 32
TO_RECTIFY: Final = 8
# when matters were closed on which others rest, and how many are looked at
CLOSED: Final = 18
LOOKED_AT: Final = 60
SHOWN_FOR, SHOWN_AGO = 21, 2
COMPANY: Final = "DEMO-MED"
OWNER: Final = "demo"
DUMPING: Final = "rubble"
PICTURED: Final = "shop_overflow"
# the sign of the shop: a name leads to somebody
COVERED: Final = (Rectangle(200, 30, 600, 190),)
Pictures = Mapping[str, Sequence[tuple[CleanPhoto, CleanPhoto]]]


@dataclass(frozen=True)
class Column:
    """Who writes, who approves, and the words."""

    database: Database
    desk: Actor
    approve: Sequence[Actor]
    words: Mapping[str, str]
    now: datetime

    def ago(self, days: float) -> datetime:
        return self.now - days * DAY


def plant_exposures(database: Database, pictures: Pictures, now: datetime) -> None:
    """Fill the column, as far as the demo holds what an item can rest on."""
    with database.read() as session:
        actors = demo_actors(session, now)
        column = Column(
            database, actors["street_desk"][0], actors["city_centre"][:2], _words(), now
        )
        cases = _closed(session, column)
    number = _breach(column)
    if number:
        _show(column, "breach", ExposureWish(Basis.BREACH, number, **_said(column, "breach")),
              pictures)  # fmt: skip
    for what, case in zip(("case", "waiting"), cases, strict=False):
        _show(column, what, ExposureWish(Basis.CASE, case, **_said(column, what)), {})


def _words() -> Mapping[str, str]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return {row["what"]: row["words"] for row in csv.DictReader(lines, delimiter="\t")}


def _said(column: Column, what: str) -> dict[str, Any]:
    return {
        "act": column.words[f"{what} act"], "located": column.words[f"{what} located"],
        "days": SHOWN_FOR, "about_person": False,
    }  # fmt: skip


def _closed(session: Session, column: Column) -> list[str]:
    """Matters of the street about dumped rubble that were closed long enough ago."""
    street = demo_places(session)["street"]
    wanted = Filters(area=street.code, category=DUMPING, states=(State.CLOSED,))
    rows = public_page(session, wanted, kinds(session), size=LOOKED_AT).rows
    bases = case_bases(session, {row.number for row in rows})
    before = column.ago(CLOSED)
    return [
        base.number
        for base in (bases[row.number] for row in rows if row.number in bases)
        if base.closed_at is not None and base.closed_at < before and not base.protected
    ]


# --- the breach -----------------------------------------------------------------------------------


def _breach(column: Column) -> str:
    """Found, reminded, demanded, recorded, each at its time; its number, empty without the shop."""
    words, desk = column.words, column.desk
    with column.database.write() as session:
        shop = next(_shops(session, column), None)
        if shop is None:
            return ""
        _known_as_company(session, column, shop)
        at = column.ago(FOUND)
        checklist = checklist_here(session, door_here(session, desk, shop.number), at)
        first = checklist.clauses[0].id
        answers = {one.id: Finding.KEPT for one in checklist.clauses} | {first: Finding.NOT_KEPT}
        wish = InspectionWish(
            body=Body.STREET, at=at, version_id=checklist.version_id, answers=answers,
            notes={first: words["broken"]},
        )  # fmt: skip
        look = make_inspection(session, desk, shop.number, wish, now=at)
        session.flush()
        number = open_breach(session, desk, look, first, words["remind"], now=at)
        session.flush()
        zone = instance_of(session).city.zone
        due = city_day(column.ago(DEMANDED - TO_RECTIFY), zone)
        take_step(
            session, desk, number, BreachStep.DEMAND, words["demand"], due_on=due,
            now=column.ago(DEMANDED),
        )  # fmt: skip
        session.flush()
        take_step(
            session, desk, number, BreachStep.RECORD, words["record"], now=column.ago(RECORDED)
        )
    return number


def _shops(session: Session, column: Column) -> Iterator[PremisesRow]:
    rows = register_page(session, column.desk.places_for(MANAGE), Sought())[:PAGE]
    return (row for row in rows if row.door == column.words["door"])


def _known_as_company(session: Session, column: Column, shop: PremisesRow) -> None:
    """The register says which company runs the shop: what a person runs alone is never shown."""
    today = city_day(column.now, instance_of(session).city.zone)
    add_organisation(
        session, Keeper(None, None), code=COMPANY, kind=OrganisationKind.COMPANY,
        names={"zh_Hans": column.words["company"]}, valid_from=today, now=column.now,
    )  # fmt: skip
    runs = next(one for one in operators_of(session, shop) if one.ends_on is None)
    link_unit(session, column.desk, shop.number, COMPANY, seen=runs.number, now=column.now)
    session.flush()


# --- the items ------------------------------------------------------------------------------------


def _show(column: Column, what: str, wish: ExposureWish, pictures: Pictures) -> None:
    """Written, its picture covered, sent, approved by one; all but the last by another too."""
    database, at = column.database, column.ago(SHOWN_AGO)
    drawn = pictures.get(PICTURED)
    with database.write() as session:
        photo = _kept(session, drawn[0][0], at) if drawn else KeptPhotos()
        number = write_exposure(session, column.desk, replace(wish, photo=photo), now=at)
    if drawn:
        _cover(column, number, at)
    steps = [(column.desk, Step.SEND), *((who, Step.APPROVE) for who in column.approve)]
    for who, step in steps if what != "waiting" else steps[:2]:
        with database.write() as session:
            sent = exposure_here(session, who, number).sent
            step_exposure(
                session, who, number, step, sent=sent, reason="", now=at, looked=bool(drawn)
            )


def _kept(session: Session, picture: CleanPhoto, at: datetime) -> KeptPhotos:
    return KeptPhotos(OWNER, (keep_upload(session, picture, owner=OWNER, now=at),))


def _cover(column: Column, number: str, at: datetime) -> None:
    """The file that everybody sees is drawn anew, outside of a transaction."""
    with column.database.read() as session:
        row = exposure_here(session, column.desk, number)
        copy = covered_copy(session, row, COVERED, bare=False)
    with column.database.write() as session:
        kept = _kept(session, copy, at)
        session.flush()
        cover_exposure(session, column.desk, number, COVERED, "", kept, now=at)
