"""After signing: one's own letters, withdrawing, renewing, several branches at once, help."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import select, update

from credit.rules.kinds import LedgerRefusal
from pledges.jobs import ask_to_renew
from pledges.models import DutyNotice, Pledge, PledgeEvent, Premises, PremisesOperator
from pledges.rules.signing import PledgeState, PledgeStep, SigningWay
from portal.accounts.models import Person
from portal.accounts.service import erase_person, export_person
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make import pledges as make
from tests.make.accounts import person, sign_in_as, staff
from tests.make.photos import jpeg
from tests.make.pictures import picture_of_svg
from tests.make.pledges import NOW, PHONE
from tests.make.signing import (
    NAME,
    SEND,
    SIGN,
    STREET,
    Door,
    a_door,
    an_owner,
    how_many,
    newest_code,
    ticked,
)
from tests.pages import Browser

NEW_TEXT = "门前清扫干净，雪天及时除雪"


@pytest.fixture
def door(app: Flask, database: Database) -> Door:
    return a_door(database)


@pytest.fixture
def owner(door: Door) -> Person:
    return an_owner(door.database)


def browser_of(app: Flask, who: Person) -> Browser:
    browser = Browser(app)
    sign_in_as(browser, who)
    return browser.in_language("en")


def messages(door: Door, template: str) -> list[dict[str, Any]]:
    """The facts of the messages of a kind."""
    with door.database.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.template == template))
        vault = instance_of(session).vault
        return [json.loads(vault.unseal(row.sealed_facts)) for row in rows if row.sealed_facts]


def test_the_letter_is_printed_and_its_code_leads_to_the_check_page(
    app: Flask, door: Door, owner: Person
) -> None:
    signed = door.sign_by_code(door.ask())
    me = browser_of(app, owner)
    page = me.get("/me/pledges/", status=200).click("东阁早点铺", status=200)
    line = page.soup.select_one("details code")
    assert line is not None
    assert sha256(line.text.encode()).hexdigest() == signed.digest
    sheet = page.click("The letter to print", status=200)
    assert NAME in sheet.text
    [code] = zxingcpp.read_barcodes(picture_of_svg(str(sheet.soup.select_one(".sheet svg"))))
    origin = app.extensions["gongzhi_instance"].config.origin
    checked = Browser(app).in_language("en").get(code.text.removeprefix(origin), status=200)
    assert "genuine and in force" in checked.text
    assert NAME not in checked.html


def test_nobody_else_opens_a_letter_or_withdraws_it(app: Flask, door: Door, owner: Person) -> None:
    number = door.sign_by_code(door.ask()).number
    with door.database.write() as session:
        other = person(session)
    for who in (other, door.desk):
        browser = browser_of(app, who)
        for page in ("", "/letter", "/withdraw"):
            assert browser.get(f"/me/pledges/{number}{page}").status == 404
    assert browser_of(app, other).get(f"/me/pledges/at/{door.premises}/sign").status == 404
    assert Browser(app).client.get(f"/me/pledges/{number}").status_code == 303


def test_L5_withdrawing_says_what_follows_and_ends_the_letter(
    app: Flask, door: Door, owner: Person
) -> None:
    number = door.sign_by_code(door.ask()).number
    me = browser_of(app, owner)
    page = me.get(f"/me/pledges/{number}", status=200).click("Withdraw", status=200)
    assert "No points are taken away" in page.text
    assert door.pledges()[0].state is PledgeState.IN_FORCE
    form = page.form()
    done = form.send("Withdraw the pledge", status=200)
    assert "withdrawn" in done.text
    [row] = door.pledges()
    assert (row.state, row.ended_at is not None) == (PledgeState.WITHDRAWN, True)
    again = me.get(f"/me/pledges/{number}/withdraw", status=200).form()
    assert "no longer in force" in again.send("Withdraw the pledge", status=409).text
    assert "No pledge is in force" in Browser(app).in_language("en").get(f"/p/{door.code}").text


def test_a_new_text_is_asked_for_once_and_signing_it_renews_the_letter(
    app: Flask, door: Door, owner: Person
) -> None:
    number = door.sign_by_code(door.ask()).number
    assert ask_to_renew(door.database, NOW) == 0
    door.new_version(swept=NEW_TEXT)
    assert ask_to_renew(door.database, NOW) == 1
    assert ask_to_renew(door.database, NOW + timedelta(days=1)) == 0
    [facts] = messages(door, "pledge.renew")
    assert facts["link"].endswith(f"/me/pledges/{number}")
    me = browser_of(app, owner)
    assert "waits to be signed" in me.get("/me", status=200).text
    scan = Browser(app).in_language("en").get(f"/p/{door.code}", status=200)
    assert "Meanwhile a newer text counts here" in scan.text
    page = me.get(f"/me/pledges/{number}", status=200).click("Read and sign the new text")
    assert "雪天及时除雪" in page.soup.select_one("ins").text
    sent = ticked(page).send(SEND, status=200)
    done = sent.form().fill(code=newest_code(door.database)).send(SIGN, status=200)
    assert "version 2" in done.text
    old, new = door.pledges()
    assert (old.state, new.state) == (PledgeState.RENEWED, PledgeState.IN_FORCE)
    assert new.renews_id == old.id
    # the old letter stays genuine, and says that it is over
    where = {"number": old.number, "hash": old.digest}
    told = Browser(app).in_language("en").get("/pledges/check", query_string=where, status=200)
    assert "renewed by a newer one" in told.text
    with door.database.read() as session:
        steps = set(session.scalars(select(PledgeEvent.step)))
    assert steps == {PledgeStep.SIGN, PledgeStep.ASK_RENEWAL, PledgeStep.RENEW}


def test_opening_any_page_of_a_letter_changes_nothing(
    app: Flask, door: Door, owner: Person
) -> None:
    number = door.sign_by_code(door.ask()).number
    door.new_version(swept=NEW_TEXT)
    more_shops(door, "21号")
    before = [how_many(door.database, one) for one in (Pledge, PledgeEvent, OutboxMessage)]
    query = {f"tick-{key.hex}": "y" for key in door.clauses.values()}
    query |= {"received": "y", "name": "X", "code": "123456", "send": "1", "way": "visit_code"}
    mine = (f"/me/pledges/{number}", f"/me/pledges/{number}/letter", "/me/pledges/branches",
            f"/me/pledges/{number}/withdraw", f"/me/pledges/at/{door.premises}/sign",
            f"/p/{door.code}/sign", f"/p/{door.code}/claim")  # fmt: skip
    for who, pages in ((owner, mine), (door.desk, (f"/desk/pledges/sign/{door.premises}",))):
        client = browser_of(app, who).client
        for page in pages:
            assert client.get(page, query_string=query).status_code == 200, page
    after = [how_many(door.database, one) for one in (Pledge, PledgeEvent, OutboxMessage)]
    assert after == before
    assert [row.state for row in door.pledges()] == [PledgeState.IN_FORCE]


def more_shops(door: Door, *doors: str) -> list[str]:
    """Other shops of the same owner, by their public numbers."""
    with door.database.write() as session:
        shops = [make.premises(session, door.tree[STREET], at, title=f"分店{at}") for at in doors]
        for shop in shops:
            make.operator(session, shop)
        return [shop.number for shop in shops]


def test_several_branches_are_signed_with_one_code_and_one_that_fails_is_named(
    app: Flask, door: Door, owner: Person
) -> None:
    _one, two = more_shops(door, "21号", "23号")
    me = browser_of(app, owner)
    page = me.get("/me/pledges/", status=200).click("Sign for several places at once", status=200)
    boxes = [str(box["name"]) for box in page.soup.select("input[name^=door-]")]
    assert len(boxes) == 3
    none = ticked(page).send(SEND, status=422)
    assert "for which places" in none.text
    sent = none.form().fill(**dict.fromkeys(boxes, "y")).send(SEND, status=200)
    code = messages(door, "pledge.code_many")[0]["code"]
    # meanwhile somebody else runs one of them, with another phone
    with door.database.write() as session:
        left = select(Premises.id).where(Premises.number == two).scalar_subquery()
        runs = update(PremisesOperator).where(PremisesOperator.premises_id == left)
        session.execute(runs.values(phone_hash="f" * 64))
    done = sent.form().fill(code=code).send(SIGN, status=200)
    assert "Not signed: 分店23号" in done.text
    signed = door.pledges()
    assert len(signed) == 2
    assert len({row.batch_id for row in signed}) == 1
    assert {row.signer_id for row in signed} == {owner.id}


def test_a_page_of_branches_that_is_older_is_read_again_and_nothing_is_signed(
    app: Flask, door: Door, owner: Person
) -> None:
    one, two = more_shops(door, "21号", "23号")
    me = browser_of(app, owner)
    page = me.get("/me/pledges/branches", status=200)
    boxes = [str(box["name"]) for box in page.soup.select("input[name^=door-]")]
    chosen = ticked(page).fill(**dict.fromkeys(boxes, "y"))
    sent = chosen.send(SEND, status=200)
    code = messages(door, "pledge.code_many")[0]["code"]
    with door.database.write() as session:
        changed = update(Premises).where(Premises.number == one)
        session.execute(changed.values(duty_words="到人行道外缘", duty_version=2))
        new = select(Premises.id).where(Premises.number == two).scalar_subquery()
        runs = update(PremisesOperator).where(PremisesOperator.premises_id == new)
        session.execute(runs.values(number="someone"))
    told = sent.form().fill(code=code).send(SIGN, status=409)
    assert how_many(door.database, Pledge) == 0
    assert "到人行道外缘" in told.text
    form = told.form()
    # who runs it now is looked at before it is ticked, and the notice is read again
    assert not told.soup.select_one(f"input[name=door-{two}][checked]")
    assert told.soup.select_one(f"input[name=door-{one}][checked]")
    assert not told.soup.select_one("input[name=received][checked]")
    last = form.fill(received="y", code=code)
    # the text changes too: ticks stay where a clause says the very same
    door.new_version(swept=NEW_TEXT)
    newer = last.send(SIGN, status=409)
    assert "雪天及时除雪" in newer.soup.select_one("ins").text
    left = [box["name"] for box in newer.soup.select("input[name^=tick-]:not([checked])")]
    assert len(left) == 1
    done = newer.form().fill(code=code, **{str(left[0]): "y"}).send(SIGN, status=200)
    assert "Not signed" not in done.text
    assert len(door.pledges()) == 2


def test_a_place_that_the_ledger_refused_is_named(app: Flask, door: Door, owner: Person) -> None:
    [other] = more_shops(door, "21号")
    query = {"failed": f"{other}~{LedgerRefusal.HALTED.value}"}
    page = browser_of(app, owner).get("/me/pledges/", query_string=query, status=200)
    assert "Not signed: 分店21号" in page.text


def test_who_speaks_now_decides_and_reads_nothing_of_whoever_signed_before(
    app: Flask, door: Door, owner: Person
) -> None:
    number = door.sign_by_code(door.ask()).number
    with door.database.write() as session:
        new = person(session, phone="+8613900000077")
        session.execute(update(PremisesOperator).values(person_id=new.id))
    before, after = browser_of(app, owner), browser_of(app, new)
    url = f"/me/pledges/{number}"
    for page in (url, f"{url}/letter"):
        assert NAME in before.get(page, status=200).html
        hers = after.get(page, status=200)
        assert NAME not in hers.html
        assert str(owner.id) not in hers.html
    assert "Withdraw" not in before.get(url, status=200).text
    form = before.get(f"{url}/withdraw", status=200).form()
    refused = form.send("Withdraw the pledge", status=422)
    assert "Somebody else speaks for this place now" in refused.text
    assert door.pledges()[0].state is PledgeState.IN_FORCE
    form = after.get(f"{url}/withdraw", status=200).form()
    assert "withdrawn" in form.send("Withdraw the pledge", status=200).text


def test_a_list_of_branches_asks_as_often_for_many_as_for_two(
    app: Flask, door: Door, owner: Person
) -> None:
    me, found = browser_of(app, owner), list[str]()

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    def asked() -> int:
        found.clear()
        sql_event.listen(door.database.reader, "before_cursor_execute", note)
        try:
            me.get("/me/pledges/", status=200)
        finally:
            sql_event.remove(door.database.reader, "before_cursor_execute", note)
        return len(found)

    more_shops(door, "21号")
    before = asked()
    more_shops(door, "23号", "25号", "27号")
    assert asked() == before


def helper(door: Door, role: str) -> Person:
    with door.database.write() as session:
        return staff(session, role, area=door.tree[STREET])


def test_a_liaison_officer_reads_aloud_and_the_owner_confirms_by_her_own_code(
    app: Flask, door: Door
) -> None:
    officer = helper(door, "liaison_officer")
    browser = browser_of(app, officer)
    page = browser.get(f"/p/{door.code}", status=200).click("Help with signing", status=200)
    for secret in (NAME, PHONE, PHONE[3:], "0017"):
        assert secret not in page.html
    form = ticked(page).fill(way="visit_code")
    sent = form.send("Send the code to the owner's telephone", status=200)
    last = sent.form().fill(code=newest_code(door.database))
    assert "in force" in last.send("Take the signature", status=200).text
    [row] = door.pledges()
    assert (row.way, row.witness_id) == (SigningWay.VISIT_CODE, officer.id)
    with door.database.read() as session:
        event = session.scalars(select(PledgeEvent)).one()
        notice = session.scalars(select(DutyNotice)).one()
    assert event.actor_id == officer.id
    assert notice.given_by == officer.id


def test_on_paper_a_photo_is_kept_the_phone_is_told_and_erasing_takes_it_away(
    app: Flask, door: Door, owner: Person
) -> None:
    officer = helper(door, "liaison_officer")
    with door.database.write() as session:
        session.execute(update(PremisesOperator).values(person_id=owner.id, speaks_since=NOW))
    browser = browser_of(app, officer)
    page = browser.get(f"/desk/pledges/sign/{door.premises}", status=200)
    form = ticked(page).fill(way="visit_paper")
    lacking = form.send("Take the signature", status=422)
    assert "photo of the sheet" in lacking.text
    done = lacking.form().attach("paper", jpeg()).send("Take the signature", status=200)
    assert "in force" in done.text
    [row] = door.pledges()
    # whose hand it was is known from the sheet alone
    assert (row.way, row.signer_id) == (SigningWay.VISIT_PAPER, None)
    assert messages(door, "pledge.assisted")[0]["number"] == row.number
    photo = f"/pledges/papers/{row.number}"
    for who, status in ((owner, 200), (door.desk, 200), (officer, 404)):
        client = browser_of(app, who).client
        assert client.get(photo).status_code == status
    desk = browser_of(app, door.desk)
    where = {"number": row.number, "hash": row.digest}
    sheet = desk.get("/pledges/check", query_string=where, status=200)
    sheet = sheet.click("Photo of the signed sheet", status=200)
    assert sheet.soup.select_one(f"a[href='{photo}']")
    with door.database.write() as session:
        [mine] = export_person(session, owner.id, now=NOW)["records"]["pledge"]
        assert (mine["number"], mine["signature"]) == (row.number, "")
        erase_person(session, None, owner.id, now=NOW)
    assert browser_of(app, door.desk).client.get(photo).status_code == 404
    [row] = door.pledges()
    assert row.sealed_signature is row.salt is row.signer_id is row.paper_key is None
    # the letter itself can still be checked
    assert Browser(app).get("/pledges/check", query_string=where, status=200)


def test_the_desk_erases_a_photo_for_whoever_has_no_account(app: Flask, door: Door) -> None:
    desk = browser_of(app, door.desk)
    page = desk.get(f"/desk/pledges/sign/{door.premises}", status=200)
    form = ticked(page).fill(way="desk").attach("paper", jpeg())
    form.send("Take the signature", status=200)
    [row] = door.pledges()
    assert row.signer_id is None
    key = row.paper_key
    assert key is not None
    page = desk.get(f"/desk/pledges/papers/{row.number}", status=200)
    assert "No photo is kept" in page.form().send("Erase the photo", status=200).text
    assert desk.client.get(f"/pledges/papers/{row.number}").status_code == 404
    with pytest.raises(KeyError):
        app.extensions["gongzhi_instance"].blobs.open(key)
    assert door.pledges()[0].digest == row.digest
    other = browser_of(app, helper(door, "liaison_officer"))
    assert other.get(f"/desk/pledges/papers/{row.number}").status == 403


def test_who_comes_for_an_alliance_takes_no_signature_on_paper(app: Flask, door: Door) -> None:
    browser = browser_of(app, helper(door, "alliance_inspector"))
    page = browser.get(f"/desk/pledges/sign/{door.premises}", status=200)
    ways = [box["value"] for box in page.soup.select("input[name=way]")]
    assert ways == ["visit_code"]
    with door.database.write() as session:
        elsewhere = staff(session, "liaison_officer", area=door.tree["370283002"])
    foreign = browser_of(app, elsewhere)
    assert foreign.get(f"/desk/pledges/sign/{door.premises}").status == 404
    assert foreign.get(f"/desk/pledges/sign/{door.premises}/sheet").status == 404
    assert how_many(door.database, Pledge) == 0


def test_the_form_on_paper_has_every_clause_with_a_box(app: Flask, door: Door) -> None:
    browser = browser_of(app, door.desk)
    page = browser.get(f"/desk/pledges/sign/{door.premises}/sheet", status=200)
    sheet = page.soup.select_one(".sheet")
    assert sheet is not None
    assert "路沿石" in sheet.text
    assert len(sheet.select(".sheet-box")) == 1 + len(door.clauses)
    assert sheet.select(".sheet-rule")
