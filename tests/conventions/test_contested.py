"""Signatures on the screen that are contested, those of units, and what a typed sheet tells."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import BasisConsent
from credit.service import let_speak
from portal.accounts.service import erase_person
from portal.conventions.models import SignOn
from portal.conventions.queries.signing import names_of_signers
from portal.conventions.rules.roll import RollProblem
from portal.conventions.rules.signing import (
    SIGNED_LINES_A_DAY,
    ContestAct,
    ContestWish,
    Signer,
    SignRefusal,
)
from portal.conventions.service.contesting import settle_contested
from portal.conventions.service.sheets import BadSheet, SheetWish, type_sheet
from portal.conventions.service.signing import show_name, withdraw_signature
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.uploads import KeptPhotos
from tests.make.accounts import sign_in_as
from tests.make.organisations import unit
from tests.make.signed import SIGNED_AT, Signing
from tests.pages import Browser

HIDE, WITHDRAW = ContestAct.HIDE, ContestAct.WITHDRAW
SHOP = "PD-SHOP-1"


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def settle(town: Signing, act: ContestAct, reason: str = "住户称未签", **meant: str) -> Any:
    """The act; the code of its refusal, whose counted tries stay written."""
    wish = ContestWish(act, reason, **meant)
    try:
        with town.database.write() as session:
            settle_contested(session, town.committee, town.number, wish, now=SIGNED_AT)
    except Refused as refusal:
        return refusal.code
    return None


def actions(town: Signing) -> list[tuple[str, Any, str | None]]:
    with town.database.read() as session:
        found = select(AuditEntry).where(AuditEntry.action.startswith("convention:"))
        rows = session.scalars(found.order_by(AuditEntry.id))
        return [(one.action, one.person_id, one.reason) for one in rows]


def shown(town: Signing) -> dict[str, str]:
    with town.database.read() as session:
        return {name: number for number, name in names_of_signers(session, town.version_id)}


def speaks_for_the_shop(town: Signing, at: int) -> None:
    with town.database.write() as session:
        found = unit(session, SHOP, "好味小吃店", area=town.area)
        let_speak(session, organisation_id=found.id, person_id=town.people[at].id,
                  source="operator:1", now=SIGNED_AT)  # fmt: skip


def test_L6_a_contested_door_is_freed_with_a_reason_that_the_signer_reads(town: Signing) -> None:
    town.sign(0, Signer.HOUSEHOLD, door="3-101")
    assert settle(town, WITHDRAW, door="3-102") is SignRefusal.NOT_FOUND
    assert settle(town, WITHDRAW, reason=" ", door="3-101") is SignRefusal.NO_REASON
    assert settle(town, WITHDRAW) is SignRefusal.ONE_OF_THEM
    assert settle(town, HIDE, door="3-101") is SignRefusal.NOT_NAMED
    assert settle(town, WITHDRAW, door="３－１０１") is None
    assert town.counts.households == 0
    # tries in vain are noted, of nobody
    tried, untold, told = actions(town)
    assert tried == untold == ("convention:contest_tried", None, None)
    assert told == ("convention:end_signature", town.people[0].id, "住户称未签")
    # whoever lives there signs now
    town.sign(1, Signer.HOUSEHOLD, door="3-101")
    wish = ContestWish(WITHDRAW, "不是委员会", door="3-101")
    with pytest.raises(Missing):
        town.act(settle_contested, town.actors[0], town.number, wish)


def test_the_desk_does_not_learn_doors_by_contesting_them(town: Signing) -> None:
    tried = {settle(town, WITHDRAW, door=f"3-{at}") for at in range(SIGNED_LINES_A_DAY)}
    assert tried == {SignRefusal.NOT_FOUND}
    assert settle(town, WITHDRAW, door="3-101") is SignRefusal.TOO_MANY
    # the auditors see each, and that it went on when the day was full
    assert actions(town) == [("convention:contest_tried", None, None)] * (SIGNED_LINES_A_DAY + 1)


def test_a_door_that_signed_without_a_name_is_not_told_for_nothing(town: Signing) -> None:
    town.sign(0, Signer.HOUSEHOLD, door="3-101")
    tried = {settle(town, HIDE, door="3-101") for _ in range(SIGNED_LINES_A_DAY)}
    assert tried == {SignRefusal.NOT_NAMED}
    assert settle(town, HIDE, door="3-101") is SignRefusal.TOO_MANY


def test_L6_an_insulting_name_is_hidden_and_the_signature_stands(town: Signing) -> None:
    town.sign(0, name="大骗子", named=True)
    town.sign(1, name="王秀英", named=True)
    assert settle(town, HIDE, line=shown(town)["大骗子"]) is None
    assert list(shown(town)) == ["王秀英"]
    assert town.counts.people == 2
    with town.database.read() as session:
        assert len([one for one in session.scalars(select(SignOn.sealed_name)) if one]) == 1
    assert actions(town)[0][0] == "convention:hide_name"
    # only what is shown can be meant by its number
    hidden = town.signed_by(0)[0].number
    assert settle(town, WITHDRAW, line=hidden) is SignRefusal.NOT_FOUND


def test_L5_with_a_contested_signature_of_her_own_her_yes_ends(town: Signing) -> None:
    town.make_basis()
    town.sign(0, name="冒名", named=True)
    town.yes(0)
    assert settle(town, WITHDRAW, line=shown(town)["冒名"]) is None
    assert town.counts.people == 0
    with town.database.read() as session:
        assert session.scalars(select(BasisConsent.ended_at)).one() == SIGNED_AT


def test_of_a_unit_its_registered_name_is_shown_and_no_other(town: Signing) -> None:
    speaks_for_the_shop(town, 0)
    number = town.sign(0, Signer.UNIT, unit=SHOP)
    town.act(show_name, town.actors[0], number, "市人民政府", show=True)
    assert list(shown(town)) == ["好味小吃店"]
    assert settle(town, WITHDRAW, unit="别的店") is SignRefusal.NOT_FOUND
    assert settle(town, WITHDRAW, unit="好味小吃店") is None
    assert town.counts.units == 0


def test_a_units_signature_outlives_the_clerk_and_is_the_units_to_take_back(
    town: Signing,
) -> None:
    speaks_for_the_shop(town, 0)
    number = town.sign(0, Signer.UNIT, unit=SHOP, named=True)
    town.sign(0, Signer.HOUSEHOLD, door="3-101")
    with pytest.raises(Missing):
        town.act(withdraw_signature, town.actors[1], number)
    with town.database.write() as session:
        erase_person(session, None, town.people[0].id, now=SIGNED_AT)
    assert vars(town.counts) == {"people": 0, "households": 0, "units": 1, "paper": 0}
    assert list(shown(town)) == ["好味小吃店"]
    with town.database.read() as session:
        assert set(session.scalars(select(SignOn.person_id))) == {None}
    with town.database.write() as session:
        [organisation_id] = session.scalars(
            select(SignOn.organisation_id).where(SignOn.organisation_id.is_not(None))
        )
        assert organisation_id is not None
        let_speak(session, organisation_id=organisation_id, person_id=town.people[1].id,
                  source="operator:1", now=SIGNED_AT)  # fmt: skip
    town.act(withdraw_signature, town.actors[1], number)
    assert town.counts.units == 0


def test_a_clerk_who_went_to_another_unit_signs_for_that_too(town: Signing) -> None:
    speaks_for_the_shop(town, 0)
    town.sign(0, Signer.UNIT, unit=SHOP)
    with pytest.raises(Conflict):
        town.sign(0, Signer.UNIT, unit=SHOP)
    with town.database.write() as session:
        other = unit(session, "PD-SHOP-9", "老街茶铺", area=town.area)
        let_speak(session, organisation_id=other.id, person_id=town.people[0].id,
                  source="operator:1", now=SIGNED_AT)  # fmt: skip
    town.sign(0, Signer.UNIT, unit="PD-SHOP-9")
    assert town.counts.units == 2


def type_doors(town: Signing, typed: str, photos: KeptPhotos) -> Refused | None:
    caught = None
    with town.database.write() as session:
        try:
            wish = SheetWish(Signer.HOUSEHOLD, typed, photos)
            type_sheet(session, town.committee, town.number, wish, now=SIGNED_AT)
        except Refused as refusal:
            caught = refusal
    return caught


def test_doors_are_not_listed_by_typing_them_as_a_sheet(town: Signing) -> None:
    """Without a photo nothing is looked up; with one it is noted, and ends for the day."""
    for at in range(1, 4):
        assert town.sheet(f"李明,3-10{at}") == 1
    typed = "李明,3-101\n张伟,3-102\n赵强,3-103"
    without = type_doors(town, typed, KeptPhotos())
    assert without is not None
    assert without.code is SignRefusal.NO_PHOTO
    photo = town.photo()
    for _ in range(SIGNED_LINES_A_DAY // 3):
        told = type_doors(town, typed, photo)
        assert isinstance(told, BadSheet)
        assert told.code is RollProblem.BAD_LINES
        assert [line for line, _code, _facts in told.flaws] == [1, 2, 3]
    full = type_doors(town, typed, photo)
    assert full is not None
    assert full.code is SignRefusal.TOO_MANY
    noted = [action for action, _person, _reason in actions(town)]
    assert noted.count("convention:type_sheet") == 3
    assert noted.count("convention:signed_lines") == SIGNED_LINES_A_DAY // 3 + 1
    # what nobody has signed is still typed
    assert type_doors(town, "周燕,3-104", photo) is None


def test_the_desk_settles_a_contested_door_on_its_page(app: Flask, town: Signing) -> None:
    town.sign(0, Signer.HOUSEHOLD, door="3-101")
    town.sign(1, name="大骗子", named=True)
    desk = Browser(app).in_language("en")
    sign_in_as(desk, town.committee_person)
    page = desk.get(f"/desk/conventions/{town.number}/signatures/", status=200)
    page = page.click("A signature on the screen is contested", status=200)
    assert "3-101" not in page.text
    page = page.form(button="Do it").fill(door="3-109", act="withdraw", reason="未签").send()
    assert "No signature on the screen stands" in page.text
    page = page.form(button="Do it").fill(door="3-101").send()
    assert "0 households" in page.text
    page = desk.get(f"/desk/conventions/{town.number}/signatures/contested")
    line = shown(town)["大骗子"]
    page = page.form(button="Do it").fill(line=line, act="hide", reason="侮辱性称呼").send()
    assert "1 resident" in page.text
    assert shown(town) == {}
