"""What one person asks and a second does: a paper's mark is taken back after the close."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.conventions.models import Elector
from portal.conventions.queries.votes import ElectorRow, elector_by_roll
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.votes import BallotWay, VoteRefusal
from portal.conventions.service.roll import keep_mark, unmark_paper
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.accounts import sign_in_as
from tests.make.together import at_once
from tests.make.votes import AFTER, Voting
from tests.pages import Browser

WHY = "信封是空的"


@pytest.fixture
def town(app: Flask, database: Database) -> Voting:
    """A vote that is closed, with a paper on two lines; somebody asks to take back the first."""
    town = Voting(database, papers=3)
    town.call()
    town.paper(1)
    town.paper(2)
    town.act(unmark_paper, town.first, town.number, "1", WHY, now=AFTER)
    return town


def line(town: Voting) -> ElectorRow:
    with town.database.read() as session:
        found = elector_by_roll(session, town.row.id, "1")
    assert found is not None
    return found


def tried(town: Voting, act: Any, who: Any, *given: Any) -> Any:
    try:
        town.act(act, who, town.number, "1", *given, now=AFTER)
    except Refused as refusal:
        return refusal.code
    return None


def test_a_request_does_not_outlive_the_vote(town: Voting) -> None:
    town.tally(town.first, {Choice.YES: 2})
    town.tally(town.second, {Choice.YES: 2})
    town.decide()
    assert (line(town).unmark_by, line(town).unmark_why) == (None, None)


def test_a_request_does_not_outlive_a_vote_that_is_taken_back(town: Voting) -> None:
    town.void(town.street, now=AFTER)
    assert (line(town).unmark_by, line(town).unmark_why) == (None, None)


def test_whoever_asked_withdraws_it_and_nobody_else(town: Voting) -> None:
    assert tried(town, keep_mark, town.second) is VoteRefusal.NOT_ASKED
    assert tried(town, unmark_paper, town.first, WHY) is VoteRefusal.UNMARK_ASKED
    assert tried(town, keep_mark, town.first) is None
    assert (line(town).unmark_by, line(town).unmark_why) == (None, None)
    assert line(town).took_part is BallotWay.PAPER
    assert tried(town, keep_mark, town.first) is VoteRefusal.NOT_ASKED
    # a second person is the first again
    assert tried(town, unmark_paper, town.second, "看错了") is None
    assert line(town).took_part is BallotWay.PAPER
    with town.database.read() as session:
        noted = select(AuditEntry.actor_id, AuditEntry.reason)
        [kept] = session.execute(noted.where(AuditEntry.action == "vote:keep_mark")).all()
    assert tuple(kept) == (town.first.person_id, f"1: {WHY}")


def test_withdrawn_and_done_at_once_is_one_of_both(town: Voting) -> None:
    kept, done = at_once(
        lambda: tried(town, keep_mark, town.first),
        lambda: tried(town, unmark_paper, town.second, "看过了"),
    )
    found = line(town)
    if kept is None:
        # the second has become the first, and only asks
        assert (done, found.took_part) == (None, BallotWay.PAPER)
        assert found.unmark_by == town.second.person_id
    else:
        assert (kept, done, found.took_part) == (VoteRefusal.NOT_ASKED, None, None)
        assert found.unmark_by is None


def test_a_request_at_once_with_the_count_leaves_none(town: Voting) -> None:
    for who in (town.first, town.second):
        town.tally(who, {Choice.YES: 2})
    town.act(keep_mark, town.first, town.number, "1", now=AFTER)
    asked, counted = at_once(lambda: tried(town, unmark_paper, town.first, WHY), town.decide)
    assert asked in {None, VoteRefusal.NOT_NOW}
    assert counted is Outcome.NO_QUORUM
    with town.database.read() as session:
        asking = select(Elector.roll).where(Elector.unmark_by.is_not(None))
        assert session.scalars(asking).all() == []


def test_the_second_reads_the_reason_of_the_first_who_can_withdraw_it(
    app: Flask, town: Voting
) -> None:
    address = f"/desk/votes/{town.number}/roll/1"
    second = Browser(app).in_language("en")
    sign_in_as(second, town.staff[1])
    page = second.get(address, status=200)
    assert WHY in page.text
    assert "take it back" in page.text
    assert "Withdraw your request" not in page.text
    first = Browser(app).in_language("en")
    sign_in_as(first, town.staff[0])
    page = first.get(address, status=200)
    assert "You asked to take the mark back" in page.text
    page.form(button="Save").fill(act="keep_mark").send(status=200)
    assert WHY not in first.get(address).text
