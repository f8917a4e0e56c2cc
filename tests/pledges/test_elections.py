"""Who leads an alliance: called, stood for, voted once in secret, counted the same each time."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pledges.models import AllianceBallot, AllianceHead, AllianceVoter
from pledges.queries.alliances import alliance_by_number, head_of, members_of
from pledges.queries.elections import CandidateRow, ElectionRow, candidates_of, election_by_number
from pledges.rules.elections import ElectionKind, ElectionRefusal, Outcome, count, drawn
from pledges.service.alliance_lead import end_term
from pledges.service.alliances import leave
from pledges.service.elections import (
    agree,
    call_election,
    call_off,
    count_due,
    propose,
    recount,
    vote,
    withdraw,
)
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from tests.make.alliances import Road, road
from tests.make.pledges import NOW, TODAY
from tests.make.together import at_once

DAY = timedelta(days=1)
POLL, OVER = NOW + 3 * DAY, NOW + 10 * DAY


@pytest.fixture
def made(database: Database) -> Road:
    return road(database)


def called(made: Road, kind: ElectionKind = ElectionKind.HEAD, by: Any = None) -> str:
    number: str = made.do(call_election, by or made.desk, made.number, kind, 7, 365)
    return number


def seen(made: Road, number: str) -> ElectionRow:
    row: ElectionRow | None = made.read(election_by_number, number)
    assert row is not None
    return row


def candidates(made: Road, number: str) -> dict[int, CandidateRow]:
    """The candidates by the place of their shop on the road."""
    with made.database.read() as session:
        row = election_by_number(session, number)
        assert row is not None
        known = {one.member_id: one for one in candidates_of(session, row)}
        order = [one.id for one in _members(session, made)]
        return {order.index(key): one for key, one in known.items()}


def _members(session: Any, made: Road) -> list[Any]:
    alliance = alliance_by_number(session, made.number)
    assert alliance is not None
    by_number = {one.number: one for one in members_of(session, alliance)}
    return [by_number[number] for number in made.members if number in by_number]


def stand(made: Road, number: str, *who: int) -> dict[int, str]:
    for at in who:
        made.do(propose, made.owners[at], number, made.members[at])
    return {at: one.number for at, one in candidates(made, number).items()}


def cast(made: Road, number: str, votes: dict[int, str | None]) -> None:
    for at, choice in votes.items():
        made.do(vote, made.owners[at], number, made.members[at], choice, now=POLL)


def led_by(made: Road) -> Any:
    with made.database.read() as session:
        alliance = alliance_by_number(session, made.number)
        assert alliance is not None
        head = head_of(session, alliance, TODAY + 11 * DAY)
        return head.person_id if head else None


def test_a_head_is_elected_by_most_votes_for_a_term(made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0, 1)
    cast(made, number, {0: said[0], 1: said[1], 2: said[0], 3: ""})
    assert count_due(made.database, OVER - timedelta(seconds=1)) == 0
    assert count_due(made.database, OVER) == 1
    row = seen(made, number)
    assert (row.outcome, row.turnout, row.blank, row.roll) == (Outcome.ELECTED, 4, 1, 5)
    assert led_by(made) == made.owners[0].id
    with made.database.read() as session:
        term = session.scalars(select(AllianceHead)).one()
        assert (term.ends_on - term.starts_on).days == 365
        assert term.votes == 2
    # a second run counts nothing again
    assert count_due(made.database, OVER) == 0


def test_whoever_is_proposed_is_asked_first(made: Road) -> None:
    number = called(made)
    made.do(propose, made.owners[0], number, made.members[1])
    one = candidates(made, number)[1]
    assert one.agreed_at is None
    assert one.person_id is None
    with pytest.raises(Refused) as told:
        made.do(vote, made.owners[2], number, made.members[2], one.number, now=POLL)
    assert told.value.code is ElectionRefusal.NO_CHOICE
    with pytest.raises(Missing):
        made.do(agree, made.owners[0], number, one.number)
    made.do(agree, made.owners[1], number, one.number)
    made.do(vote, made.owners[2], number, made.members[2], one.number, now=POLL)
    with pytest.raises(Conflict):
        made.do(propose, made.owners[3], number, made.members[1])


def test_a_member_votes_once_and_only_while_votes_are_taken(made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0)
    given = (number, made.members[1], said[0])
    with pytest.raises(Conflict):
        made.do(vote, made.owners[1], *given)
    made.do(vote, made.owners[1], *given, now=POLL)
    with pytest.raises(Conflict) as told:
        made.do(vote, made.owners[1], *given, now=POLL)
    assert told.value.code is ElectionRefusal.VOTED
    with pytest.raises(Conflict):
        made.do(vote, made.owners[2], number, made.members[2], said[0], now=OVER)
    # nor for the shop of another one, nor as somebody who is no member
    with pytest.raises(Missing):
        made.do(vote, made.owners[1], number, made.members[2], said[0], now=POLL)
    with pytest.raises(Missing):
        made.do(vote, made.desk, number, made.members[2], said[0], now=POLL)


def test_of_many_votes_of_one_member_at_once_one_counts(app: Flask, made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0, 1)

    def run(choice: str) -> str:
        try:
            made.do(vote, made.owners[2], number, made.members[2], choice, now=POLL)
        except Conflict:
            return "lost"
        return "done"

    found = at_once(*(lambda choice=choice: run(choice) for choice in (said[0], said[1], "") * 2))
    assert sorted(found) == ["done", *["lost"] * 5]
    with made.database.read() as session:
        assert session.scalar(select(func.count()).select_from(AllianceBallot)) == 1


def test_votes_and_the_count_at_once_lose_no_vote(app: Flask, made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0)
    cast(made, number, {0: said[0], 1: said[0], 2: said[0]})

    def late() -> str:
        try:
            made.do(vote, made.owners[3], number, made.members[3], "", now=OVER - DAY)
        except Conflict:
            return "late"
        return "counted"

    def counts() -> int:
        return count_due(made.database, OVER)

    found = at_once(late, counts, counts)
    assert sum(found[1:]) == 1
    assert seen(made, number).turnout == (4 if found[0] == "counted" else 3)


def test_of_two_calls_at_once_one_election_runs(app: Flask, made: Road) -> None:
    def run() -> str:
        try:
            called(made)
        except Conflict:
            return "lost"
        return "done"

    assert sorted(at_once(run, run, run)) == ["done", "lost", "lost"]


def test_nothing_in_the_tables_ties_a_vote_to_who_cast_it(made: Road) -> None:
    shared = set(AllianceBallot.__table__.c.keys()) & set(AllianceVoter.__table__.c.keys())
    assert shared == {"district", "election_id"}
    columns = {*AllianceBallot.__table__.c.keys(), *AllianceVoter.__table__.c.keys()}
    assert not [name for name in columns if "at" in name.split("_") or "person" in name]
    number = called(made)
    said = stand(made, number, 0)
    cast(made, number, {0: said[0], 1: "", 2: said[0]})
    count_due(made.database, OVER)
    with made.database.read() as session:
        # who voted is forgotten; the ballots stay to be counted again
        assert session.scalar(select(func.count()).select_from(AllianceVoter)) == 0
        codes = session.scalars(select(AllianceBallot.id)).all()
        assert len(codes) == 3
        # codes of chance, with no time in them
        assert {one.version for one in codes} == {4}


def test_the_result_can_be_counted_again(made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0, 1)
    cast(made, number, {0: said[0], 1: said[1], 2: said[1]})
    count_due(made.database, OVER)
    row = seen(made, number)
    with made.database.read() as session:
        again = recount(session, row, said.values())
    assert (again.digest, again.turnout, again.winner) == (row.digest, 3, said[1])


def test_too_few_votes_are_not_counted_and_not_kept(made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0)
    cast(made, number, {0: said[0], 1: said[0]})
    count_due(made.database, OVER)
    row = seen(made, number)
    assert (row.outcome, row.turnout, row.blank, row.digest) == (Outcome.TOO_FEW, 2, None, None)
    assert led_by(made) is None
    with made.database.read() as session:
        assert session.scalar(select(func.count()).select_from(AllianceBallot)) == 0


def test_a_tie_is_decided_by_a_lot_that_nobody_knows_before_and_anybody_draws_again() -> None:
    ballots = [("a1", "X"), ("b2", "Y"), ("c3", "X"), ("d4", "Y"), ("e5", "")]
    found = count("N", ElectionKind.HEAD, ballots, ["X", "Y"], 5)
    assert found.lot
    assert found.winner == drawn(found.digest, ["Y", "X"])
    assert count("N", ElectionKind.HEAD, ballots[::-1], ["Y", "X"], 5) == found
    # other codes, another lot: over many elections both win
    winners = {
        count("N", ElectionKind.HEAD, [(f"{at}{code}", who) for code, who in ballots],
              ["X", "Y"], 5).winner
        for at in range(30)
    }  # fmt: skip
    assert winners == {"X", "Y"}


@pytest.mark.parametrize(
    ("choices", "outcome", "winner"),
    [
        ("XXY", Outcome.ELECTED, "X"),
        ("XX---", Outcome.NOBODY, None),
        ("X-X-", Outcome.NOBODY, None),
        ("ZZZX", Outcome.ELECTED, "X"),
        ("ZZZ", Outcome.NOBODY, None),
        ("XX", Outcome.TOO_FEW, None),
    ],
)
def test_how_votes_are_counted(choices: str, outcome: Outcome, winner: str | None) -> None:
    ballots = [(str(at), "" if one == "-" else one) for at, one in enumerate(choices)]
    found = count("N", ElectionKind.HEAD, ballots, ["X", "Y"], 9)
    assert (found.outcome, found.winner) == (outcome, winner)


@pytest.mark.parametrize(
    ("against", "roll", "outcome"),
    [(3, 5, Outcome.RECALLED), (2, 4, Outcome.KEPT), (3, 6, Outcome.KEPT)],
)
def test_a_recall_needs_more_than_half_of_all_members(
    against: int, roll: int, outcome: Outcome
) -> None:
    ballots = [(str(at), "" if at < against else "H") for at in range(max(against, 3))]
    assert count("N", ElectionKind.RECALL, ballots, ["H"], roll).outcome is outcome


def test_a_recalled_head_leads_no_longer(database: Database) -> None:
    made = road(database, led=True)
    number = called(made, ElectionKind.RECALL, by=made.owners[3])
    cast(made, number, {1: "", 2: "", 3: ""})
    count_due(made.database, OVER)
    assert seen(made, number).outcome is Outcome.RECALLED
    assert led_by(made) is None


def test_who_may_call_what(database: Database) -> None:
    made = road(database, led=True)
    with pytest.raises(Refused):
        called(made, by=made.owners[1])
    with pytest.raises(Missing):
        called(made, by=made.far_desk)
    with pytest.raises(Forbidden):
        called(made, ElectionKind.RECALL)
    assert called(made, by=made.owners[0])


def test_a_head_who_resigns_leaves_the_seat_to_an_election_of_any_member(
    database: Database,
) -> None:
    made = road(database, led=True)
    made.do(end_term, made.owners[0], made.number, "负责人辞任", "因为要照顾家里")
    assert led_by(made) is None
    with pytest.raises(Refused):
        called(made, ElectionKind.RECALL, by=made.owners[1])
    assert called(made, by=made.owners[1])


def test_a_candidate_who_withdraws_or_leaves_is_not_elected(made: Road) -> None:
    number = called(made)
    said = stand(made, number, 0, 1)
    cast(made, number, {0: said[0], 2: said[0], 3: said[0], 4: said[1]})
    made.do(withdraw, made.owners[0], number, said[0], now=POLL)
    made.do(leave, made.owners[1], made.number, made.members[1], now=POLL)
    count_due(made.database, OVER)
    assert seen(made, number).outcome is Outcome.NOBODY


def test_an_election_that_is_called_off_keeps_no_vote(made: Road) -> None:
    number = called(made)
    cast(made, number, {1: ""})
    with pytest.raises(Missing):
        made.do(call_off, made.far_desk, number)
    made.do(call_off, made.desk, number, now=POLL)
    assert seen(made, number).outcome is Outcome.CALLED_OFF
    with made.database.read() as session:
        for table in (AllianceBallot, AllianceVoter):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_few_members_cannot_vote_in_secret(database: Database) -> None:
    made = road(database, 2)
    with pytest.raises(Refused) as told:
        called(made)
    assert told.value.code is ElectionRefusal.FEW_MEMBERS
