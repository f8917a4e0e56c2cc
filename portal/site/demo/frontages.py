"""What happens at the doors of the demo's street: plaques, letters, looks, an alliance, parking.

Through the services, with the phones of the table: a letter is signed as if its code had come.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.queries.inspections import Checklist
from pledges.queries.photos import photos_to_check
from pledges.queries.plaques import batch_by_number, codes_of_batch
from pledges.queries.signing import signing_door, to_sign
from pledges.rules.breaches import BreachStep
from pledges.rules.clauses import Letter
from pledges.rules.inspections import Body, Finding
from pledges.rules.parking import HOLIDAY, ParkingFee, ParkingStep, ParkingUser, read_spans
from pledges.service.answers import say_rectified
from pledges.service.breaches import open_breach, take_step
from pledges.service.days import today_of
from pledges.service.inspections import (
    InspectionWish,
    checklist_here,
    door_here,
    make_inspection,
)
from pledges.service.parking import OfferWish, own_offer, write_offer
from pledges.service.parking import take_step as take_parking_step
from pledges.service.parking_signing import sign_offer
from pledges.service.photos import check_photo
from pledges.service.plaques import By, bind_plaque, issue_plaques
from pledges.service.premises import MANAGE
from pledges.service.signing import SigningWish
from pledges.service.signing import sign as sign_letter
from portal.areas.queries import AreaRow
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.site.demo.alliances import plant_alliance
from portal.site.demo.standings import plant_standings
from portal.site.demo.street import SIGNED, People, Shop, Street, demo_street

PLAQUES: Final = 12
KIND, OWNER = "litter", "demo"
NIGHT: Final = "18:00-08:00"
ALL_DAY: Final = "00:00-24:00"

Pictures = Mapping[str, Sequence[tuple[CleanPhoto, CleanPhoto]]]


def plant_frontages(
    session: Session, people: People, pictures: Pictures, street: AreaRow, now: datetime
) -> None:
    """The street as it stands after its first weeks."""
    found = demo_street(session, people, street, now)
    if len(found.shops) < SIGNED:
        return
    codes = _hang(session, found, now)
    for shop in found.shops[:SIGNED]:
        _sign(session, shop, now)
    for at, shop in enumerate(found.shops[:SIGNED]):
        _look(session, found, shop, now, pictures if at == 0 else {}, broken=at == 0)
    plant_alliance(session, found, now)
    plant_standings(session, found, codes, now)
    for at, shop in enumerate(found.shops[3:6:2]):
        _parking(session, found, shop, now, at)


def _hang(session: Session, found: Street, now: datetime) -> list[str]:
    """A batch, of which some wait in a drawer; the codes at the doors of the shops."""
    by = By(found.desk, now)
    number = issue_plaques(session, by, found.street.code, PLAQUES)
    session.flush()
    batch = batch_by_number(session, number)
    if batch is None:
        raise LookupError(number)
    codes = codes_of_batch(session, batch.id, limit=PLAQUES)
    for shop, plaque in zip(found.shops, codes, strict=False):
        bind_plaque(session, by, plaque.code, shop.number)
    session.flush()
    return [plaque.code for plaque in codes[: len(found.shops)]]


def _sign(session: Session, shop: Shop, now: datetime) -> None:
    wish = _letter(session, shop, Letter.FRONTAGE, now)
    if wish is not None:
        sign_letter(session, wish, now=now)
        session.flush()


def _letter(session: Session, shop: Shop, letter: Letter, now: datetime) -> SigningWish | None:
    """Everything ticked, by whoever has the phone of the register."""
    door = signing_door(session, shop.number)
    if door is None or door.operator is None:
        return None
    texts = to_sign(session, door, letter, today_of(session, now))
    if texts.main is None:
        return None
    known = instance_of(session).vault.keyed_hash("phone", clean_mobile(shop.phone) or "")
    return SigningWish(
        letter=letter, premises=shop.number, operator=door.operator,
        version_id=texts.main.id, ticks=frozenset(texts.main.clauses), name=shop.name,
        language="zh_Hans", extras=frozenset(one.id for one in texts.extras[:1]),
        duty_version=door.duty_version, received=True, signer_id=shop.speaks.person_id,
        phone_hash=known,
    )  # fmt: skip


def _look(
    session: Session, found: Street, shop: Shop, now: datetime, pictures: Pictures, *, broken: bool
) -> None:
    """Everything kept; or one clause not, of which the shop is reminded and puts it right."""
    checklist = checklist_here(session, door_here(session, found.looks, shop.number), now)
    first = checklist.clauses[0].id
    before, after = _drawn(session, pictures, now)
    number = make_inspection(
        session, found.looks, shop.number,
        _seen(checklist, {first} if broken else set(), found.words["broken"], before, now), now=now,
    )  # fmt: skip
    session.flush()
    if not broken:
        return
    breach = open_breach(session, found.desk, number, first, found.words["remind"], now=now)
    session.flush()
    say_rectified(session, shop.speaks, breach, found.words["done"], after, now=now)
    session.flush()
    why = found.words["rectified"]
    take_step(session, found.desk, breach, BreachStep.FIND_RECTIFIED, why, now=now)
    session.flush()
    for photo in photos_to_check(session, found.desk.places_for(MANAGE)):
        check_photo(session, found.desk, photo.code, show=True, now=now)


def _seen(
    checklist: Checklist, broken: set[UUID], note: str, before: KeptPhotos, now: datetime
) -> InspectionWish:
    answers = {
        one.id: Finding.NOT_KEPT if one.id in broken else Finding.KEPT for one in checklist.clauses
    }
    return InspectionWish(
        body=Body.STREET, at=now, version_id=checklist.version_id, answers=answers,
        notes=dict.fromkeys(broken, note), before=before,
    )  # fmt: skip


def _drawn(session: Session, pictures: Pictures, now: datetime) -> tuple[KeptPhotos, KeptPhotos]:
    """A drawn picture of what was found and one of the result, as if somebody had sent them."""
    if not pictures:
        return KeptPhotos(), KeptPhotos()
    pair = (pictures.get(KIND) or next(iter(pictures.values())))[0]
    tokens = [keep_upload(session, one, owner=OWNER, now=now) for one in pair]
    # they are taken in the next step
    session.flush()
    return KeptPhotos(OWNER, (tokens[0],)), KeptPhotos(OWNER, (tokens[1],))


def _parking(session: Session, found: Street, shop: Shop, now: datetime, at: int) -> None:
    """One for everybody by night, one for residents at weekends too."""
    number = write_offer(
        session, shop.speaks, shop.number, _offer(session, found, now, at), now=now
    )
    session.flush()
    wish = _letter(session, shop, Letter.PARKING, now)
    if wish is None:
        return
    seen = own_offer(session, shop.speaks, number).version
    sign = partial(sign_letter, session, now=now)
    sign_offer(session, shop.speaks, number, wish, sign, seen=seen, now=now)
    session.flush()
    take_parking_step(
        session, found.desk, number, ParkingStep.ADMIT, "", desk=True, now=now,
        seen=own_offer(session, shop.speaks, number).version,
    )  # fmt: skip


def _offer(session: Session, found: Street, now: datetime, at: int) -> OfferWish:
    free = ALL_DAY if at else NIGHT
    days = dict.fromkeys(range(5), NIGHT) | dict.fromkeys((5, 6, HOLIDAY), free)
    lon, lat = found.street.lon, found.street.lat
    return OfferWish(
        spaces=12 + 18 * at, open_to=(ParkingUser.EVERYBODY, ParkingUser.RESIDENTS)[at],
        fee=ParkingFee.FREE, fee_note="", entrance=found.words["entrance"],
        phone=found.words["phone"],
        point=(lon + at / 2000, lat) if lon is not None and lat is not None else None,
        starts_on=today_of(session, now) - timedelta(days=7), ends_on=None,
        hours=[span for day, typed in days.items() for span in read_spans(day, typed) or ()],
    )  # fmt: skip
