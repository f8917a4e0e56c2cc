"""Matters of the demo that came through other doors, and those that ended without a unit."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, children_of
from portal.areas.rules import Keeper
from portal.areas.service import add_area
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.queries.case import CaseRow, case_by_number, reporters_of
from portal.reports.rules.codes import Event, Source
from portal.reports.rules.doors import Behalf, ConsentWay, Filing, ProxyRelation
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.ends import settle_case, solve_case
from portal.reports.service.filing import Filer, file_for
from portal.reports.service.handling import take_step
from portal.reports.service.intake import file_report

WORDS = Path(__file__).resolve().parents[1] / "data" / "demo-doors.tsv"
BUILDING = "building"
OWNER = "demo"
Pictures = Mapping[str, Sequence[tuple[CleanPhoto, CleanPhoto]]]
People = Mapping[str, Sequence[UUID]]


def plant_doors(
    session: Session, people: People, pictures: Pictures, community: AreaRow, now: datetime
) -> None:
    """Filed by the community, by a hotline's desk and by the liaison officer; solved by hand."""
    words = _words()
    at = now - timedelta(hours=5)

    def staff(role: str) -> Filer:
        actor = actor_for(session, people[role][0], now, second_factor=True)
        return Filer(actor, "zh_Hans", KeptPhotos(), KeptPhotos())

    filings = (
        ("proxy", "litter", "community_committee", _named(words["resident"]["zh_Hans"])),
        ("call", "road_damage", "street_desk", _called()),
        ("units", "dirty_road", "liaison_officer", _of_units()),
    )
    for key, kind, role, filing in filings:
        told = _told(community, kind, words[key]["zh_Hans"])
        file_for(session, told, filing, staff(role), now=at)
    if pictures:
        _solved_by_hand(session, people, pictures, community, now)


def _words() -> dict[str, dict[str, str]]:
    with WORDS.open(encoding="utf-8", newline="") as file:
        return {
            row["what"]: {key[5:]: text for key, text in row.items() if key != "what"}
            for row in csv.DictReader(file, delimiter="\t")
        }


def _told(place: AreaRow, kind: str, words: str, **more: Any) -> ReportAnswers:
    return ReportAnswers(
        area_code=place.code, category_code=kind, words=words,
        **{"contact": Contact.NONE, "publish": True, **more},
    )  # fmt: skip


def _named(name: str) -> Filing:
    return Filing(
        Source.PETITION_PROXY, Behalf.RESIDENT, name, ProxyRelation.AGENT, ConsentWay.SPOKEN,
        agreed=True,
    )  # fmt: skip


def _called() -> Filing:
    return Filing(Source.HOTLINE_12319, Behalf.ANONYMOUS, external_number="DEMO-0001")


def _of_units() -> Filing:
    return Filing(Source.PETITION_PROXY, Behalf.UNITS)


def _solved_by_hand(
    session: Session, people: People, pictures: Pictures, community: AreaRow, now: datetime
) -> None:
    """A small matter that the head of the building settled, and one that its reporter did."""
    words = _words()
    neighbour = actor_for(session, people["resident"][0], now)
    desk = actor_for(session, people["street_desk"][0], now, second_factor=True)
    head = actor_for(session, people["building_head"][0], now, second_factor=True)
    place = _building(session, community, words[BUILDING], now)
    if place is not None:
        small = _filed(session, neighbour, _told(place, "piled_things", words["small"]["zh_Hans"],
                                                 contact=Contact.ACCOUNT), now)  # fmt: skip
        case = take_step(session, small, Event.ACCEPT, actor=desk, now=now - timedelta(hours=2))
        photo = _after(session, pictures, "piled_things", now)
        settle_case(
            session, case, actor=head, words=words["settle"]["zh_Hans"], photos=photo,
            now=now - timedelta(hours=1),
        )  # fmt: skip
    told = _told(community, "litter", words["own"]["zh_Hans"], contact=Contact.ACCOUNT)
    own = _filed(session, neighbour, told, now)
    solve_case(
        session, own, reporters_of(session, own)[0], words=words["solved"]["zh_Hans"],
        photos=_after(session, pictures, "litter", now), now=now - timedelta(hours=1),
    )  # fmt: skip


def _filed(session: Session, actor: Actor, told: ReportAnswers, now: datetime) -> CaseRow:
    filed = file_report(session, told, actor=actor, now=now - timedelta(hours=4))
    case = case_by_number(session, filed.number)
    if case is None:
        raise LookupError(filed.number)
    return case


def _after(session: Session, pictures: Pictures, kind: str, now: datetime) -> KeptPhotos:
    """The picture of the result, as if somebody had just sent it."""
    drawn = pictures.get(kind) or next(iter(pictures.values()))
    token = keep_upload(session, drawn[0][1], owner=OWNER, now=now)
    # it is taken in the next step
    session.flush()
    return KeptPhotos(OWNER, (token,))


def _building(
    session: Session, community: AreaRow, names: Mapping[str, str], now: datetime
) -> AreaRow | None:
    """A building in the first grid, in a city whose places go that far down."""
    city = instance_of(session).city
    if BUILDING not in {level.code for level in city.levels}:
        return None
    parent = next(iter(children_of(session, community.code)), community)
    code = add_area(
        session, Keeper(None, None), parent_code=parent.code, code=f"{parent.code}B001",
        level=BUILDING, names=names, valid_from=city_day(now, city.zone), now=now,
    )  # fmt: skip
    return next(area for area in children_of(session, parent.code) if area.code == code)
