"""What the committee ended or hid is not given again by the same account until it lets her (L6)."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.service import let_speak
from portal.conventions.models import SignOn
from portal.conventions.queries.signing import names_of_signers, settled_under, signed_as
from portal.conventions.rules.signing import ContestAct, ContestWish, Signer, SignRefusal
from portal.conventions.service import signing
from portal.conventions.service.contesting import settle_contested
from portal.conventions.service.signing import show_name, withdraw_signature
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.accounts import actor, sign_in_as
from tests.make.organisations import unit
from tests.make.signed import SIGNED_AT, Signing
from tests.make.together import at_once
from tests.pages import Browser

HIDE, WITHDRAW, ALLOW = ContestAct
HOUSE = Signer.HOUSEHOLD
SHOP = "PD-SHOP-1"


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def trying(act: Any, *given: Any, **named: Any) -> Any:
    """The code of its refusal; None when it is done."""
    try:
        act(*given, **named)
    except Refused as refusal:
        return refusal.code
    return None


def settle(town: Signing, act: ContestAct, *, by: Any = None, **meant: str) -> Any:
    wish = ContestWish(act, "核实", **meant)
    return trying(town.act, settle_contested, by or town.committee, town.number, wish)


def hide(town: Signing) -> Any:
    """Hide the one name that is shown."""
    with town.database.read() as session:
        [(number, _name)] = names_of_signers(session, town.version_id)
    return settle(town, HIDE, line=number)


def show(town: Signing, at: int, number: str) -> Any:
    return trying(town.act, show_name, town.actors[at], number, "大骗子", show=True)


def test_L6_a_contested_door_is_given_again_by_others_and_by_her_once_she_may(
    town: Signing,
) -> None:
    number = town.sign(0, HOUSE, door="3-101")
    settle(town, WITHDRAW, door="3-101")
    # no other door either: she cannot go on from door to door
    for door in ("3-101", "3-102"):
        assert trying(town.sign, 0, HOUSE, door=door) is SignRefusal.CONTESTED
    # she signs for herself, an adult of the household and the committee on paper for the door
    town.sign(0)
    again = town.sign(1, HOUSE, door="3-101")
    town.act(withdraw_signature, town.actors[1], again)
    assert town.sheet("李明,3-101") == 1
    assert settle(town, ALLOW, settled=number) is None
    assert settle(town, ALLOW, settled=number) is SignRefusal.NOT_SETTLED
    town.sign(0, HOUSE, door="3-103")
    assert (town.counts.people, town.counts.households) == (1, 2)
    with town.database.read() as session:
        entry = select(AuditEntry).where(AuditEntry.action == "convention:allow_again")
        kept = session.scalars(entry).one()
        assert (kept.person_id, kept.reason) == (town.people[0].id, "核实")


def test_L6_a_hidden_name_is_not_shown_again_by_any_way(town: Signing) -> None:
    number = town.sign(0, name="大骗子", named=True)
    hide(town)
    assert show(town, 0, number) is SignRefusal.NAME_HIDDEN
    # nor by taking it back and signing anew, nor under the signature of her household
    house = town.sign(0, HOUSE, door="3-101")
    assert show(town, 0, house) is SignRefusal.NAME_HIDDEN
    town.act(withdraw_signature, town.actors[0], number)
    assert trying(town.sign, 0, name="大骗子", named=True) is SignRefusal.NAME_HIDDEN
    again = town.sign(0)
    # what she does without a name, and what others show, is free
    town.act(show_name, town.actors[0], again, "", show=False)
    town.sign(1, name="王秀英", named=True)
    assert settle(town, ALLOW, settled=number) is None
    assert show(town, 0, again) is None


def test_L6_a_unit_s_hidden_name_is_not_shown_by_another_of_the_unit(town: Signing) -> None:
    with town.database.write() as session:
        shop = unit(session, SHOP, "好味小吃店", area=town.area)

    def speaks(at: int) -> None:
        with town.database.write() as session:
            let_speak(session, organisation_id=shop.id, person_id=town.people[at].id,
                      source="operator:1", now=SIGNED_AT)  # fmt: skip

    speaks(0)
    number = town.sign(0, Signer.UNIT, unit=SHOP, named=True)
    hide(town)
    speaks(1)
    assert show(town, 1, number) is SignRefusal.NAME_HIDDEN
    assert settle(town, WITHDRAW, unit=SHOP) is None
    # the account that signed for it, when it speaks again, and another that does
    speaks(0)
    assert trying(town.sign, 0, Signer.UNIT, unit=SHOP) is SignRefusal.CONTESTED
    speaks(1)
    town.sign(1, Signer.UNIT, unit=SHOP)
    assert town.counts.units == 1


def test_nobody_lets_herself_and_only_what_was_settled_here_is_meant(town: Signing) -> None:
    with town.database.write() as session:
        town.actors[0] = actor(session, town.committee_person)
    number = town.sign(0, HOUSE, door="3-101")
    settle(town, WITHDRAW, door="3-101")
    assert settle(town, ALLOW, settled=number) is SignRefusal.OWN
    assert settle(town, ALLOW, settled="NONE") is SignRefusal.NOT_SETTLED
    assert settle(town, ALLOW, settled="\0") is SignRefusal.NOT_SETTLED
    assert settle(town, ALLOW) is SignRefusal.NOT_SETTLED
    standing = town.sign(1, HOUSE, door="3-101")
    assert settle(town, ALLOW, settled=standing) is SignRefusal.NOT_SETTLED
    with town.database.read() as session:
        assert [one.number for one in settled_under(session, town.version_id)] == [number]


def test_L6_who_signs_again_in_the_moment_it_is_ended_has_not_signed(town: Signing) -> None:
    for at in range(4):
        door = f"3-{at}"
        town.sign(0, HOUSE, door=door)
        ended, signed = at_once(
            partial(settle, town, WITHDRAW, door=door),
            partial(trying, town.sign, 0, HOUSE, door=door),
        )
        assert ended is None
        assert signed in {SignRefusal.SIGNED, SignRefusal.CONTESTED}
        assert town.counts.households == 0
        with town.database.write() as session:
            [row] = session.scalars(select(SignOn).where(SignOn.contested.is_not(None)))
            row.contested = None


def test_L6_what_stood_in_her_way_was_her_own_and_is_ended_in_this_moment(
    town: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else she would read that somebody else of her household had signed."""
    town.sign(0, HOUSE, door="3-101")

    def ended_before_it_is_read(session: Session, *asked: Any) -> bool:
        session.execute(update(SignOn).values(withdrawn_at=SIGNED_AT, contested=WITHDRAW))
        return signed_as(session, *asked)

    monkeypatch.setattr(signing, "signed_as", ended_before_it_is_read)
    assert trying(town.sign, 0, HOUSE, door="3-101") is SignRefusal.CONTESTED


def test_her_page_says_what_was_done_and_the_desk_lets_her_by_the_number(
    app: Flask, town: Signing
) -> None:
    number = town.sign(0, HOUSE, door="3-101")
    settle(town, WITHDRAW, door="3-101")
    her = Browser(app).in_language("en")
    sign_in_as(her, town.people[0])
    page = her.get(f"/me/signatures/{number}", status=200)
    assert "The committee ended it" in page.text
    assert number in page.text
    page = her.get(f"/conventions/{town.number}/sign/new")
    page = page.form(button="Sign it").fill(signer="household", door="3-101").send()
    assert "because it was contested" in page.text
    assert 'value="3-101"' in str(page.soup)
    desk = Browser(app).in_language("en")
    sign_in_as(desk, town.committee_person)
    page = desk.get(f"/desk/conventions/{town.number}/signatures/contested", status=200)
    assert "3-101" not in page.text
    page.form(button="Do it").fill(settled=number, act="allow", reason="本人到场核实").send()
    page = her.get(f"/conventions/{town.number}/sign/new")
    page = page.form(button="Sign it").fill(signer="household", door="3-101").send()
    assert "1 household" in page.text
