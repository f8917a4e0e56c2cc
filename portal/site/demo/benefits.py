"""What the demo's communities offer for points, and what its residents have earned and had kept."""

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from credit.rules.benefits import USUAL_HOLD_DAYS, BenefitWish
from credit.service import Holder, give_consent, record_fact
from credit.service.benefits import check_benefit, offer_benefit
from credit.service.redeeming import code_by_number, find_by_code, hand_out, redeem
from credit.service.sealing import seal
from portal.accounts.rules import Actor
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.site.demo.people import demo_actors, demo_places

OFFERS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-benefits.tsv"
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
# what the two residents did, by the facts of the city's rules
DEEDS: Final = (
    (("shift_done", 6), ("patrol_done", 2), ("quiz_passed", 1)),
    (("shift_done", 3), ("report_confirmed", 2)),
)


def plant_benefits(database: Database, now: datetime) -> None:
    """Offers of two communities, residents with points, one benefit kept, one handed out.

    Rules count once they are sealed, so this comes in steps, each with a transaction of its own.
    """
    seal(database, now)
    with database.write() as session:
        actors = demo_actors(session, now)
        offers = [_offer(session, row, actors, now) for row in _rows()]
        district = instance_of(session).city.roots[0]
        for resident, deeds in zip(actors["resident"], DEEDS, strict=False):
            _earn(session, district, resident, deeds, now)
    with database.write() as session:
        bag, knives, plant = offers[:3]
        first, second = actors["resident"]
        redeem(session, first, bag, price=4, now=now)
        _fetched(session, first, knives, 2, actors["community_committee"][0], now)
        redeem(session, second, plant, price=5, now=now)
    seal(database, now + timedelta(seconds=1))


def _rows() -> list[dict[str, str]]:
    with OFFERS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def _offer(
    session: Session, row: Mapping[str, str], actors: Mapping[str, list[Actor]], now: datetime
) -> str:
    """One offer, written by its community and checked by the street; its code."""
    wish = BenefitWish(
        kind=row["kind"],
        titles={language: row[language] for language in LANGUAGES},
        words={language: row[f"words_{language}"] for language in LANGUAGES},
        price=int(row["price"]),
        per_person=int(row["per_person"]) if row["per_person"] else None,
        hold_days=USUAL_HOLD_DAYS,
        pick_up=row["pick_up"],
        offered_by=row["offered_by"],
        valid_from=city_day(now, instance_of(session).city.zone),
        valid_to=None,
    )
    writer = actors["community_committee"][0 if row["place"] == "community" else 1]
    stock = int(row["stock"]) if row["stock"] else None
    area = demo_places(session)[row["place"]].code
    code = offer_benefit(session, writer, wish, area_code=area, stock=stock, now=now)
    if row["checked"] == "yes":
        checker = actors["street_desk"][0]
        check_benefit(session, checker, code, declared=True, seen=1, now=now)
    return code


def _earn(
    session: Session,
    district: str,
    resident: Actor,
    deeds: tuple[tuple[str, int], ...],
    now: datetime,
) -> None:
    if resident.person_id is None:
        return
    give_consent(session, district, resident.person_id, now=now)
    for at, (fact, times) in enumerate(deeds, start=1):
        record_fact(
            session, district=district, fact=fact, source=f"{fact.partition('_')[0]}:{at:04}",
            holder=Holder.person(resident.person_id), happened_at=now, now=now, times=times,
        )  # fmt: skip


def _fetched(
    session: Session, who: Actor, code: str, price: int, desk: Actor, now: datetime
) -> None:
    number = redeem(session, who, code, price=price, now=now)
    find_by_code(session, desk, code_by_number(session, who, number), now=now)
    hand_out(session, desk, number, now=now)
