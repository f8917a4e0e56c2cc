"""Signing for tests: a community with a published convention, neighbours, committee, ledger."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.conventions.models import ConventionVersion, Round
from portal.conventions.queries.signing import Counts, SignOnRow, counts_of, sign_ons_by
from portal.conventions.rules.signing import Signer, SignWish
from portal.conventions.service.bases import make_basis, say_yes
from portal.conventions.service.sheets import SheetWish, type_sheet
from portal.conventions.service.signing import sign_version
from portal.kernel.db import Database
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload
from tests.make import conventions as make
from tests.make.accounts import actor, person, staff
from tests.make.conventions import COMMUNITY, TODAY
from tests.make.credit import adult
from tests.make.photos import jpeg
from tests.make.process import START, World, switch_on, world

# the text was in force, and deductions on, before anything happened
SIGNED_AT = START - timedelta(hours=8)


def publish(session: Session, of: Any, sequence: int = 1, **changes: Any) -> Round:
    """A round that published a version; it counts since the year began unless told otherwise."""
    row = make.a_round(session, of, sequence=sequence)
    new_year = TODAY.replace(month=1, day=1)
    days = {"adopted_on": new_year, "effective_from": new_year}
    make.published(session, row, [make.clause(session, row)], **days | changes)
    return row


class Signing:
    """A community whose convention is published, two neighbours of age, and its committee."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger: World = world(database)
        with database.write() as session:
            self.area = session.merge(self.ledger.tree[COMMUNITY])
            self.of = make.convention(session, self.area)
            self.round = publish(session, self.of)
            self.number = self.round.number
            of_round = ConventionVersion.round_id == self.round.id
            self.version_id = session.scalars(select(ConventionVersion.id).where(of_round)).one()
            self.people: list[Person] = [adult(session), adult(session), person(session)]
            self.committee_person = staff(session, "community_committee", area=self.area)
            self.committee = actor(session, self.committee_person)
            self.actors: list[Actor] = [actor(session, one) for one in self.people]

    def act(self, what: Any, *given: Any, now: Any = SIGNED_AT, **named: Any) -> Any:
        """An act in a transaction of its own."""
        with self.database.write() as session:
            return what(session, *given, now=now, **named)

    def sign(self, at: int, signer: Signer = Signer.PERSON, **more: Any) -> str:
        """Somebody signs; the number of her signature."""
        wish = SignWish(signer, **more)
        number: str = self.act(sign_version, self.actors[at], self.number, wish)
        return number

    def photo(self) -> KeptPhotos:
        """A photo that the committee has just taken."""
        picture = jpeg()
        with self.database.write() as session:
            clean = CleanPhoto(picture, picture, 10, 10, None, None, None)
            return KeptPhotos("desk", (keep_upload(session, clean, owner="desk", now=SIGNED_AT),))

    def sheet(self, typed: str, signer: Signer = Signer.HOUSEHOLD) -> int:
        """The committee types a sheet."""
        wish = SheetWish(signer, typed, self.photo())
        many: int = self.act(type_sheet, self.committee, self.number, wish)
        return many

    def make_basis(self, *, on: bool = True) -> str:
        """The city enters the convention as a basis, and switches deductions on."""
        if on:
            switch_on(self.ledger, SIGNED_AT - timedelta(hours=1))
        number: str = self.act(make_basis, self.ledger.keeper, self.number, "社区公告栏")
        return number

    def yes(self, at: int) -> None:
        self.act(say_yes, self.actors[at], self.number)

    @property
    def counts(self) -> Counts:
        with self.database.read() as session:
            return counts_of(session, self.version_id)

    def signed_by(self, at: int) -> list[SignOnRow]:
        with self.database.read() as session:
            return sign_ons_by(session, self.people[at].id)
