"""The pages of votes: called, voted on screen and paper, counted, read by everybody."""

import io
import json
import logging
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.conventions.models import Elector, Vote
from portal.conventions.queries.votes import urn_of
from portal.conventions.rules.counting import Choice
from portal.conventions.service.roll import read_roll
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.idempotency import SpentKey
from portal.kernel.web import writing
from tests.make.accounts import sign_in_as
from tests.make.photos import jpeg
from tests.make.votes import Voting
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

HOUR = timedelta(hours=1)


def signed_in(app: Flask, person: object, language: str = "en") -> Browser:
    browser = Browser(app).in_language(language)
    sign_in_as(browser, person)
    return browser


def timed(town: Voting, opens: datetime, closes: datetime) -> None:
    """Move the times of the vote: the pages ask the real clock."""
    with town.database.write() as session:
        vote = session.scalars(select(Vote)).one()
        vote.opens_at, vote.closes_at = opens, closes


@pytest.fixture
def town(app: Flask, database: Database) -> Voting:
    return Voting(database, 3, papers=2)


def call(app: Flask, town: Voting) -> Browser:
    """The committee calls the vote by its page, and everybody may vote at once."""
    desk = signed_in(app, town.staff[0])
    page = desk.get(f"/desk/conventions/{town.round}/votes/new", status=200)
    day = clock_now().date() + timedelta(days=9)
    typed = {"opens_day": str(day), "closes_day": str(day + timedelta(days=2))}
    form = page.form(button="Announce the vote")
    page = form.fill(**typed, typed=f"{town.roll}\n,9-3").send()
    assert "the name is missing" in page.text
    page = page.form(button="Announce the vote").fill(typed=town.roll).send()
    assert "Announced" in page.text
    with town.database.read() as session:
        town.number = session.scalars(select(Vote.number)).one()
    at = clock_now()
    timed(town, at - HOUR, at + HOUR)
    return desk


def test_the_journey_of_a_vote_with_paper_and_screen(
    app: Flask, town: Voting, browser: Browser
) -> None:
    desk = call(app, town)
    for at, choice in enumerate(("yes", "yes", "abstain")):
        voter = signed_in(app, town.people[at])
        page = voter.get("/me/votes/", status=200).click("Vote now")
        page = page.form(button="Cast my vote").fill(choice=choice).send()
        assert page.notices == ["Thank you. Your vote is counted."]
        assert "A vote was cast here already" in voter.get(f"{page.path}/ballot").text
        mine = voter.get("/me/votes/").text
        assert "You took part" in mine
        assert not {"For", "Abstention"} & set(mine.split())
    line = desk.get(f"/desk/votes/{town.number}/roll", status=200).click("4 ·")
    line.form(button="Save").fill(act="paper").send()
    late = clock_now()
    timed(town, late - HOUR, late)
    for who in town.staff:
        counting = signed_in(app, who)
        page = counting.get(f"/desk/votes/{town.number}", status=200).click("Count a box")
        page.form(button="Save").fill(box="1", yes="1").send()
    page = desk.get(f"/desk/votes/{town.number}", status=200)
    assert "Settled" in page.text
    page = page.click("Count the vote").form(button="Count the vote").send()
    assert "The text is adopted." in page.text
    public = browser.in_language("en").get(f"/conventions/votes/{town.number}", status=200)
    assert "4 of 5 (needed: more than 1/2): enough" in public.text
    assert "3 of 4 (needed: more than 1/2): enough" in public.text
    recount(browser.client.get(f"/conventions/votes/{town.number}/minutes.json").text)
    assert "Adopted, to be filed" in browser.get(f"/conventions/{town.round}").text


def recount(figures: str) -> None:
    """Whoever has the file counts again, with nothing of ours."""
    kept = json.loads(figures)
    met = []
    for one in kept["findings"]:
        there = sum(one["tally"].values())
        for name, some, of in (
            ("quorum", there, kept["electors"]), ("majority", one["tally"]["yes"], there),
        ):  # fmt: skip
            needs = one[name]["needs"]
            least = needs.startswith(">=")
            share, part = Fraction(some, of), Fraction(needs.lstrip(">="))
            met.append(share > part or (least and share == part))
            assert met[-1] == bool(one[name]["met"])
    assert (kept["outcome"] == "carried") is all(met)


def test_no_log_line_tells_a_choice(
    app: Flask,
    town: Voting,
    lines: io.StringIO,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # besides the log as it is written, what comes in before anything is scrubbed
    logging.getLogger().addHandler(caplog.handler)
    call(app, town)
    voter = signed_in(app, town.people[0])
    page = voter.get(f"/conventions/votes/{town.number}/ballot", status=200)
    caplog.set_level(logging.DEBUG)
    # with every statement of the database and its values
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    page.form(button="Cast my vote").fill(choice="abstain").send()
    logged = lines.getvalue() + caplog.text
    assert '"endpoint": "conventions.ballot"' in lines.getvalue()
    assert "UPDATE convention_urn" in logged
    assert Choice.ABSTAIN.value not in logged
    assert "00000001" not in logged


def test_a_secret_ballot_leaves_no_key_with_a_time_and_a_second_click_counts_nothing(
    app: Flask, town: Voting
) -> None:
    call(app, town)
    voter = signed_in(app, town.people[0])
    form = voter.get(f"/conventions/votes/{town.number}/ballot", status=200).form(
        button="Cast my vote"
    )
    with town.database.read() as session:
        before = session.scalars(select(SpentKey.key)).all()
    first, second = form.fill(choice="yes").send_twice()
    assert "Your vote is counted" in first.html
    assert "It stands." in second.text
    with town.database.read() as session:
        assert session.scalars(select(SpentKey.key)).all() == before
        assert sum(urn_of(session, town.row.id).values()) == 1


def test_a_roll_is_read_before_the_transaction_begins(
    app: Flask, town: Voting, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def told(name: str, act: Any) -> Any:
        def run(*given: Any, **named: Any) -> Any:
            order.append(name)
            return act(*given, **named)

        return run

    monkeypatch.setattr("portal.conventions.views.vote_desk.read_roll", told("read", read_roll))
    monkeypatch.setattr("portal.kernel.pages.writing", told("write", writing))
    call(app, town)
    # the bad roll began no transaction at all
    assert order == ["read", "read", "write"]


def test_a_count_with_a_photo_is_signed_by_the_street(app: Flask, town: Voting) -> None:
    desk = call(app, town)
    line = desk.get(f"/desk/votes/{town.number}/roll/4", status=200)
    line.form(button="Save").fill(act="paper").send()
    late = clock_now()
    timed(town, late - HOUR, late)
    page = desk.get(f"/desk/votes/{town.number}/papers", status=200)
    form = page.form(button="Save").fill(box="1", no="1")
    page = form.attach("photos", jpeg(), "tally.jpg").send()
    street = signed_in(app, town.street_person)
    page = street.get(f"/desk/votes/{town.number}", status=200)
    # whoever compares sees the numbers beside the photo, and not before
    assert "Against 1" not in page.text
    page = page.click("Compare with the photo and sign")
    assert "Against: 1" in page.text
    photo = street.client.get(page.path.removesuffix("sign") + "photo")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    page = page.form(button="The numbers are those of the photo: sign").send()
    assert "Settled" in page.text


def test_a_mark_is_taken_back_after_the_close_by_two(app: Flask, town: Voting) -> None:
    desk = call(app, town)
    line = f"/desk/votes/{town.number}/roll/4"
    desk.get(line, status=200).form(button="Save").fill(act="paper").send()
    late = clock_now()
    timed(town, late - HOUR, late)
    said = {"act": "no_paper", "reason": "信封是空的"}
    page = desk.get(line, status=200).form(button="Save").fill(**said).send(status=200)
    assert "a second person is needed to take the mark back" in page.text
    page = desk.get(line, status=200)
    assert "It stands until a second person takes it back too." in page.text
    page = page.form(button="Save").fill(**said).send(status=409)
    assert "信封是空的" in str(page.soup)
    other = signed_in(app, town.staff[1])
    page = other.get(line, status=200).form(button="Save").fill(**said).send(status=200)
    assert "a second person is needed" not in page.text


def test_strangers_see_no_name_of_the_roll(app: Flask, town: Voting, browser: Browser) -> None:
    call(app, town)
    said = browser.get(f"/conventions/votes/{town.number}", status=200).text
    assert "居民0" not in said
    stranger = signed_in(app, town.staff[1])
    page = stranger.get(f"/conventions/votes/{town.number}/ballot", status=200)
    assert "You are not on the roll" in page.text
    other = signed_in(app, town.people[0])
    other.get(f"/desk/votes/{town.number}/roll", status=403)


def test_the_pages_send_a_fixed_number_of_queries(app: Flask, town: Voting) -> None:
    desk = call(app, town)
    pages = (f"/desk/votes/{town.number}/roll", f"/desk/votes/{town.number}",
             f"/conventions/votes/{town.number}")  # fmt: skip
    few = [sent(town, desk, page) for page in pages]
    with town.database.write() as session:
        vote = session.scalars(select(Vote)).one()
        for at in range(6, 40):
            session.add(Elector(vote_id=vote.id, roll=str(at)))
    assert [sent(town, desk, page) for page in pages] == few


def sent(town: Voting, browser: Browser, page: str) -> int:
    with counted(town.database) as statements:
        browser.get(page, status=200)
    return len(statements)
