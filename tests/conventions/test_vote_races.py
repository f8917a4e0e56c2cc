"""Votes at once: nobody votes twice, no ballot gets lost, none comes after the count."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.conventions.models import Elector
from portal.conventions.queries.votes import turnout, urn_of
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.votes import VoteRefusal
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.together import at_once
from tests.make.votes import AFTER, CLOSES, DURING, Voting

YES, NO, _ABSTAIN, _SPOILT = Choice


@pytest.fixture
def town(app: Flask, database: Database) -> Voting:
    town = Voting(database, 4)
    town.call()
    return town


def trying(act: Callable[..., Any], *given: Any, **named: Any) -> Callable[[], Any]:
    """An act whose refusal is a result."""

    def run() -> Any:
        try:
            return act(*given, **named)
        except Refused as refusal:
            return refusal.code

    return run


def test_a_double_vote_counts_once_on_screen_or_on_paper(town: Voting) -> None:
    for at in range(3):
        found = at_once(
            trying(town.cast, at, YES), trying(town.cast, at, NO), trying(town.paper, at + 1)
        )
        assert Counter(code is None for code in found) == {True: 1, False: 2}
        assert set(found) <= {None, VoteRefusal.VOTED, VoteRefusal.PAPER_GIVEN}
    with town.database.read() as session:
        roll = turnout(session, town.row.id)
        assert sum(urn_of(session, town.row.id).values()) == roll.screen
    assert roll.screen + roll.papers == 3


def test_ballots_at_once_are_all_in_the_urn(town: Voting) -> None:
    assert at_once(*[trying(town.cast, at, YES) for at in range(4)]) == [None] * 4
    assert town.decide() is Outcome.CARRIED


def test_a_ballot_against_the_count_is_counted_or_refused(town: Voting) -> None:
    for at in range(3):
        town.cast(at, YES)
    # it came in the last moment, and may be written only after the count
    last = DURING.replace(day=CLOSES.day)
    found = at_once(trying(town.cast, 3, NO, now=last), trying(town.decide, now=AFTER))
    assert found[1] is Outcome.CARRIED
    counted = json.loads(town.row.figures or "")["findings"][0]["quorum"]["numerator"]
    with town.database.read() as session:
        marked = select(func.count()).where(Elector.took_part.is_not(None))
        assert session.scalar(marked) == counted
    assert counted == (4 if found[0] is None else 3)
    assert found[0] in {None, VoteRefusal.LATE}


def test_a_strike_against_a_ballot_is_one_of_both(town: Voting) -> None:
    found = at_once(trying(town.cast, 0, YES), trying(town.strike, 1))
    assert sorted(code is None for code in found) == [False, True]


def test_a_count_at_once_is_one_count(town: Voting) -> None:
    found = at_once(trying(town.decide), trying(town.decide))
    assert set(found) == {Outcome.NO_QUORUM, VoteRefusal.NOT_NOW}
