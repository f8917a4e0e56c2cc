"""The pages of the switch, of the guard's figures and alarms, and of guardians."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from credit.models import RetaliationMonth
from credit.queries.switch import switches_of
from credit.rules.guard import Route
from credit.rules.process import MatterState
from credit.service import deductions_on, record_outcome
from credit.service.sealing import seal
from credit.service.switch import confirm_switch, end_switch
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.make import process
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT
from tests.make.guard import PDF, asked, child, proposed
from tests.make.organisations import unit
from tests.pages import Browser, Page

PHONE = "+8613800001279"


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


def browser_of(app: Flask, who: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


@pytest.fixture
def admins(app: Flask, database: Database, tree: dict[str, Area]) -> list[Browser]:
    with database.write() as session:
        people = [staff(session, "administrator", area=tree["370283"]) for _ in range(2)]
    return [browser_of(app, who) for who in people]


def fill(page: Page, document: bytes = PDF, **changes: str) -> Page:
    form = page.form(button="Propose")
    given = {"basis": "Convention, article 5", "responsible": "Director Zhang", "post": "Deputy"}
    form.fill(**{**given, **changes})
    if document:
        form.attach("document", document, "assessment.pdf", "application/pdf")
    return form.send("Propose")


def number(database: Database) -> str:
    with database.read() as session:
        return switches_of(session, [DISTRICT])[0].number


def test_L2_whoever_switches_them_off_voids_at_once_what_does_not_count_yet(
    app: Flask, database: Database
) -> None:
    made = process.world(database)
    process.switch_on(made, process.START)
    counting = process.in_effect(made)
    running = process.announced(made, now=now(), source="case:2")
    with database.read() as session:
        keeper = session.get_one(Person, made.keeper.person_id)
    ben = browser_of(app, keeper)
    page = ben.get(f"/admin/deductions/{number(database)}/end", status=200)
    page.form().fill(reason="Being revised").send("Switch off", status=200)
    assert made.row(running).state is MatterState.VOIDED
    assert made.row(counting).state is MatterState.IN_EFFECT


def test_L11_two_administrators_switch_deductions_on_and_one_switches_them_off(
    app: Flask, database: Database, admins: list[Browser], browser: Browser
) -> None:
    anna, ben = admins
    public = browser.in_language("en")
    assert "Deductions are off" in public.get("/credit/deductions", status=200).text
    fill(anna.get("/admin/deductions", status=200))
    page = anna.get("/admin/deductions", status=200)
    assert "waits for another administrator" in page.text
    assert "Read and confirm" not in page.text
    # what nobody has confirmed is no matter of the public, and no document of it is handed out
    one = number(database)
    assert "Director Zhang" not in public.get("/credit/deductions", status=200).text
    public.get(f"/credit/deductions/{one}/assessment.pdf", status=404)
    assert anna.get(f"/admin/deductions/{one}/assessment.pdf", status=200).response.data == PDF
    refused = anna.get(f"/admin/deductions/{one}/confirm", status=200).form()
    assert "Another administrator" in refused.send("Switch deductions on", status=422).text

    page = ben.get("/admin/deductions", status=200).click("Read and confirm", status=200)
    page.form().send("Switch deductions on", status=200)
    assert "Not yet in effect" in public.get("/credit/deductions", status=200).text
    seal(database, now())
    page = public.get("/credit/deductions", status=200)
    for words in ("Deductions are on", "Director Zhang", "Convention, article 5", "Deputy"):
        assert words in page.text
    with database.read() as session:
        assert deductions_on(session, DISTRICT, now())
    document = public.get(f"/credit/deductions/{one}/assessment.pdf", status=200).response
    assert document.data == PDF
    assert document.headers["Content-Disposition"].startswith("attachment")

    page = ben.get(f"/admin/deductions/{one}/end", status=200)
    assert "Please give the reason" in page.form().send("Switch off", status=422).text
    page.form().fill(reason="Being revised").send("Switch off", status=200)
    page = public.get("/credit/deductions", status=200)
    assert "Deductions are off" in page.text
    assert "Being revised" in page.text
    ben.get(f"/admin/deductions/{one}/end", status=404)
    with database.read() as session:
        assert not deductions_on(session, DISTRICT, now())


def test_where_a_wish_is_open_no_other_one_is_asked_for(admins: list[Browser]) -> None:
    anna, ben = admins
    fill(anna.get("/admin/deductions", status=200))
    for admin in (anna, ben):
        page = admin.get("/admin/deductions", status=200)
        assert "There is a wish already" in page.text
        assert not page.soup.select("main form")
    page = anna.get("/admin/deductions").click("Take back", status=200)
    page = page.form().fill(reason="Later").send("Take back", status=200)
    assert page.form(button="Propose")


def test_L11_bad_input_keeps_what_was_typed(database: Database, admins: list[Browser]) -> None:
    page = fill(admins[0].get("/admin/deductions", status=200), document=b"no PDF")
    assert page.status == 422
    assert "as a PDF" in page.text
    assert "Convention, article 5" in page.text
    page = fill(admins[0].get("/admin/deductions"), responsible="")
    assert "Name who is responsible" in page.text


def test_L11_the_auditor_sees_who_moved_the_switch(
    app: Flask, database: Database, admins: list[Browser]
) -> None:
    fill(admins[0].get("/admin/deductions", status=200))
    with database.write() as session:
        auditor = staff(session, "auditor")
    page = browser_of(app, auditor).get("/audit/?action=deductions:propose", status=200)
    assert "Deductions: switching on proposed" in page.text
    assert "switch:" not in page.text


def test_L2_an_assessment_that_the_city_does_not_show_has_its_hash_shown(
    app: Flask, database: Database, admins: list[Browser], browser: Browser
) -> None:
    page = admins[0].get("/admin/deductions", status=200)
    form = page.form(button="Propose").fill(
        basis="Convention", responsible="Zhang", post="Deputy", document_public=False
    )
    form.attach("document", PDF, "a.pdf", "application/pdf")
    form.send("Propose", status=200)
    one = number(database)
    admins[1].get(f"/admin/deductions/{one}/confirm").form().send("Switch deductions on")
    page = browser.in_language("en").get("/credit/deductions", status=200)
    assert "does not show the assessment itself" in page.text
    browser.get(f"/credit/deductions/{one}/assessment.pdf", status=404)


def test_an_administrator_of_a_street_moves_no_switch_of_the_district(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        who = staff(session, "administrator", area=tree["370283001"])
        one = proposed(session, DISTRICT, by=person(session), now=now())
    browser = browser_of(app, who)
    assert "Only an administrator of a whole district" in browser.get("/admin/deductions").text
    browser.get(f"/admin/deductions/{one}/confirm", status=404)
    browser.get(f"/admin/deductions/{one}/end", status=404)
    browser.get(f"/admin/deductions/{one}/assessment.pdf", status=404)


def test_the_public_page_takes_a_fixed_number_of_queries(
    app: Flask, database: Database, browser: Browser, tree: dict[str, Area]
) -> None:
    def asked_for() -> int:
        found: list[str] = []

        def note(*given: Any) -> None:
            found.append(str(given[2]))

        event.listen(database.reader, "before_cursor_execute", note)
        browser.get("/credit/deductions", status=200)
        event.remove(database.reader, "before_cursor_execute", note)
        return len(found)

    with database.write() as session:
        one = proposed(session, DISTRICT, by=person(session), now=now())
        confirm_switch(session, one, actor_id=new_id(), now=now())
    # the first page of a server also reads what stands above all pages
    asked_for()
    few = asked_for()
    for _ in range(3):
        with database.write() as session:
            open_one = switches_of(session, [DISTRICT])[0].number
            end_switch(session, open_one, "again", actor_id=new_id(), now=now())
            one = proposed(session, DISTRICT, by=person(session), now=now())
            confirm_switch(session, one, actor_id=new_id(), now=now())
    assert asked_for() == few


# --- figures and alarms ---------------------------------------------------------------------------


def test_N1_everybody_reads_the_figures_and_what_is_too_few(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        session.add(
            RetaliationMonth(
                month="2026-10", computed_at=now(), smallest_cell=10, proposals=38,
                proposals_from="2026-10", never=12, outside=15, guarded_from="2026-09",
            )
        )  # fmt: skip
    page = browser.in_language("en").get("/credit/retaliation", status=200)
    for words in ("38", "12", "15", "October 2026", "since September 2026", "too few to tell"):
        assert words in page.text
    lines = browser.get("/credit/retaliation.csv", status=200).response.data.decode("utf-8-sig")
    assert "2026-10,38,2026-10,12,15,2026-09,," in lines


def test_N1_only_auditors_see_alarms_and_none_about_themselves(
    app: Flask, database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        here = unit(session)
        auditor, other = (staff(session, "auditor") for _ in range(2))
        prober = staff(session, "handling_unit", organisation=here, name="Prober")
        for route in (Route.NEVER, Route.OUTSIDE):
            told: dict[str, Any] = {"district": DISTRICT, "route": route, "at": now()}
            record_outcome(
                session, proposal_id=new_id(), proposer_id=prober.id, unit_id=here.id, **told
            )
            record_outcome(
                session, proposal_id=new_id(), proposer_id=other.id, unit_id=None, **told
            )
    page = browser_of(app, auditor).get("/audit/retaliation", status=200)
    assert page.text.count("guarded proposals within 30 days: 2") == 3
    assert "Prober" in page.text
    page = browser_of(app, other).get("/audit/retaliation", status=200)
    assert page.text.count("guarded proposals within 30 days") == 2
    browser_of(app, prober).get("/audit/retaliation", status=403)
    assert "/audit/retaliation" in browser_of(app, auditor).get("/audit/", status=200).links()


# --- guardians ------------------------------------------------------------------------------------


def test_L1_a_child_asks_and_a_guardian_agrees_and_ends_it(app: Flask, database: Database) -> None:
    with database.write() as session:
        small = child(session, "Xiaoming", now=now())
        mother = person(session, phone=PHONE)
        other = person(session)
    mine, hers = browser_of(app, small), browser_of(app, mother)
    page = mine.get("/credit/guardian", status=200)
    assert "No guardian has agreed" in page.text
    page.form(button="Send the link").fill(phone="12").send(status=422)
    with database.write() as session:
        token = asked(session, session.get_one(Person, small.id), PHONE, now=now())
    assert "We wait for your guardian" in mine.get("/credit/guardian", status=200).text
    # the phone tells whom the link is for; nobody else learns even the child's name
    page = browser_of(app, other).get(f"/credit/guardian/{token}", status=403)
    assert "another phone" in page.text
    assert "Xiaoming" not in page.text
    assert Browser(app).get(f"/credit/guardian/{token}").path.startswith("/sign-in")

    page = hers.get(f"/credit/guardian/{token}", status=200)
    assert "Xiaoming" in page.text
    assert "Please say that you are" in page.form().send("I agree", status=422).text
    page.form().fill(states=True).send("I agree", status=200)
    hers.get(f"/credit/guardian/{token}", status=404)
    assert "Your guardian has agreed" in mine.get("/credit/guardian", status=200).text
    page = hers.get("/credit/guardian", status=200).click("End it", status=200)
    page.form().send("End it", status=200)
    assert "No guardian has agreed" in mine.get("/credit/guardian", status=200).text


def test_L1_a_child_takes_it_back(app: Flask, database: Database) -> None:
    with database.write() as session:
        small = child(session, now=now())
        asked(session, small, PHONE, now=now() - timedelta(minutes=1))
    mine = browser_of(app, small)
    page = mine.get("/credit/guardian", status=200).click("Take it back", status=200)
    page.form().send("End it", status=200)
    mine.get("/credit/guardian/stop", status=404)
