"""Neighbours say that a closed matter is still there; enough of them open it, on both engines."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.queries.case import CaseReporterRow, reporters_of
from portal.reports.rules.codes import Means, Relation, State
from portal.reports.rules.neighbours import VoiceRefusal
from portal.reports.rules.rating import RatingRefusal
from portal.reports.service.handling import close_case
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.voices import say_still_there
from portal.satisfaction.rules import Answers, Level
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.neighbours import join, race
from tests.make.ratings import ratings_on
from tests.make.reports import NOW
from tests.make.rows import case_row

UNSOLVED = Answers(solved=False, result=Level(5), service=Level(3))
CLOSED_AT = NOW + timedelta(hours=9)


def _closed(database: Database, neighbours: int) -> tuple[str, list[CaseReporterRow]]:
    """A matter that some joined, and that was closed afterwards."""
    with database.write() as session:
        tree = small_tree(session)
        ratings_on(session, tree["370283"])
        number = reports.listed(session, tree, state=State.HANDLED, phone="13800001207").number
    for one in range(neighbours):
        join(database, number, at=NOW + timedelta(hours=6), browser=f"b{one}")
    with database.write() as session:
        close_case(
            session,
            case_row(session, number),
            actor=reports.verifier(),
            now=CLOSED_AT,
            means=Means.SERVICE,
        )
        return number, reporters_of(session, case_row(session, number))[1:]


def _say(database: Database, number: str, who: CaseReporterRow, *, hours: float = 1.0) -> bool:
    with database.write() as session:
        at = CLOSED_AT + timedelta(hours=hours)
        return say_still_there(session, case_row(session, number), who, now=at)


def test_three_neighbours_open_a_matter_again_and_two_do_not(database: Database) -> None:
    number, behind = _closed(database, 3)
    assert [_say(database, number, who) for who in behind] == [False, False, True]
    with database.read() as session:
        case = case_row(session, number)
    assert (case.state, case.cycle, case.closed_at) == (State.REOPENED, 2, None)


def test_each_neighbour_is_counted_once_also_when_she_rates(database: Database) -> None:
    number, behind = _closed(database, 2)
    assert _say(database, number, behind[0]) is False
    with pytest.raises(Refused) as refused:
        _say(database, number, behind[0])
    assert refused.value.code is VoiceRefusal.SAID
    with database.write() as session:
        at = CLOSED_AT + timedelta(hours=2)
        case = case_row(session, number)
        for who in behind:
            assert rate_outcome(session, case, who, Verdict(UNSOLVED), now=at) is False
        assert case_row(session, number).state is State.CLOSED
        first = reporters_of(session, case)[0]
        # whoever reported it first still sends it back alone
        assert rate_outcome(session, case, first, Verdict(UNSOLVED), now=at) is True


def test_voices_end_with_the_time_for_rating_and_only_neighbours_have_one(
    database: Database,
) -> None:
    number, behind = _closed(database, 1)
    with pytest.raises(Refused) as refused:
        _say(database, number, behind[0], hours=14 * 24)
    assert refused.value.code is VoiceRefusal.LATE
    with database.read() as session:
        first = reporters_of(session, case_row(session, number))[0]
    with pytest.raises(Refused) as refused:
        _say(database, number, first)
    assert refused.value.code is VoiceRefusal.FIRST


def test_who_joins_after_the_closing_neither_opens_nor_rates_it(database: Database) -> None:
    """Otherwise anybody could bring as many voices as she has browsers."""
    number, _ = _closed(database, 0)
    late = join(database, number, at=CLOSED_AT + timedelta(minutes=1), browser="late").reporter
    assert late.relation is Relation.ME_TOO
    with pytest.raises(Refused) as refused:
        _say(database, number, late)
    assert refused.value.code is VoiceRefusal.JOINED_LATER
    at, verdict = CLOSED_AT + timedelta(hours=1), Verdict(UNSOLVED)
    with database.write() as session, pytest.raises(Refused) as refused:
        rate_outcome(session, case_row(session, number), late, verdict, now=at)
    assert refused.value.code is RatingRefusal.JOINED_LATER


def test_five_neighbours_at_once_open_it_once_and_none_is_lost(database: Database) -> None:
    number, behind = _closed(database, 5)
    with database.read() as session:
        seen = case_row(session, number)
    at = CLOSED_AT + timedelta(hours=1)

    def voice(who: CaseReporterRow) -> Callable[[Session], object]:
        return lambda session: say_still_there(session, seen, who, now=at)

    told = race(database, [voice(who) for who in behind])
    assert told == ["conflict", "conflict", "done", "done", "done"]
    with database.read() as session:
        case = case_row(session, number)
        assert (case.state, case.cycle, case.times_sent_back) == (State.REOPENED, 2, 1)
