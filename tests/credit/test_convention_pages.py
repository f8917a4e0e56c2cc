"""One's own yes to a convention, on a page: what it means, given, ended, and what then falls."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from credit.models import BasisConsent, DeductionBasis, Entry
from credit.queries.matters import consents_to_basis
from credit.queries.switch import open_switch
from credit.rules.kinds import Kind
from credit.rules.process import BasisKind, MatterState
from credit.service.process import (
    GATES,
    BasisWish,
    add_basis,
    consent_to_basis,
    revoke_basis,
    withdraw_basis_consent,
)
from credit.service.switch import end_switch
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.kernel.clock import now
from portal.kernel.db import Database
from tests.make.accounts import aged, person, sign_in_as
from tests.make.calendars import know_next_year
from tests.make.credit import DISTRICT
from tests.make.process import DAY, World, announced, switch_on, world
from tests.make.together import at_once
from tests.pages import Browser, Page
from tests.reports.test_queries_per_page import counted

PATH = "/credit/conventions"
AGREE, END = "I agree to “居民公约”", "End my yes to “居民公约”"
OFF = "Deductions are off"


@pytest.fixture
def made(database: Database) -> World:
    """A city that has had deductions for a month."""
    with database.write() as session:
        know_next_year(session)
    made = world(database, at=now() - 30 * DAY)
    switch_on(made, now() - 30 * DAY)
    return made


@pytest.fixture
def number(made: World) -> str:
    return convention(made)


@pytest.fixture
def subject(app: Flask, made: World) -> Browser:
    return browser_of(app, made.subject)


def convention(made: World, title: str = "居民公约", district: str = DISTRICT, **more: Any) -> str:
    wish = BasisWish(
        BasisKind.CONVENTION, title, "第三条", "公布栏", more.pop("since", date(2026, 1, 1)), **more
    )
    at = now() - 30 * DAY
    return str(made.do(add_basis, district, wish, actor=made.keeper, now=at))


def browser_of(app: Flask, who: Person) -> Browser:
    browser = Browser(app)
    sign_in_as(browser, who)
    return browser.in_language("en")


def agrees(made: World, number: str) -> bool:
    with made.database.read() as session:
        found = session.scalar(select(DeductionBasis.id).where(DeductionBasis.number == number))
        assert found is not None
        return consents_to_basis(session, found, made.subject.id)


def sealed_words(made: World) -> int:
    with made.database.read() as session:
        return session.scalar(select(func.count()).where(Entry.kind == Kind.CONSENT)) or 0


def switch_off(made: World) -> None:
    with made.database.write() as session:
        row = open_switch(session, DISTRICT)
        keeper = made.keeper.person_id
        assert row is not None
        assert keeper is not None
        end_switch(session, row.number, "不再需要", actor_id=keeper, now=now())


def buttons(page: Page) -> list[str]:
    return [" ".join(one.get_text().split()) for one in page.soup.select("main .card button")]


def test_L2_the_page_says_what_a_yes_means_before_it_is_given(
    made: World, number: str, subject: Browser
) -> None:
    page = subject.get("/credit/", status=200).click("What I agreed to be held to", status=200)
    assert page.path == PATH
    for words in (
        "居民公约", "第三条", "公布栏", "2026", "since", "You have not agreed",
        "you are told first and can object", "Without your own yes nothing can be proposed",
        "平度市城市管理条例", "ask for nobody’s yes",
    ):  # fmt: skip
        assert words in page.text, words
    # the law stands there to be read only
    assert buttons(page) == [AGREE]
    assert OFF not in page.text
    assert not agrees(made, number)


def test_L5_a_yes_is_given_and_ended_with_one_press_each_and_of_the_same_size(
    made: World, number: str, subject: Browser
) -> None:
    page = subject.get(PATH, status=200)
    yes = page.form(button=AGREE).tag.select_one("button")
    assert yes is not None
    page = page.form(button=AGREE).send(status=200)
    assert "You agreed." in page.notices[0]
    assert agrees(made, number)
    assert "You agreed on" in page.text
    assert buttons(page) == [END]
    no = page.form(button=END).tag.select_one("button")
    assert no is not None
    assert no["class"] == yes["class"]
    page = page.form(button=END).send(status=200)
    assert "Ended." in page.notices[0]
    assert not agrees(made, number)
    assert "and ended it on" in page.text
    assert buttons(page) == [AGREE]
    subject.get(PATH).form(button=AGREE).send(status=200)
    assert agrees(made, number)


def test_L2_ending_it_voids_at_once_what_was_announced_under_it(
    made: World, number: str, subject: Browser
) -> None:
    with made.database.write() as session:
        given = now() - 5 * DAY
        consent_to_basis(session, number, made.subject.id, gates=GATES, now=given)
    matter = announced(made, basis=number, now=now() - DAY, happened_at=now() - 3 * DAY)
    assert made.row(matter).stands(now()) is MatterState.ANNOUNCED
    subject.get(PATH).form(button=END).send(status=200)
    assert made.row(matter).stands(now()) is MatterState.VOIDED
    page = subject.get(f"/credit/matters/{made.row(matter).number}", status=200)
    assert "Announced, not in effect" not in page.text


def test_L5_a_double_press_counts_once(made: World, number: str, subject: Browser) -> None:
    before = sealed_words(made)
    for button in (AGREE, END):
        first, second = subject.get(PATH).form(button=button).send_twice()
        assert (first.status, second.status) == (200, 200)
    # an old page that is sent once more says what is so already
    old = subject.get(PATH)
    subject.get(PATH).form(button=AGREE).send(status=200)
    old.form(button=AGREE).send(status=200)
    assert agrees(made, number)
    assert sealed_words(made) == before + 3


def test_L2_only_adults_are_asked_and_a_refusal_says_so(
    app: Flask, made: World, number: str, subject: Browser
) -> None:
    with made.database.write() as session:
        unknown = person(session)
    other = browser_of(app, unknown)
    page = other.get(PATH, status=200)
    assert "Only adults can agree to this." in page.text
    assert buttons(page) == []
    # a page that was open before her age was put right
    stale = subject.get(PATH).form(button=AGREE)
    with made.database.write() as session:
        session.get_one(Person, made.subject.id).age_band = unknown.age_band
    page = stale.send(status=422)
    assert page.errors == ["Only adults can agree to this."]
    assert not agrees(made, number)


def test_L1_whoever_has_not_said_how_old_she_is_is_asked_and_comes_back(
    made: World, number: str, subject: Browser
) -> None:
    with made.database.write() as session:
        aged(session, made.subject.id, AgeBand.UNKNOWN)
    page = subject.get(PATH).click("Say how old you are").form().fill(band="adult").send()
    assert page.path == PATH
    page.form(button=AGREE).send(status=200)
    assert agrees(made, number)


def test_L5_while_deductions_are_off_a_yes_can_only_be_ended(
    made: World, number: str, subject: Browser
) -> None:
    convention(made, "停车公约")
    subject.get(PATH).form(button=AGREE).send(status=200)
    stale = subject.get(PATH).form(button="I agree to “停车公约”")
    switch_off(made)
    page = subject.get(PATH, status=200)
    assert OFF in page.text
    assert buttons(page) == [END]
    page = stale.send(status=422)
    assert page.errors == ["Deductions are not switched on here."]
    page.form(button=END).send(status=200)
    assert not agrees(made, number)
    assert buttons(subject.get(PATH)) == []


def test_L2_what_is_not_in_force_or_of_another_district_is_not_asked(
    made: World, number: str, subject: Browser
) -> None:
    today = now().date()
    convention(made, "将来公约", since=today + timedelta(days=20))
    convention(made, "过期公约", valid_to=today - timedelta(days=20))
    elsewhere = convention(made, "外地公约", district="370203")
    form = subject.get(PATH, status=200).form(button=AGREE)
    assert buttons(form.page) == [AGREE]
    form.fill(basis=elsewhere).send(status=404)
    assert not agrees(made, elsewhere)
    # the law asks nobody, and nobody can be made to answer
    subject.get(PATH).form(button=AGREE).fill(basis=made.basis).send(status=404)


def test_L5_a_yes_to_what_was_revoked_can_still_be_ended(
    made: World, number: str, subject: Browser
) -> None:
    subject.get(PATH).form(button=AGREE).send(status=200)
    made.do(revoke_basis, number, "已废止", actor=made.keeper, now=now())
    page = subject.get(PATH, status=200)
    assert "No longer in force" in page.text
    page = page.form(button=END).send(status=200)
    assert "居民公约" not in page.text
    assert not agrees(made, number)


def test_the_page_takes_a_fixed_number_of_queries(
    made: World, number: str, subject: Browser
) -> None:
    def sent() -> int:
        with counted(made.database) as statements:
            subject.get(PATH, status=200)
        return len(statements)

    subject.get(PATH)
    few = sent()
    for at in range(8):
        convention(made, f"公约{at}")
    assert len(buttons(subject.get(PATH))) == 9
    # whoever is signed in costs one of them
    assert sent() == few <= 4


def test_a_stranger_is_asked_to_sign_in(app: Flask, made: World, number: str) -> None:
    assert "sign-in" in Browser(app).get(PATH).path


def test_L5_yes_and_its_end_at_once_leave_one_of_them(made: World, number: str) -> None:
    def turn(act: Callable[..., None], **named: Any) -> Callable[[], Any]:
        return lambda: made.do(act, number, made.subject.id, now=now(), **named)

    for _round in range(4):
        before = sealed_words(made)
        was = agrees(made, number)
        at_once(
            turn(consent_to_basis, gates=GATES), turn(consent_to_basis, gates=GATES),
            turn(withdraw_basis_consent), turn(withdraw_basis_consent),
        )  # fmt: skip
        # each change of mind is sealed once: as many as it takes to stand where it stands
        changes = sealed_words(made) - before
        assert changes % 2 == (was != agrees(made, number))
    with made.database.read() as session:
        rows = session.scalars(
            select(BasisConsent).where(BasisConsent.person_id == made.subject.id)
        ).all()
    assert len(rows) == 1
