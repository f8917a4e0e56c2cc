"""Deductions at the desk: each step on its page, for whom it is, and for nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from credit.models import Matter
from credit.queries.accounts import accounts_of
from credit.rules.guard import Route
from credit.rules.kinds import Party
from credit.rules.process import MatterState
from credit.service.looks import LOOK
from credit.service.process import confirm, object_to
from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as
from tests.make.photos import jpeg
from tests.make.process import DAY, HOUR, NO_PHOTOS, World, proposed, switch_on, world
from tests.pages import Browser, Page

S = MatterState
MONTH = 30 * DAY


@pytest.fixture
def made(database: Database) -> World:
    """A city that has had deductions for a month."""
    made = world(database, at=clock.now() - MONTH)
    switch_on(made, clock.now() - MONTH)
    return made


@pytest.fixture
def desk(app: Flask, made: World) -> "Desk":
    return Desk(app, made)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that pages send to read, in their order."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.reader, "before_cursor_execute", note)


class Desk:
    """Browsers of those whom a deduction takes."""

    def __init__(self, app: Flask, made: World) -> None:
        self.app = app
        self.made = made

    def of(self, actor: Any) -> Browser:
        browser = Browser(self.app)
        with self.made.database.read() as session:
            person = session.get_one(Person, actor.person_id)
        sign_in_as(browser, person)
        browser.in_language("en")
        return browser

    def page(self, actor: Any, number: str, status: int = 200) -> Page:
        return self.of(actor).get(f"/desk/deductions/{number}", status=status)


def number_of(made: World, matter_id: Any) -> str:
    return made.row(matter_id).number


def propose(desk: Desk, **changes: str) -> Page:
    page = desk.of(desk.made.proposer).get("/desk/deductions/new", status=200)
    moment = (clock.now() - DAY).date().isoformat()
    given = {
        "subject": desk.made.subject.number, "act": "在路边丢下一袋垃圾", "day": moment,
        "clock": "09:30", "place": "东阁街道", "source": "7k3m9qx2hd", **changes,
    }  # fmt: skip
    return page.form().fill(**given).send("Propose")


def proposal(made: World, **changes: Any) -> Any:
    now = clock.now()
    given = {"now": now - 3 * HOUR, "happened_at": now - DAY, **changes}
    return proposed(made, **given)


def ready(made: World, **changes: Any) -> Any:
    base = changes.pop("base", None) or clock.now()
    matter_id = proposal(made, now=base - 3 * HOUR, happened_at=base - DAY, **changes)
    made.check(base - HOUR)
    return matter_id


def told(made: World, **changes: Any) -> Any:
    matter_id = ready(made, **changes)
    now = clock.now() - timedelta(minutes=30)
    made.do(confirm, matter_id, no_interest=True, actor=made.centre, gates=made.gates, now=now)
    return matter_id


def test_a_deduction_is_proposed_confirmed_and_put_on_paper_by_pages(desk: Desk) -> None:
    made = desk.made
    form = desk.of(made.proposer).get("/desk/deductions/new").form()
    moment = (clock.now() - DAY).date().isoformat()
    form.fill(
        subject=made.subject.number, act="在路边丢下一袋垃圾", day=moment, clock="09:30",
        place="东阁街道", source="7K3M9-QX2HD",
    )  # fmt: skip
    page = form.attach("files", jpeg()).send("Propose", status=200)
    assert "Waiting for a second person" in page.text
    number = page.path.rsplit("/", 1)[1]
    made.check(clock.now() + HOUR)
    confirming = desk.page(made.centre, number).click("Confirm and announce it")
    assert confirming.form().send(status=422).errors == [
        "Say that it does not touch you, or stand aside."
    ]
    done = confirming.form().fill(no_interest=True).send(status=200)
    assert "Announced, not in effect" in done.text
    letter = done.click("Letter to print", status=200)
    for words in (
        "在路边丢下一袋垃圾",
        "自律规范第九条",
        "The rule asks for: 照片",
        "Photos: 1.",
        "Version 1",
        "Somebody from outside that unit",
        "I object",
    ):
        assert words in letter.text
    photo = next(link for link in done.links() if "/photo/" in link)
    assert desk.of(made.centre).get(photo, status=200).response.mimetype == "image/jpeg"
    desk.of(made.reviewer).get(photo, status=200)
    with made.database.read() as session:
        looks = session.scalars(
            select(AuditEntry.actor_id).where(
                AuditEntry.person_id == made.subject.id, AuditEntry.action == LOOK
            )
        ).all()
    assert {made.centre.person_id, made.proposer.person_id} <= set(looks)


def test_what_was_typed_stays_and_the_warning_about_words_can_be_overruled(desk: Desk) -> None:
    page = propose(desk, act="把保险杠丢在路边", subject="13800000000")
    assert page.status == 422
    page = propose(desk, act="把保险杠丢在路边")
    assert "保险" in page.errors[0]
    assert page.form().values["act"].strip() == "把保险杠丢在路边"
    assert page.form().fill(overrule=True).send("Propose").status == 200


def test_nothing_can_be_proposed_where_deductions_are_off(app: Flask, database: Database) -> None:
    made = world(database, at=clock.now() - MONTH)
    page = propose(Desk(app, made))
    assert page.status == 422
    assert page.errors == ["Deductions are not switched on here."]


def test_N1_the_proposer_sees_the_same_whatever_the_guard_says(
    desk: Desk, database: Database
) -> None:
    made = desk.made
    seen, base = [], clock.now()
    for route in Route:
        made.route = route
        number = number_of(made, ready(made, source=f"case:{route}", base=base))
        browser = desk.of(made.proposer)
        browser.get("/help")
        with counted(database) as sent:
            page = browser.get(f"/desk/deductions/{number}", status=200)
        words = page.text.replace(number, "N").replace(f"case:{route}", "SOURCE")
        seen.append((words, list(sent)))
    assert seen[0] == seen[1] == seen[2]


def test_N1_who_confirms_is_shown_only_what_goes_the_usual_way(desk: Desk) -> None:
    made = desk.made
    numbers = {}
    for route in Route:
        made.route = route
        numbers[route] = number_of(made, ready(made, source=f"case:{route}"))
    codes = {Route.ORDINARY: (200, 200), Route.OUTSIDE: (404, 200), Route.NEVER: (404, 404)}
    for route, (centre, reviewer) in codes.items():
        desk.page(made.centre, numbers[route], centre)
        desk.page(made.reviewer, numbers[route], reviewer)
    listed = desk.of(made.centre).get("/desk/deductions/").text
    assert [numbers[route] in listed for route in Route] == [True, False, False]


def test_an_objection_from_paper_is_typed_in_and_answered_with_more_time(desk: Desk) -> None:
    made = desk.made
    number = number_of(made, told(made))
    typed = desk.page(made.proposer, number).click("Type in an objection from paper")
    typed = typed.form().fill(statement="那不是我丢的").send(status=200)
    assert "Disputed, not in effect" in typed.text
    assert "on paper" in typed.text
    longer = desk.page(made.reviewer, number).click("Take more time")
    longer = longer.form().fill(reason="要问环卫中心").send(status=200)
    assert "extended" in longer.text
    answer = desk.page(made.reviewer, number).click("Answer the objection")
    assert len(answer.form().send(status=422).errors) == 1
    answer = answer.form().fill(decision="granted", reason="照片上不是她", no_interest=True)
    assert "Voided, never counted" in answer.send(status=200).text


def test_the_desk_records_what_was_put_right_repaired_taken_back_or_stood_aside_from(
    desk: Desk,
) -> None:
    made = desk.made
    right = number_of(made, told(made, source="case:1"))
    page = desk.page(made.proposer, right).click("Record that it was put right").form().send()
    assert "Voided, never counted" in page.text
    back = number_of(made, ready(made, source="case:2"))
    aside = desk.page(made.centre, back).click("Stand aside").form().send(status=200)
    assert "You have stood aside" in aside.text
    page = desk.page(made.proposer, back).click("Take the proposal back").form().send()
    assert "Ended without effect" in page.text
    old = clock.now() - 20 * DAY
    matter = proposed(made, now=old, happened_at=old - DAY, source="case:3")
    made.check(old + HOUR)
    made.do(confirm, matter, no_interest=True, actor=made.centre, gates=made.gates, now=old + HOUR)
    made.run(clock.now())
    repair = desk.page(made.proposer, number_of(made, matter)).click("Record a repair")
    assert repair.form().fill(service="清扫楼道", amount="9").send(status=422).errors == [
        "Give a whole number from 1 to 3."
    ]
    page = repair.form().fill(service="清扫楼道", amount="3").send(status=200)
    assert "Repaired" in page.text
    with made.database.read() as session:
        assert sum(a.balance for a in accounts_of(session, Party.PERSON, made.subject.id)) == 0


def test_bases_are_entered_and_revoked_by_their_keeper_only(desk: Desk) -> None:
    made = desk.made
    matter_id = told(made)
    keeper = desk.of(made.keeper)
    page = keeper.get("/desk/deductions/bases/new", status=200)
    assert page.form().send(status=422).errors
    page = page.form().fill(
        kind="convention", title="东阁街道居民公约（演示）", reference="第三条", source="公布栏",
        valid_from="2026-01-01",
    ).send(status=200)  # fmt: skip
    assert "东阁街道居民公约（演示）" in page.text
    revoke = keeper.get(f"/desk/deductions/bases/{made.basis}/revoke", status=200)
    page = revoke.form().fill(reason="条例已废止").send(status=200)
    assert "条例已废止" in page.text
    assert made.row(matter_id).stands(clock.now()) is S.VOIDED
    desk.of(made.proposer).get("/desk/deductions/bases/new", status=403)
    assert "Enter a basis" not in desk.of(made.centre).get("/desk/deductions/bases/").text


def test_what_is_not_mine_is_not_there(desk: Desk, app: Flask) -> None:
    made = desk.made
    number = number_of(made, proposal(made))
    for actor in (made.centre, made.reviewer):
        desk.page(actor, number, 404)
    desk.page(made.keeper, number, 404)
    resident = Browser(app)
    sign_in_as(resident, made.subject)
    resident.get(f"/desk/deductions/{number}", status=403)
    mine = number_of(made, told(made, source="case:5"))
    desk.of(made.proposer).get(f"/desk/deductions/{mine}/confirm", status=404)


def test_the_list_takes_no_more_queries_for_many_than_for_one(
    desk: Desk, database: Database
) -> None:
    made = desk.made
    told(made, source="case:0")
    counts = []
    for more in (1, 8):
        for at in range(more):
            told(made, source=f"case:{more}-{at}")
        browser = desk.of(made.reviewer)
        with counted(database) as sent:
            browser.get("/desk/deductions/", status=200)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_pages_have_words_in_both_scripts(desk: Desk) -> None:
    made = desk.made
    matter_id = told(made)
    made.do(
        object_to, person_id=made.subject.id, matter_id=matter_id, statement="不是我",
        files=NO_PHOTOS, now=clock.now(),
    )  # fmt: skip
    for language, words in (("zh_Hans", "有异议，未生效"), ("zh_Hant", "有異議，未生效")):
        browser = desk.of(made.reviewer).in_language(language)
        assert words in browser.get("/desk/deductions/").text
        assert words in browser.get(f"/desk/deductions/{number_of(made, matter_id)}").text


def test_the_warning_of_a_year_without_calendar_stands_on_the_list(
    desk: Desk, database: Database
) -> None:
    matter_id = proposal(desk.made)
    with database.write() as session:
        session.get_one(Matter, matter_id).confirm_by = None
    page = desk.of(desk.made.proposer).get("/desk/deductions/")
    assert "nobody can count" in " ".join(page.notices)
