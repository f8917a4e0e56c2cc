"""Offers of parking for tests: a unit, who speaks for it, a letter, a desk, a wish."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from pledges.queries.parking import offer_by_number
from pledges.rules.clauses import Letter
from pledges.rules.parking import ParkingFee, ParkingStep, ParkingUser, read_spans
from pledges.rules.premises import PremisesKind
from pledges.service.parking import OfferWish, take_step, write_offer
from pledges.service.parking_signing import sign_offer
from pledges.service.signing import SigningWish
from pledges.service.signing import sign as sign_letter
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import actor, person, staff
from tests.make.areas import small_tree
from tests.make.pledges import NOW, TODAY

STREET, OTHER = "370283001", "370283002"
PHONE = "0691-2120000"
LANDLINE = "+866912120000"


def wish(**changes: Any) -> OfferWish:
    """Thirty spaces for residents, on workdays by night, at weekends and on holidays all day."""
    days = dict.fromkeys(range(5), "18:00-08:00") | dict.fromkeys((5, 6, 7), "00:00-24:00")
    hours = [span for at, typed in days.items() for span in read_spans(at, typed) or ()]
    values: dict[str, Any] = {
        "spaces": 30, "open_to": ParkingUser.RESIDENTS, "fee": ParkingFee.FREE, "fee_note": "",
        "entrance": "东门", "phone": PHONE, "point": (119.95, 36.78), "starts_on": TODAY,
        "ends_on": None, "hours": hours,
    }  # fmt: skip
    return OfferWish(**values | changes)


@dataclass
class Unit:
    """A unit with a car park, who speaks for it, a desk here and one elsewhere."""

    database: Database
    tree: dict[str, Area]
    premises: str
    owner: Person
    other: Person
    desk: Person
    far_desk: Person
    letter: SigningWish

    def do(self, act: Any, who: Person, *given: Any, now: datetime = NOW, **named: Any) -> Any:
        """Run a service as somebody."""
        with self.database.write() as session:
            return act(session, actor(session, who), *given, now=now, **named)

    def read(self, query: Any, *given: Any, **named: Any) -> Any:
        with self.database.read() as session:
            return query(session, *given, **named)

    def written(self, **changes: Any) -> str:
        number: str = self.do(write_offer, self.owner, self.premises, wish(**changes))
        return number

    def version(self, number: str) -> int:
        """Which version of an offer one reads now."""
        row = self.read(offer_by_number, number)
        assert row is not None
        return int(row.version)

    def sign(
        self, number: str, *, who: Person | None = None, seen: int | None = None,
        now: datetime = NOW, **changes: Any,
    ) -> None:  # fmt: skip
        """Sign with the phone of the register proved."""
        version = self.version(number) if seen is None else seen
        with self.database.write() as session:
            by = partial(sign_letter, session, now=now)
            wish = replace(self.letter, **changes)
            sign_offer(
                session, actor(session, who or self.owner), number, wish, by, seen=version, now=now
            )

    def admit(self, number: str, *, who: Person | None = None, seen: int | None = None) -> None:
        """The street lets it be shown."""
        version = self.version(number) if seen is None else seen
        self.do(take_step, who or self.desk, number, ParkingStep.ADMIT, "", desk=True, seen=version)

    def signed(self, **changes: Any) -> str:
        number = self.written(**changes)
        self.sign(number)
        return number

    def offered(self, **changes: Any) -> str:
        number = self.signed(**changes)
        self.admit(number)
        return number


def unit(database: Database) -> Unit:
    """A unit in a street where the letter is published."""
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        owner, other = person(session), person(session)
        door = make.premises(
            session,
            area,
            "1号",
            title="东阁办事中心",
            kind=PremisesKind.UNIT,
            lon=119.95,
            lat=36.78,
        )
        runs = make.operator(session, door, person_id=owner.id)
        version, clauses = make.clauses(session, area, "parking", letter=Letter.PARKING)
        letter = SigningWish(
            letter=Letter.PARKING, premises=door.number, operator=runs.number,
            version_id=version.id, ticks=frozenset(one.id for one in clauses), name="王秀英",
            language="zh_Hans", phone_hash=runs.phone_hash,
        )  # fmt: skip
        desk = staff(session, "street_desk", area=area)
        far = staff(session, "street_desk", area=tree[OTHER])
        return Unit(database, dict(tree), door.number, owner, other, desk, far, letter)
