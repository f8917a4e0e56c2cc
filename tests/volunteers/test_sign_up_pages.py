"""The pages of sign-up, as volunteers, organisers, guardians and strangers use them."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.accounts.service import NewPerson, add_person
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make import volunteers as make
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.photos import jpeg
from tests.pages import Browser, Page
from volunteers.models import Qualification, Shift, ShiftPost, SignUp
from volunteers.rules.qualifications import QualificationState
from volunteers.rules.signing_up import SignUpState
from volunteers.service.messages import Told
from volunteers.service.qualifications import remind_of_ends

# nobody else of a test bears it
CANARY = "金丝雀"
YES = "Yes, sign me up"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


def shift_of(database: Database, tree: dict[str, Area], **changes: Any) -> Shift:
    seats = changes.pop("seats", 1)
    with database.write() as session:
        starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        activity = make.activity(session, tree["370283"], **changes)
        return make.shift(session, activity, starts_at=starts, seats={"member": seats})


def volunteer(database: Database, **given: Any) -> Person:
    with database.write() as session:
        return make.volunteer(session, **given)


def browser_of(app: Flask, who: Person, language: str = "en") -> Browser:
    browser = Browser(app).in_language(language)
    sign_in_as(browser, who)
    return browser


def send(browser: Browser, shift: Shift) -> Page:
    page = browser.get(f"/volunteers/shifts/{shift.number}/sign-up")
    return page.form(button=YES).fill(has_read="y").send(YES)


def facts_of(database: Database, template: Told) -> dict[str, Any]:
    with database.read() as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == template.value)
        ).one()
        facts: dict[str, Any] = json.loads(instance_of(session).vault.unseal(str(row.sealed_facts)))
        return facts


def test_from_registering_to_a_seat_and_back(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    shift = shift_of(database, tree, seats=2)
    first = volunteer(database)
    assert send(browser_of(app, first), shift).status == 200
    with database.write() as session:
        who = person(session, "李小红")
    browser = browser_of(app, who)
    refused = send(browser, shift)
    assert refused.status == 422
    assert "Please register as a volunteer first" in refused.text
    assert "车流较多" in refused.text
    page = browser.get("/volunteers/register")
    page.form(button="Register").fill(age="adult").send("Register", status=200)
    unread = browser.get(f"/volunteers/shifts/{shift.number}/sign-up").form(button=YES).send(YES)
    assert unread.status == 422
    assert "Please read what is said" in unread.text
    done = send(browser, shift)
    assert "Signed up" in done.text
    left = done.click("I cannot come").form(button="Give my seat back").send("Give my seat back")
    assert "You have signed up for nothing yet." in left.text
    with database.read() as session:
        assert session.scalar(select(ShiftPost.taken)) == 1


def test_who_is_too_late_is_offered_the_waiting_list_and_hears_of_a_free_seat(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    shift = shift_of(database, tree)
    people = [volunteer(database) for _ in range(2)]
    first, second = (browser_of(app, who) for who in people)
    late = second.get(f"/volunteers/shifts/{shift.number}/sign-up")
    assert send(first, shift).status == 200
    lost = late.form(button=YES).fill(has_read="y").send(YES)
    assert lost.status == 409
    assert "The last seat has just been taken." in lost.text
    waiting = second.get(f"/volunteers/shifts/{shift.number}/sign-up")
    joined = waiting.form(button=YES).fill(place="member:wait", has_read="y").send(YES)
    assert "You are the next to be asked." in joined.text
    mine = first.get("/volunteers/mine").click("文明劝导")
    mine.click("I cannot come").form(button="Give my seat back").send("Give my seat back")
    number = facts_of(database, Told.OFFERED)["number"]
    assert "A shift waits for your answer." in second.get("/me").text
    offered = second.get("/volunteers/mine").click("文明劝导")
    taken = offered.form(button="Yes, I have read this and come").send(status=200)
    assert "Signed up" in taken.text
    assert number in taken.path


def test_a_swap_is_offered_by_one_and_accepted_by_the_other(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    one = shift_of(database, tree)
    with database.write() as session:
        other = make.shift(
            session, session.get_one(type(make.activity(session, tree["370283"])), one.activity_id),
            starts_at=one.starts_at + timedelta(days=1),
        )  # fmt: skip
    giver, taker = volunteer(database, name=CANARY), volunteer(database)
    first, second = browser_of(app, giver), browser_of(app, taker)
    mine = send(first, one)
    assert send(second, other).status == 200
    page = mine.click("Swap it, or let somebody stand in")
    page.form(button="Offer my seat").fill(wanted=other.number).send(status=200)
    number = facts_of(database, Told.SWAP_ASKED)["number"]
    assert "Somebody would like to swap a shift with you." in second.get("/volunteers/mine").text
    offer = second.get(f"/volunteers/handovers/{number}")
    assert CANARY not in offer.text
    done = offer.form(button="Yes, swap them").fill(has_read="y").send(status=200)
    assert "Signed up" in done.text
    with database.read() as session:
        held = {
            (row.person_id, row.shift_id)
            for row in session.scalars(select(SignUp).where(SignUp.state == SignUpState.TAKEN))
        }
    assert held == {(giver.id, other.id), (taker.id, one.id)}


def test_an_organiser_sees_names_and_a_foreign_one_nothing(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    shift = shift_of(database, tree, seats=2)
    send(browser_of(app, volunteer(database, name=CANARY)), shift)
    caller = volunteer(database)
    with database.write() as session:
        here = staff(session, "volunteer_organiser", area=tree["370283"])
        foreign = staff(session, "volunteer_organiser", area=tree["370283001"])
    address = f"/desk/volunteers/shifts/{shift.number}/people"
    assert browser_of(app, foreign).get(address).status == 404
    desk = browser_of(app, here)
    page = desk.get(address)
    assert CANARY in page.text
    form = page.form(button="Put on the shift")
    done = form.fill(who=caller.number, asked_for="y", reason="来电报名").send(status=200)
    assert "来电报名" in done.text
    off = done.click("Take off the shift").form(button="Take off the shift")
    assert "人数有变" in off.fill(reason="人数有变").send(status=200).text
    assert facts_of(database, Told.TAKEN_OFF)


def words_of(response: Response) -> str:
    """All that a reader finds in an answer; a workbook is opened, for its bytes hide its words."""
    if (response.mimetype or "") != WORKBOOK:
        return response.get_data(as_text=True)
    book = load_workbook(BytesIO(response.get_data()))
    return "\n".join(str(row) for sheet in book for row in sheet.values)


def test_no_page_shows_a_volunteer_who_did_not_agree(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    """条例, article 20: strangers and other volunteers read numbers of seats, and no name."""
    shift = shift_of(database, tree, seats=2)
    hidden = volunteer(database, name=CANARY)
    send(browser_of(app, hidden), shift)
    other = browser_of(app, volunteer(database))
    send(other, shift)
    visited = 0
    for browser in (Browser(app).in_language("en"), other):
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/desk", "/static")):
                continue
            if rule.arguments == {"number"} and rule.rule.startswith("/volunteers/shifts/"):
                address = rule.rule.replace("<number>", shift.number)
            elif rule.arguments:
                continue
            else:
                address = rule.rule
            visited += 1
            with browser.client.get(address) as response:
                assert CANARY not in words_of(response), address
    assert visited > 80


def test_a_qualification_is_handed_in_checked_and_its_picture_forgotten(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    who = volunteer(database)
    today = clock.now().date()
    with database.write() as session:
        desk = staff(session, "volunteer_organiser", area=tree["370283"])
    browser = browser_of(app, who)
    form = browser.get("/volunteers/qualifications/new").form(button="Hand it in")
    form.fill(code="first_aid", valid_from=(today - timedelta(days=9)).isoformat(),
              valid_to=(today + timedelta(days=9)).isoformat())  # fmt: skip
    bare = form.send("Hand it in")
    assert bare.status == 422
    assert "Please add a photo of the certificate." in bare.text
    form.attach("photos", jpeg(), "card.jpg", "image/jpeg").send(status=200)
    checking = browser_of(app, desk).get("/desk/volunteers/qualifications").click("first-aid")
    assert browser.get(checking.path + "/photo").status in {403, 404}
    picture = checking.click("Open the photo of the certificate")
    assert picture.status == 200
    checking.form(button="Save").fill(good="yes").send(status=200)
    assert browser_of(app, desk).get(checking.path + "/photo").status == 404
    assert "Checked" in browser.get("/volunteers/qualifications").text
    with database.read() as session:
        row = session.scalars(select(Qualification)).one()
        assert (row.state, row.blob_key) == (QualificationState.VALID, None)
    # nine days before its end she is told, once
    assert remind_of_ends(database, clock.now()) == 1
    assert remind_of_ends(database, clock.now()) == 0
    assert facts_of(database, Told.QUALIFICATION_ENDS)["day"] == f"{today + timedelta(days=9)}"


def test_L1_under_14_nobody_signs_up_without_her_guardian(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    shift = shift_of(database, tree, seats=3, youngest=AgeBand.UNDER_14)
    send(browser_of(app, volunteer(database)), shift)
    phone = "+8613800001288"
    with database.write() as session:
        mother = person(session, "妈妈", phone)
        child = add_person(
            session, NewPerson("小明", age_band=AgeBand.UNDER_14, guardian_agrees=True),
            now=clock.now(),
        )  # fmt: skip
    browser = browser_of(app, child)
    browser.get("/volunteers/register").form(button="Register").send(status=200)
    assert "Under 14 your guardian has to agree first." in send(browser, shift).text
    asking = browser.get("/volunteers/guardian").form(button="Ask my guardian")
    asking.fill(phone=phone).send(status=200)
    link = facts_of(database, Told.GUARDIAN_ASKED)["link"].partition("/volunteers")[2]
    stranger = browser_of(app, volunteer(database))
    assert stranger.get(f"/volunteers{link}").status == 403
    guardian = browser_of(app, mother)
    page = guardian.get(f"/volunteers{link}").form(button="I agree").fill(states="y")
    assert page.send(status=200).path == "/volunteers/guardian"
    assert "Signed up" in send(browser, shift).text
    ending = guardian.get("/volunteers/guardian").click("End it 小明")
    ending.form(button="Yes, end it").send(status=200)
    with database.read() as session:
        assert session.scalar(select(ShiftPost.taken)) == 1
    assert "Under 14 your guardian has to agree first." in send(browser, shift).text
