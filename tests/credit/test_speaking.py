"""Who speaks for a shop is told, objects, and decides nothing about it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from credit import service
from credit.models import ProtectedMark, Speaker
from credit.queries.process import own_matters
from credit.rules.guard import ProtectedAct, Route
from credit.rules.process import MatterRefusal, MatterState
from credit.service.guard import judge
from credit.service.process import check_proposals, confirm, object_to, propose
from credit.service.process.gates import Gates
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.accounts.service.privacy import erase_person, export_person
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import sign_in_as
from tests.make.calendars import know_next_year
from tests.make.credit import DISTRICT, adult
from tests.make.process import (
    ANNOUNCED,
    NO_PHOTOS,
    START,
    World,
    announced,
    proposed,
    shop,
    waiting,
    wish,
    world,
)
from tests.pages import Browser

HOUR = timedelta(hours=1)
SHOP = "PD-SHOP-1"
BOND = "operator:7K3M9-QX2HD"


@pytest.fixture
def made(database: Database) -> World:
    with database.write() as session:
        know_next_year(session)
    return world(database)


@pytest.fixture
def owner(made: World) -> Person:
    with made.database.write() as session:
        firm, person = shop(session, made), adult(session)
        service.let_speak(
            session, organisation_id=firm.id, person_id=person.id, source=BOND, now=START
        )
        return person


def messages(made: World, number: str) -> list[str]:
    with made.database.read() as session:
        mine = OutboxMessage.subject == f"matter:{number}"
        return sorted(session.scalars(select(OutboxMessage.template).where(mine)))


def test_L7_L8_a_shop_is_told_by_who_speaks_for_it_and_she_objects(
    app: Flask, made: World, owner: Person
) -> None:
    matter_id = announced(made, now=now() - HOUR, subject=SHOP)
    number = made.row(matter_id).number
    assert messages(made, number) == ["credit.notice"]
    browser = Browser(app)
    sign_in_as(browser, owner)
    browser.in_language("en")
    listed = browser.get("/credit/matters/", status=200)
    assert "About the shop 好味小吃店" in listed.text
    page = listed.click("乱扔垃圾", status=200)
    assert "This is about the shop 好味小吃店, for which you speak." in page.text
    form = page.click("Object", status=200).form()
    said = form.fill(statement="那天本店没有开门。").send()
    assert said.status == 200
    assert made.row(matter_id).state is MatterState.DISPUTED
    with made.database.read() as session:
        marks = session.scalar(select(func.count()).where(ProtectedMark.act == ProtectedAct.APPEAL))
    assert marks


def test_nobody_else_reads_the_matter_of_a_shop(app: Flask, made: World, owner: Person) -> None:
    matter_id = announced(made, now=now() - HOUR, subject=SHOP)
    path = f"/credit/matters/{made.row(matter_id).number}"
    stranger = Browser(app)
    sign_in_as(stranger, made.subject)
    assert stranger.get(path).status == 404
    with made.database.write() as session:
        assert own_matters(session, made.subject.id, now()) == []
        with pytest.raises(Missing):
            object_to(
                session, person_id=made.subject.id, matter_id=matter_id, statement="不对",
                files=NO_PHOTOS, now=now(),
            )  # fmt: skip


def test_she_speaks_by_one_bond_until_the_last_of_them_ends(made: World, owner: Person) -> None:
    matter_id = announced(made, subject=SHOP)
    with made.database.write() as session:
        firm = made.row(matter_id).subject_shop_id
        assert firm is not None
        service.let_speak(
            session, organisation_id=firm, person_id=owner.id, source="operator:other", now=START
        )
        service.stop_speaking(session, BOND, now=ANNOUNCED)
        assert [one.id for one in own_matters(session, owner.id, ANNOUNCED)] == [matter_id]
        service.stop_speaking(session, "operator:other", now=ANNOUNCED)
        service.stop_speaking(session, "operator:never", now=ANNOUNCED)
        assert own_matters(session, owner.id, ANNOUNCED) == []


def test_N1_what_an_owner_said_for_a_shop_protects_her_for_the_last_time(
    made: World, owner: Person
) -> None:
    matter_id = announced(made, subject=SHOP)
    made.do(
        object_to, person_id=owner.id, matter_id=matter_id, statement="不对", files=NO_PHOTOS,
        now=ANNOUNCED + HOUR,
    )  # fmt: skip
    open_marks = select(func.count()).where(ProtectedMark.until.is_(None))
    with made.database.write() as session:
        assert session.scalar(open_marks)
        service.stop_speaking(session, BOND, now=ANNOUNCED + 2 * HOUR)
        assert session.scalar(open_marks) == 0


def test_L9_L11_who_speaks_for_a_shop_neither_proposes_nor_confirms_against_it(
    made: World, owner: Person
) -> None:
    def speaking(who: Actor) -> None:
        assert who.person_id is not None
        with made.database.write() as session:
            firm = session.scalars(select(Speaker.organisation_id)).first()
            assert firm is not None
            service.let_speak(
                session, organisation_id=firm, person_id=who.person_id,
                source=f"operator:{who.person_id}", now=START,
            )  # fmt: skip

    matter_id = waiting(made, subject=SHOP)
    speaking(made.centre)
    with pytest.raises(Refused) as confirmed:
        made.do(
            confirm, matter_id, no_interest=True, actor=made.centre, gates=made.gates,
            now=ANNOUNCED,
        )  # fmt: skip
    assert confirmed.value.code is MatterRefusal.ONESELF
    speaking(made.proposer)
    with pytest.raises(Refused) as again:
        made.do(
            propose, DISTRICT, wish(made, subject=SHOP), actor=made.proposer, gates=made.gates,
            now=START,
        )  # fmt: skip
    assert again.value.code is MatterRefusal.ONESELF


def test_N1_a_shop_whose_owner_reported_something_is_protected_by_it(
    made: World, owner: Person
) -> None:
    with made.database.write() as session:
        service.mark_protected_act(
            session, district=DISTRICT, person_id=owner.id, phone=None, act=ProtectedAct.REPORT,
            source="case:7K3M9-QX2HD", at=START - 2 * HOUR,
        )  # fmt: skip
    matter_id = proposed(made, subject=SHOP)
    gates = Gates(lambda _session, _district, _at: True, judge)
    check_proposals(made.database, START + HOUR, gates=gates)
    assert made.sent(matter_id) is Route.NEVER


def test_P2_a_bond_is_handed_out_and_forgotten_with_the_account(made: World, owner: Person) -> None:
    with made.database.write() as session:
        handed_out = export_person(session, owner.id, now=now())
        assert BOND in str(handed_out)
        erase_person(session, None, owner.id, now=now())
        assert session.scalar(select(func.count()).select_from(Speaker)) == 0
