"""A door to sign at: an operator with a phone on the register, a text, a plaque, and a browser."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from pledges.models import Clause, ClauseVersion, Pledge, Premises, PremisesOperator
from pledges.rules.clauses import Letter
from pledges.service.signing import Signed, SigningWish, sign
from pledges.service.signing_codes import ask_for_code, sign_by_code
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make import pledges as make
from tests.make.accounts import person, staff
from tests.make.areas import small_tree
from tests.make.pledges import NOW, PHONE
from tests.make.sign_in import a_browser
from tests.pages import Browser, Page

STREET = "370283001"
NAME = "王秀英"
SEND = "Send me the code"
SIGN = "Sign"


@dataclass
class Door:
    """What stands behind the plaque, and who is to sign."""

    database: Database
    tree: Mapping[str, Area]
    district: str
    premises: str
    premises_id: UUID
    operator: str
    code: str
    version_id: UUID
    clauses: dict[str, UUID]
    desk: Person

    @property
    def address(self) -> str:
        return f"/p/{self.code}/sign"

    def wish(self, **changes: Any) -> SigningWish:
        """Everything ticked, by whoever has the phone of the register."""
        with self.database.read() as session:
            known = instance_of(session).vault.keyed_hash("phone", PHONE)
        given: dict[str, Any] = {
            "letter": Letter.FRONTAGE, "premises": self.premises, "operator": self.operator,
            "version_id": self.version_id, "ticks": frozenset(self.clauses.values()),
            "name": NAME, "language": "zh_Hans", "duty_version": 1, "received": True,
            "phone_hash": known,
        }  # fmt: skip
        return SigningWish(**given | changes)

    def sign(self, *, now: datetime = NOW, **changes: Any) -> Signed:
        """Sign in a transaction of its own."""
        with self.database.write() as session:
            return sign(session, self.wish(**changes), now=now)

    def ask(self, browser: str = "browser", *, now: datetime = NOW) -> str:
        """Ask for a code; the code in the message."""
        with self.database.write() as session:
            ask_for_code(
                session, self.premises, self.operator, Letter.FRONTAGE, a_browser(browser), now=now
            )
        return newest_code(self.database)

    def sign_by_code(
        self, typed: str, browser: str = "browser", *, now: datetime = NOW, **changes: Any
    ) -> Signed:
        """Sign with a code in a transaction of its own."""
        with self.database.write() as session:
            return sign_by_code(session, self.wish(**changes), typed, a_browser(browser), now=now)

    def pledges(self) -> list[Pledge]:
        """What was signed at the door, the first first."""
        with self.database.read() as session:
            return list(session.scalars(select(Pledge).order_by(Pledge.signed_at, Pledge.id)))

    def new_version(self, *, swept: str = "门前清扫干净") -> UUID:
        """Publish a second version with one clause in other words, from the same day on."""
        with self.database.write() as session:
            first = session.get_one(ClauseVersion, self.version_id)
            row = ClauseVersion(
                set_id=first.set_id, version=first.version + 1, effective_from=make.TODAY,
                source="测试", written_at=NOW, published_at=NOW, digest="f" * 64,
            )  # fmt: skip
            session.add(row)
            session.flush()
            for at, (code, axis, said, plain) in enumerate(make.CLAUSES, 1):
                text = swept if code == "swept" else said
                english = text if text != said else code
                session.add(
                    Clause(
                        version_id=row.id, position=at, code=code, axis=axis, pictogram=code,
                        text_zh_hans=text, text_zh_hant=text, text_en=english,
                        plain_zh_hans=plain, plain_zh_hant=plain, plain_en=code,
                    )
                )  # fmt: skip
            session.flush()
            return row.id


def newest_code(database: Database) -> str:
    """The code in the newest message with one."""
    with database.read() as session:
        newest = select(OutboxMessage).where(OutboxMessage.template == "pledge.code")
        order = OutboxMessage.created_at.desc(), OutboxMessage.id.desc()
        row = session.scalars(newest.order_by(*order)).first()
        assert row is not None
        assert row.sealed_facts is not None
        return str(json.loads(instance_of(session).vault.unseal(row.sealed_facts))["code"])


def a_door(database: Database, *, door: str = "12号", phone: str = PHONE) -> Door:
    """A shop that nobody has signed for yet."""
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        shop: Premises = make.premises(session, area, door)
        runs: PremisesOperator = make.operator(session, shop, phone=phone)
        version, clauses = make.clauses(session, area)
        plaque = make.plaque(session, area)
        make.hang(session, plaque, shop, runs)
        desk = staff(session, "street_desk", area=area)
        return Door(
            database, tree, shop.district, shop.number, shop.id, runs.number, plaque.code,
            version.id, {one.code: one.id for one in clauses}, desk,
        )  # fmt: skip


def ticked(page: Page, *, name: str = NAME, but: str = "") -> Any:
    """The form of a page with everything ticked but one clause, and a name."""
    form = page.form()
    names = [
        str(box["name"]) for box in page.soup.select("input[name^=tick-], input[name=received]")
    ]
    return form.fill(name=name, **{one: "y" for one in names if one != but})


def signed_page(app: Flask, door: Door) -> Page:
    """Sign on the page as a passer-by with the code; the receipt."""
    page = ticked(Browser(app).in_language("en").get(door.address, status=200)).send(
        SEND, status=200
    )
    return page.form().fill(code=newest_code(door.database)).send(SIGN, status=200)


def how_many(database: Database, model: Any) -> int:
    """How many rows a table has."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def an_owner(database: Database, phone: str = PHONE) -> Person:
    """Somebody whose account has the phone of the register."""
    with database.write() as session:
        return person(session, phone=phone)
