"""Who speaks for a shop: said at the door, decided with every claim of it before the desk."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pledges.models import PremisesClaim, PremisesOperator
from pledges.queries.signing import signing_door
from pledges.rules.claims import ClaimDecision, ClaimRefusal
from pledges.rules.premises import ClaimKind, ClaimState
from pledges.rules.refusals import PledgeRefusal
from pledges.service.claims import ClaimWish, decide_claim, make_claim, withdraw_claim
from pledges.service.premises_ends import close_premises
from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.pledges import NOW
from tests.make.signing import Door, a_door, how_many
from tests.make.together import at_once
from tests.pages import Browser

MINE = "+8613800000041"
OTHERS = "+8613800000042"


@pytest.fixture
def door(app: Flask, database: Database) -> Door:
    return a_door(database)


def somebody(door: Door, phone: str) -> Person:
    with door.database.write() as session:
        return person(session, phone=phone)


def say(door: Door, who: Person, kind: ClaimKind = ClaimKind.OTHER_PHONE, **words: str) -> str:
    with door.database.write() as session:
        at = signing_door(session, door.premises)
        assert at is not None
        wish = ClaimWish(kind, words.get("name", "张大嫂"), words.get("words", "执照在我名下"))
        return make_claim(session, actor(session, who), at, wish, now=NOW)


def decide(
    door: Door, number: str, decision: ClaimDecision, reason: str = "", who: Person | None = None
) -> None:
    with door.database.write() as session:
        by = actor(session, who or door.desk)
        decide_claim(session, by, number, decision, reason, now=NOW)


def refused(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as told:
        act()
    return told.value.code


def told(door: Door) -> list[str]:
    with door.database.read() as session:
        return list(session.scalars(select(OutboxMessage.template)))


def registered(door: Door) -> tuple[Any, str | None]:
    """Whose account speaks, and the hash of the phone of the register."""
    with door.database.read() as session:
        row = session.scalars(select(PremisesOperator)).one()
        return row.person_id, row.phone_hash


def closed(door: Door, reason: str = "楼已拆除") -> None:
    with door.database.write() as session:
        by = actor(session, door.desk)
        close_premises(session, by, door.premises, reason, seen=door.operator, now=NOW)


def test_whoever_waits_is_told_when_the_place_is_closed(door: Door) -> None:
    say(door, somebody(door, MINE))
    say(door, somebody(door, OTHERS), ClaimKind.SPEAKS)
    # those who wait read the reason
    assert refused(lambda: closed(door, "电话13800000041")) is PledgeRefusal.LEADS_TO_PERSON
    closed(door)
    with door.database.read() as session:
        rows = session.scalars(select(PremisesClaim)).all()
        assert {(row.state, row.reason) for row in rows} == {(ClaimState.REFUSED, "楼已拆除")}
        assert all(row.ended_at is not None and row.decided_by == door.desk.id for row in rows)
    assert told(door).count("claim.refused") == 2


def test_nobody_is_left_waiting_at_a_place_that_goes_at_that_moment(door: Door) -> None:
    me = somebody(door, MINE)

    def claim() -> str:
        try:
            say(door, me)
        except Refused:
            return "told"
        return "said"

    at_once(claim, lambda: closed(door))
    with door.database.read() as session:
        states = session.scalars(select(PremisesClaim.state)).all()
    assert ClaimState.WAITING not in states


def test_a_confirmed_claim_lets_the_code_go_to_the_right_phone(door: Door) -> None:
    me = somebody(door, MINE)
    number = say(door, me)
    before = registered(door)
    with door.database.read() as session:
        known = instance_of(session).vault.keyed_hash("phone", MINE)
    # nothing of the register changes by what somebody says
    assert before[0] is None
    assert before[1] != known
    decide(door, number, ClaimDecision.ACCEPT)
    assert registered(door) == (me.id, known)
    assert told(door) == ["claim.confirmed"]
    door.sign_by_code(door.ask())
    assert door.pledges()[0].signer_id == me.id


def test_of_two_who_claim_one_shop_the_desk_sees_both_and_each_is_answered(
    app: Flask, door: Door
) -> None:
    first, second = somebody(door, MINE), somebody(door, OTHERS)
    one = say(door, first, ClaimKind.SPEAKS, name="张大嫂")
    two = say(door, second, ClaimKind.SPEAKS, name="李二哥")
    desk = Browser(app).in_language("en")
    sign_in_as(desk, door.desk)
    page = desk.get("/desk/pledges/claims/", status=200)
    page = desk.get(f"/desk/pledges/claims/{one}", status=200)
    for words in ("张大嫂", "李二哥", "Others say something about this door too"):
        assert words in page.text
    form = page.form()
    lacking = form.fill(decision="refuse").send("Decide", status=422)
    assert "give a reason" in lacking.text
    page = lacking.form().fill(reason="执照上是另一人").send("Decide", status=200)
    assert "not confirmed" in page.text
    decide(door, two, ClaimDecision.ACCEPT)
    assert registered(door)[0] == second.id
    assert sorted(told(door)) == ["claim.confirmed", "claim.refused"]
    me = Browser(app).in_language("en")
    sign_in_as(me, first)
    mine = me.get(f"/me/pledges/claims/{one}", status=200)
    assert "执照上是另一人" in mine.text
    assert "李二哥" not in mine.html
    assert me.get(f"/me/pledges/claims/{two}").status == 404
    assert me.get(f"/desk/pledges/claims/{one}").status == 403


def test_at_the_door_one_says_that_the_telephone_is_another(app: Flask, door: Door) -> None:
    passer = Browser(app).in_language("en")
    page = passer.get(door.address, status=200)
    assert page.click("This is my shop, but not my telephone").path == "/sign-in"
    me = somebody(door, MINE)
    browser = Browser(app).in_language("en")
    sign_in_as(browser, me)
    page = browser.get(door.address, status=200).click("This is my shop, but not my telephone")
    bad = page.form().fill(kind="other_phone", name="=HYPERLINK(1)").send("Send", status=422)
    page = bad.form().fill(name="张大嫂").send("Send", status=200)
    assert "is being checked" in page.text
    again = browser.get(f"/p/{door.code}/claim", status=200).form()
    assert "being checked" in again.fill(kind="speaks", name="张大嫂").send("Send", status=409).text
    back = page.form().send("Take it back", status=200)
    assert "withdrawn" in back.text
    assert how_many(door.database, PremisesClaim) == 1
    assert browser.get("/p/00000-00000/claim").status == 404


def test_what_was_decided_or_is_not_ones_own_is_decided_no_more(door: Door) -> None:
    me, other = somebody(door, MINE), somebody(door, OTHERS)
    number = say(door, me, ClaimKind.SPEAKS)
    with door.database.write() as session:
        elsewhere = staff(session, "street_desk", area=door.tree["370283002"])
    with pytest.raises(Missing):
        decide(door, number, ClaimDecision.ACCEPT, who=elsewhere)
    with door.database.write() as session, pytest.raises(Missing):
        withdraw_claim(session, actor(session, other), number, now=NOW)
    assert refused(partial(decide, door, number, ClaimDecision.REFUSE)) is PledgeRefusal.NO_REASON
    wrong = partial(decide, door, number, ClaimDecision.REFUSE, "请拨打13800000041")
    assert refused(wrong) is PledgeRefusal.LEADS_TO_PERSON
    decide(door, number, ClaimDecision.ACCEPT)
    assert refused(partial(decide, door, number, ClaimDecision.ACCEPT)) is ClaimRefusal.DECIDED
    assert refused(partial(say, door, me, ClaimKind.SPEAKS)) is ClaimRefusal.SPEAKS_ALREADY
    own = say(door, door.desk, ClaimKind.SPEAKS)
    assert refused(partial(decide, door, own, ClaimDecision.ACCEPT)) is ClaimRefusal.OWN
    taken = say(door, other, ClaimKind.TOOK_OVER)
    # it ends what the former tenant pledged: that is entered first
    assert refused(partial(decide, door, taken, ClaimDecision.ACCEPT)) is ClaimRefusal.TENANT_FIRST


def test_of_two_who_decide_at_once_one_does(door: Door) -> None:
    number = say(door, somebody(door, MINE), ClaimKind.SPEAKS)

    def run(decision: ClaimDecision) -> str:
        try:
            decide(door, number, decision, "不是本人")
        except Refused as why:
            return type(why).__name__
        return decision.value

    found = at_once(partial(run, ClaimDecision.ACCEPT), partial(run, ClaimDecision.REFUSE))
    assert found.count("Conflict") == 1
    with door.database.read() as session:
        state = session.scalars(select(PremisesClaim.state)).one()
    assert (state is ClaimState.CONFIRMED) == ("accept" in found)
