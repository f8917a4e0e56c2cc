"""A carried repeal that lies ahead: what ends earlier by law, what pages and sealed files say."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.rules.canonical import canonical
from portal.conventions.models import Convention, Round
from portal.conventions.queries.published import content_of_row, in_force
from portal.conventions.rules.published import EndWay, PublishRefusal
from portal.conventions.rules.way import RoundState
from portal.conventions.service.revising import EndWish, end_convention, start_revision
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.accounts import sign_in_as
from tests.make.published import PUBLISHED_AT, Adopted, published_text
from tests.make.together import at_once
from tests.pages import Browser

DAY = timedelta(days=1)
PAGES = ("kinds", "publish_desk", "sign_prints", "signing")


@pytest.fixture
def town(app: Flask, database: Database) -> Adopted:
    return published_text(database)


def pages_on(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """The pages are read at a moment."""
    for page in PAGES:
        monkeypatch.setattr(f"portal.conventions.views.{page}.now", lambda: moment)


def end_by_law(town: Adopted, day: date, reason: str = "《条例》", *, now: datetime) -> Any:
    """The street notes it; the code of its refusal."""
    of = town.versions[0].number
    try:
        town.act(end_convention, town.street, of, EndWish(day, reason), now=now)
    except Refused as refusal:
        return refusal.code
    return None


def repealed(town: Adopted, *, days: int = 10) -> str:
    """A vote to repeal was carried and published; it ends in so many days. Its round's number."""
    begin = (start_revision, town.first, town.versions[0].number, "")
    town.round = town.act(*begin, repeals=True, now=PUBLISHED_AT)
    with town.database.write() as session:
        session.scalars(
            select(Round).where(Round.number == town.round)
        ).one().state = RoundState.VOTE
    town.adopt()
    town.file("乳备〔2027〕4号")
    town.publish(effective_from=town.day(PUBLISHED_AT) + days * DAY)
    return town.round


def test_an_earlier_end_by_law_goes_before_a_repeal_that_lies_ahead(
    app: Flask, town: Adopted, monkeypatch: pytest.MonkeyPatch
) -> None:
    repealed(town)
    of, today = town.versions[0].number, town.day(PUBLISHED_AT)
    desk = Browser(app).in_language("en")
    sign_in_as(desk, town.street_person)
    pages_on(monkeypatch, PUBLISHED_AT)
    page = desk.get(f"/desk/conventions/texts/{of}", status=200)
    assert "Revise it or repeal it" not in page.text
    page = page.click("Note that the law ended it", status=200)
    assert "A vote ends it on" in page.text
    page = page.form(button="Save").fill(ended_on=str(today), reason="《条例》另有规定").send()
    assert "This convention no longer counts" in page.text
    with town.database.read() as session:
        kept = session.scalars(select(Convention)).one()
    assert (kept.ended_on, kept.ended_way) == (today, EndWay.LAW)
    assert in_force(town.versions, today) is None
    assert end_by_law(town, today, now=PUBLISHED_AT) is PublishRefusal.ENDED


def test_a_repeal_whose_day_has_come_is_not_ended_by_law_again(town: Adopted) -> None:
    repealed(town)
    today = town.day(PUBLISHED_AT)
    assert end_by_law(town, today, now=PUBLISHED_AT + 10 * DAY) is PublishRefusal.ENDED
    assert end_by_law(town, today, now=PUBLISHED_AT + 9 * DAY) is None


def test_of_two_who_end_by_law_before_a_repeal_one_does(town: Adopted) -> None:
    repealed(town)
    today = town.day(PUBLISHED_AT)
    found = at_once(
        lambda: end_by_law(town, today, "甲", now=PUBLISHED_AT),
        lambda: end_by_law(town, today, "乙", now=PUBLISHED_AT),
    )
    assert set(found) == {None, PublishRefusal.ENDED}
    with town.database.read() as session:
        kept = session.scalars(select(Convention.ended_why)).one()
    assert kept == "甲乙"[found.index(None)]


def test_before_the_day_of_a_repeal_the_page_of_signing_says_when_it_ends(
    app: Flask, town: Adopted, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = town.versions[0].round_number
    decision = repealed(town)
    reader = Browser(app).in_language("en")
    for number in (first, decision):
        pages_on(monkeypatch, PUBLISHED_AT)
        text = reader.get(f"/conventions/{number}/sign", status=200).text
        assert "A vote decided that this convention ends on" in text
        assert "has ended" not in text
        assert "A newer version was published" not in text
        sheet = reader.get(f"/conventions/{number}/sign/sheet", status=422).text
        assert "A vote decided that this convention ends on" in sheet
        assert not re.search(r"\d-\d\d", sheet), "a day as people say it"
        pages_on(monkeypatch, PUBLISHED_AT + 11 * DAY)
        text = reader.get(f"/conventions/{number}/sign", status=200).text
        assert "This convention has ended" in text
        assert "A vote decided" not in text


def test_the_sealed_file_of_a_repeal_says_so_and_older_files_stay_as_they_are(
    app: Flask, town: Adopted
) -> None:
    repealed(town)
    decision, text = town.versions
    with town.database.read() as session:
        said, plain = (content_of_row(session, one) for one in (decision, text))
    assert said is not None
    assert plain is not None
    assert said["repeals"] == decision.number
    assert sha256(canonical(said)).hexdigest() == decision.digest
    assert "repeals" not in plain
    assert sha256(canonical(plain)).hexdigest() == text.digest
    # a decision that was sealed before files said so
    before = {key: value for key, value in said.items() if key != "repeals"}
    older = replace(decision, digest=sha256(canonical(before)).hexdigest())
    with town.database.read() as session:
        assert content_of_row(session, older) == before
