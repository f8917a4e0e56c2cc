"""The pages of inspections: the checklist on a phone, the breach of both sides, the letter."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pledges.models import Breach, DoorVisit, Inspection
from pledges.service.breaches import open_breach
from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.kernel.clock import now
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as
from tests.make.inspections import STREET, Frontage, frontage
from tests.make.pledges import PHONE
from tests.pages import Browser


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def browser_of(app: Flask, made: Frontage, who: Actor) -> Browser:
    browser = Browser(app)
    with made.database.read() as session:
        found = session.get_one(Person, who.person_id)
    sign_in_as(browser, found)
    return browser.in_language("en")


def counted(made: Frontage, table: Any) -> int:
    with made.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def ticked(made: Frontage, broken: str = "swept", **more: str) -> dict[str, str]:
    found = {
        f"finding-{key.hex}": "not_kept" if code == broken else "kept"
        for code, key in made.clauses.items()
    }
    return {**found, "body": "liaison", **more}


def test_from_the_checklist_to_a_breach_that_is_put_right(app: Flask, made: Frontage) -> None:
    phone = browser_of(app, made, made.inspector)
    page = phone.get("/desk/pledges/inspections/", status=200)
    page = page.form().fill(premises="none").send(status=422)
    page = page.form().fill(premises=made.door).send(status=200)
    note = f"note-{made.clauses['swept'].hex}"
    answers = ticked(made, **{note: "门口有纸箱"})
    answers.pop(f"finding-{made.clauses['lamps'].hex}")
    refused = page.form().fill(**answers).send(status=422)
    # what was typed is still there
    assert "门口有纸箱" in refused.html
    assert counted(made, Inspection) == 0
    first, second = refused.form().fill(**ticked(made, **{note: "门口有纸箱"})).send_twice()
    assert first.path == second.path
    assert counted(made, Inspection) == 1
    assert "门口有纸箱" in first.text
    assert "Remind the shop" not in first.text

    desk = browser_of(app, made, made.desk)
    remind = desk.get(first.path, status=200).click("Remind the shop", status=200)
    breach = remind.form().fill(reason="门前有纸箱，请清理").send(status=200)
    assert counted(made, Breach) == 1
    letter = breach.click("Letter to print", status=200)
    for words in ("门前有纸箱，请清理", "东阁早点铺", "appeal until"):
        assert words in letter.text
    assert desk.get("/desk/pledges/breaches/", status=200).click("东阁早点铺").path == breach.path
    early = breach.click("Tell the shop to put it right", status=200).form()
    assert early.fill(reason="请尽快清理", due_on="2027-01-30").send(status=409).errors

    both_sides(app, made, desk, breach.path)


def both_sides(app: Flask, made: Frontage, desk: Browser, path: str) -> None:
    """What the owner says, and who of the street answers."""
    owner = browser_of(app, made, made.owner)
    mine = owner.get("/me/breaches", status=200).click("swept", status=200)
    mine = mine.click("Reply", status=200).form().fill(words="今天就清理").send(status=200)
    assert "今天就清理" in mine.text
    done = mine.click("Say that it is put right", status=200).form()
    mine = done.fill(words="已清理").send(status=200)
    mine = mine.click("Appeal", status=200).form().fill(words="当天停业").send(status=200)
    assert "everything else waits" in mine.text

    # whoever opened it does not decide
    assert "Decide the appeal" not in desk.get(path, status=200).text
    assert "Tell the shop" not in desk.get(path, status=200).text
    second_desk = browser_of(app, made, made.second)
    decide = second_desk.get(path, status=200).click("Decide the appeal", status=200)
    ended = decide.form().fill(outcome="upheld", reason="确属停业").send(status=200)
    assert "withdrawn" in ended.text
    assert "withdrawn" in owner.get(mine.path, status=200).text


def test_whose_pages_they_are(app: Flask, made: Frontage) -> None:
    inspection = made.inspected("swept", now=now())
    breach = made.do(_open, made, inspection)
    stranger = browser_of(app, made, made.elsewhere)
    for path in (f"inspections/{inspection}", f"breaches/{breach}", f"inspections/at/{made.door}",
                 f"breaches/{breach}/letter", f"visits/at/{made.door}"):  # fmt: skip
        stranger.get(f"/desk/pledges/{path}", status=404)
    stranger.get(f"/me/breaches/{breach}", status=404)
    owner = browser_of(app, made, made.owner)
    owner.get(f"/desk/pledges/breaches/{breach}", status=403)
    html = owner.get(f"/me/breaches/{breach}", status=200).html
    for secret in ("王秀英", PHONE, PHONE[3:]):
        assert secret not in html


def _open(session: Any, made: Frontage, inspection: str) -> str:
    return open_breach(session, made.desk, inspection, made.clauses["swept"], "有垃圾", now=now())


def test_a_plan_and_a_visit(app: Flask, made: Frontage) -> None:
    desk = browser_of(app, made, made.desk)
    form = desk.get("/desk/pledges/inspections/plans/new", status=200).form()
    plan = form.fill(title="十二月检查", place=STREET, road="胜利路", body="liaison",
                     starts_on="2026-11-30", ends_on="2026-12-30").send(status=200)  # fmt: skip
    assert "东阁早点铺" in plan.text
    phone = browser_of(app, made, made.inspector)
    check = phone.get(plan.path, status=200).click("东阁早点铺", status=200)
    visit = check.click("Only note a visit", status=200).form()
    refused = visit.fill(purpose="explain", words="店主电话 13900000017", agreed="y").send(
        status=422
    )
    assert "13900000017" in refused.html
    visits = refused.form().fill(words="讲解了门前三包").send(status=200)
    assert "讲解了门前三包" in visits.text
    assert counted(made, DoorVisit) == 1
    void = visits.click("Strike out", status=200).form()
    assert "讲解了门前三包" not in void.fill(reason="写错门").send(status=200).text
