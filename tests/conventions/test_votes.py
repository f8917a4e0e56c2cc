"""A vote from its call to its result: who may, when, how often, and what comes of it."""

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from portal.areas.models import Area
from portal.conventions.models import Elector, PaperTally, RoundEvent, Urn, VoteNotice
from portal.conventions.queries.votes import (
    ElectorRow,
    boxes_of,
    elector_by_roll,
    my_votes,
    turnout,
    unsettled_papers,
)
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.kinds import Electorate, Kind
from portal.conventions.rules.minutes import result_in
from portal.conventions.rules.roll import RollProblem
from portal.conventions.rules.votes import BallotWay, VoteRefusal, VoteState
from portal.conventions.rules.way import Move, RoundState
from portal.conventions.service.ballots import cast_ballot
from portal.conventions.service.roll import BadRoll, read_roll, unmark_paper
from portal.conventions.service.rounds import move_round
from portal.conventions.service.votes import decide_vote
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.kernel.sheets import Encoding
from tests.make.accounts import actor, staff
from tests.make.conventions import NOW
from tests.make.votes import AFTER, CALL, CLOSES, DURING, OPENS, Voting

YES, NO, ABSTAIN, SPOILT = Choice
SECOND = timedelta(seconds=1)
AREA = replace(CALL, electorate=Electorate.HEADS_AND_AREA)


@pytest.fixture
def town(app: Flask, database: Database) -> Voting:
    return Voting(database, papers=3)


def refused(code: Any, act: Any, *given: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*given, **named)
    assert caught.value.code is code
    return caught.value


def test_a_call_freezes_roll_and_text_and_tells_who_has_an_account(town: Voting) -> None:
    town.call()
    assert (town.row.electors, town.row.area, town.row.ballot) == (7, None, "secret")
    with town.database.read() as session:
        assert session.scalars(select(VoteNotice.messages)).one() == 4
        told = session.scalars(select(OutboxMessage.template)).all()
        assert turnout(session, town.row.id).with_account == 4
        names = session.scalars(select(Elector.sealed_name)).all()
    assert told == ["vote.called"] * 4
    assert not any("居民" in (name or "") for name in names)
    refused(VoteRefusal.RUNNING, town.call)


def test_a_call_that_cannot_be_is_told_why(town: Voting) -> None:
    soon = replace(CALL, opens_at=NOW + 6 * timedelta(days=1))
    refused(VoteRefusal.TOO_SOON, town.call, soon)
    refused(VoteRefusal.TIMES, town.call, replace(CALL, closes_at=OPENS))
    refused(VoteRefusal.TIMES, town.call, replace(CALL, closes_at=OPENS + timedelta(days=61)))
    refused(VoteRefusal.ELECTORATE, town.call, AREA)
    # an electorate of one has no secret
    refused(VoteRefusal.TOO_FEW, town.call, CALL, "王秀英")
    assert town.votes == 0
    town.call()
    elsewhere = town.act(_committee_of_the_west, town.first, now=NOW)
    with pytest.raises(Missing):
        town.act(lambda s, who, now: _decide(s, who, town.number, now), elsewhere, now=AFTER)


def _committee_of_the_west(session: Any, _who: Any, *, now: Any) -> Any:
    area = session.scalars(select(Area).where(Area.code == "370283002001")).one()
    return actor(session, staff(session, "community_committee", area=area))


def _decide(session: Any, who: Any, number: str, now: Any) -> None:
    decide_vote(session, who, number, None, now=now)


def test_paper_and_screen_together_adopt_a_text(town: Voting) -> None:
    town.call()
    for at, choice in enumerate((YES, YES, NO)):
        town.cast(at, choice)
    town.paper(5)
    town.paper(6, now=AFTER)
    counted = {YES: 1, SPOILT: 1}
    town.tally(town.first, counted)
    refused(VoteRefusal.UNSETTLED, town.decide)
    town.tally(town.second, {YES: 2})
    with town.database.read() as session:
        [box] = boxes_of(session, town.row.id)
    assert box.differs
    refused(VoteRefusal.UNSETTLED, town.decide)
    refused(VoteRefusal.BOX_FULL, town.tally, town.street, counted)
    town.tally(town.second, counted)
    assert town.decide() is Outcome.CARRIED
    figures = json.loads(town.row.figures or "")
    [found] = figures["findings"]
    assert found["tally"] == {"yes": 3, "no": 1, "abstain": 0, "spoilt": 1}
    assert (found["quorum"]["numerator"], found["quorum"]["denominator"]) == (5, 7)
    assert (found["majority"]["numerator"], found["majority"]["denominator"]) == (3, 5)
    assert town.state is RoundState.FILING
    assert result_in(town.row.figures or "", town.row.rule).outcome is Outcome.CARRIED
    with town.database.read() as session:
        # what the screen gave is nobody's to know apart
        assert session.scalars(select(Urn)).all() == []
        assert session.scalars(select(RoundEvent.move)).all() == [Move.ADOPT]


def test_a_tie_sends_the_text_back_and_it_can_be_put_to_the_vote_again(town: Voting) -> None:
    town.call()
    for at, choice in enumerate((YES, YES, NO, NO)):
        town.cast(at, choice)
    assert town.decide() is Outcome.NO_MAJORITY
    assert town.state is RoundState.DRAFT
    refused(VoteRefusal.NOT_NOW, town.decide)
    refused(VoteRefusal.LATE, town.cast, 0, YES)
    refused(VoteRefusal.NOT_NOW, town.call)


def test_a_text_that_is_voted_on_is_not_given_up(town: Voting) -> None:
    """Or the committee could throw a result away before it is counted."""
    town.call()
    for now in (DURING, AFTER):
        given_up = (move_round, town.first, town.round, Move.GIVE_UP, "不做了")
        refused(VoteRefusal.RUNNING, town.act, *given_up, now=now)
    town.void(town.street, now=AFTER)
    town.act(move_round, town.first, town.round, Move.GIVE_UP, "不做了", now=AFTER)
    assert town.state is RoundState.GIVEN_UP


def test_too_few_are_no_quorum(town: Voting) -> None:
    town.call()
    assert town.decide() is Outcome.NO_QUORUM
    assert json.loads(town.row.figures or "")["findings"][0]["quorum"]["numerator"] == 0


def test_early_late_double_struck_and_strangers(town: Voting) -> None:
    town.call()
    refused(VoteRefusal.NOT_OPEN_YET, town.cast, 0, YES, now=OPENS - SECOND)
    town.cast(0, YES, now=OPENS)
    refused(VoteRefusal.VOTED, town.cast, 0, YES)
    refused(VoteRefusal.VOTED, town.paper, 1)
    refused(VoteRefusal.VOTED, town.strike, 1)
    town.cast(1, YES, now=CLOSES - SECOND)
    refused(VoteRefusal.LATE, town.cast, 2, YES, now=CLOSES)
    town.paper(3)
    assert refused(VoteRefusal.PAPER_GIVEN, town.cast, 2, YES)
    refused(VoteRefusal.NO_REASON, town.strike, 4, "")
    town.strike(4)
    assert refused(VoteRefusal.STRUCK, town.cast, 3, YES).facts == {"why": "已迁出"}
    refused(VoteRefusal.STRUCK, town.paper, 4)
    refused(VoteRefusal.LATE, town.strike, 5, now=CLOSES)
    stranger = (cast_ballot, town.second, town.number, YES)
    refused(VoteRefusal.NOT_ON_ROLL, town.act, *stranger, now=DURING)
    with pytest.raises(Missing):
        town.cast(0, SPOILT)
    refused(VoteRefusal.STILL_OPEN, town.decide, now=CLOSES - SECOND)
    # struck off is out of the vote and still in the whole
    town.tally(town.first, {NO: 1})
    town.tally(town.second, {NO: 1})
    town.decide()
    assert json.loads(town.row.figures or "")["struck_off"] == 1
    assert town.row.electors == 7


def test_more_papers_than_people_are_never_counted(town: Voting) -> None:
    town.call()
    town.paper(5)
    for who in (town.first, town.second):
        town.tally(who, {YES: 2})
    assert refused(VoteRefusal.MORE_PAPERS, town.decide).facts == {"papers": 2, "given": 1}
    # whoever counts throws no result away
    with pytest.raises(Forbidden):
        town.void(town.first, now=AFTER)
    refused(VoteRefusal.NO_REASON, town.void, town.street, "", now=AFTER)
    town.void(town.street, now=AFTER)
    assert (town.row.state, town.row.void_why) == (VoteState.VOID, "名册有误")
    refused(VoteRefusal.NOT_NOW, town.decide)
    assert town.state is RoundState.VOTE
    town.call()
    assert town.votes == 2


def test_a_mark_on_the_wrong_line_is_taken_back(town: Voting) -> None:
    town.call()
    town.paper(1)
    unmark = (unmark_paper, town.first, town.number, "1")
    refused(VoteRefusal.NO_REASON, town.act, *unmark, "", now=DURING)
    town.act(*unmark, "划错了行", now=DURING)
    town.cast(0, YES)
    refused(VoteRefusal.NOT_MARKED, town.act, *unmark, "划错了行", now=DURING)
    # when it is over by two people, and not once it is counted; who did it and why is kept
    town.paper(2, now=AFTER)
    again = (unmark_paper, town.first, town.number, "2", "信封是空的")
    town.act(*again, now=AFTER)
    refused(VoteRefusal.UNMARK_ASKED, town.act, *again, now=AFTER)
    assert line(town, "2").took_part is BallotWay.PAPER
    town.act(unmark_paper, town.second, town.number, "2", "看过了", now=AFTER)
    assert (line(town, "2").took_part, line(town, "2").unmark_by) == (None, None)
    town.strike(3)
    town.decide()
    refused(VoteRefusal.NOT_NOW, town.act, *unmark, "再改", now=AFTER)
    with town.database.read() as session:
        noted = session.execute(
            select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.reason)
            .where(AuditEntry.action.in_(["vote:unmark", "vote:ask_unmark", "vote:strike_off"]))
            .order_by(AuditEntry.at, AuditEntry.id)
        ).all()
    assert sorted((row.action, row.reason) for row in noted) == [
        ("vote:ask_unmark", "2: 信封是空的"), ("vote:strike_off", "3: 已迁出"),
        ("vote:unmark", "1: 划错了行"), ("vote:unmark", "2: 看过了"),
    ]  # fmt: skip
    both = {town.first.person_id, town.second.person_id}
    assert {row.actor_id for row in noted} == both


def line(town: Voting, roll: str) -> ElectorRow:
    with town.database.read() as session:
        found = elector_by_roll(session, town.row.id, roll)
    assert found is not None
    return found


def test_boxes_are_counted_when_the_vote_is_over_and_not_by_the_same_hand_twice(
    town: Voting,
) -> None:
    town.call()
    town.paper(5)
    refused(VoteRefusal.STILL_OPEN, town.tally, town.first, {YES: 1}, now=DURING)
    town.tally(town.first, {YES: 1})
    town.tally(town.first, {NO: 1})
    with town.database.read() as session:
        [box] = boxes_of(session, town.row.id)
    # she corrected her own count; it is still one
    assert (len(box.entries), box.settled, box.entries[0].no) == (1, False, 1)
    refused(VoteRefusal.NO_PHOTO, town.sign, town.street, box.entries[0].id)
    with pytest.raises(Forbidden):
        town.sign(town.second, box.entries[0].id)


def test_a_count_that_was_changed_while_it_was_looked_at_is_not_signed(
    app: Flask, town: Voting
) -> None:
    town.call()
    town.paper(5)
    town.tally(town.first, {YES: 1})
    with town.database.write() as session:
        row = session.scalars(select(PaperTally)).one()
        row.photo_key = "a.jpg"
        entry = row.id
    with town.database.read() as session:
        [box] = boxes_of(session, town.row.id)
    seen = box.entries[0].mark
    town.tally(town.first, {NO: 1})
    refused(VoteRefusal.BOX_CHANGED, town.sign, town.street, entry, seen=seen)
    with town.database.read() as session:
        [box] = boxes_of(session, town.row.id)
    assert not box.settled
    town.sign(town.street, entry, seen=box.entries[0].mark)


def test_owners_vote_in_the_open_by_heads_and_floor_space(app: Flask, database: Database) -> None:
    town = Voting(database, 3, kind=Kind.OWNERS, papers=1)
    town.call(AREA)
    assert (town.row.area, town.row.ballot) == (1050 + 2050 + 3050 + 10_000, "open")
    town.cast(0, NO)
    # an open ballot may be cast anew while the vote is open
    town.cast(0, YES)
    town.cast(1, YES)
    refused(VoteRefusal.OPEN_ONLY, town.paper, 4)
    refused(VoteRefusal.OPEN_ONLY, town.tally, town.first, {YES: 1})
    refused(VoteRefusal.VOTED, town.ballot, town.first, 1, YES)
    assert not town.ballot(town.first, 4, NO)
    refused(VoteRefusal.UNSETTLED, town.decide)
    assert not town.ballot(town.second, 4, YES)
    with town.database.read() as session:
        assert [one.roll for one in unsettled_papers(session, town.row.id)] == ["4"]
    refused(VoteRefusal.BOX_FULL, town.ballot, town.street, 4, YES)
    assert town.ballot(town.second, 4, NO)
    # two thirds of heads are for it, and by floor space most are against
    assert town.decide() is Outcome.NO_MAJORITY
    heads, area = json.loads(town.row.figures or "")["findings"]
    assert heads["majority"] == {"numerator": 2, "denominator": 3, "needs": ">1/2", "met": 1}
    assert area["majority"] == {"numerator": 3100, "denominator": 13_100, "needs": ">1/2", "met": 0}
    assert area["quorum"]["denominator"] == 16_150


def test_an_open_vote_of_one_is_decided_by_that_one(app: Flask, database: Database) -> None:
    town = Voting(database, 1, kind=Kind.ALLIANCE)
    town.call(replace(CALL, electorate=Electorate.MEMBERS))
    town.cast(0, YES)
    assert town.decide() is Outcome.CARRIED


def test_the_minutes_say_how_many_women_took_part(app: Flask, database: Database) -> None:
    town = Voting(database, 3)
    town.call(replace(CALL, electorate=Electorate.REPRESENTATIVES))
    for at in range(3):
        town.cast(at, YES)
    refused(VoteRefusal.WOMEN, town.decide)
    refused(VoteRefusal.WOMEN_TOO_MANY, town.decide, 4)
    town.decide(1)
    women = json.loads(town.row.figures or "")["women"]
    assert women == {"present": 1, "of": 3, "aim": str(Fraction(1, 3)), "reached": 1}


def test_she_sees_her_votes_and_never_what_she_chose(town: Voting) -> None:
    town.call()
    town.cast(0, NO)
    with town.database.read() as session:
        mine, theirs = (my_votes(session, town.people[at].id) for at in (0, 1))
    assert [(one.vote.number, one.took_part) for one in mine] == [(town.number, True)]
    assert [one.took_part for one in theirs] == [False]


def flaws(typed: str, electorate: Electorate = Electorate.HEADS) -> list[tuple[int, RollProblem]]:
    with pytest.raises(BadRoll) as caught:
        read_roll(typed, b"", Encoding.UTF8, electorate)
    return [(flaw.line, flaw.code) for flaw in caught.value.flaws]


def test_every_bad_line_of_a_roll_is_told(app: Flask) -> None:
    typed = "王一,1-101,,13900000001\n,1-102\n王三,1-101,,12\n王四,,,13900000001\n王一,1-101"
    assert flaws(typed) == [
        (2, RollProblem.NO_NAME), (3, RollProblem.PHONE), (4, RollProblem.PHONE_TWICE),
        (5, RollProblem.TWICE),
    ]  # fmt: skip
    households = "王一,1-101\n王二，1 - 101\n王三"
    assert flaws(households, Electorate.HOUSEHOLDS) == [
        (2, RollProblem.DOOR_TWICE), (3, RollProblem.NO_DOOR),
    ]  # fmt: skip
    assert flaws("王一,,0\n王二,,x\n王三,,1.234", Electorate.HEADS_AND_AREA) == [
        (line, RollProblem.AREA) for line in (1, 2, 3)
    ]
    # two of one name are two people
    assert len(read_roll("王伟\n王伟", b"", Encoding.UTF8, Electorate.HEADS)) == 2


def test_a_roll_comes_as_csv_or_xlsx(app: Flask) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["序号", "姓名", "房号", "建筑面积"], [1, "王一", "1-101", 89.5], [2, "", "", 3]):
        sheet.append(row)
    kept = BytesIO()
    book.save(kept)
    with pytest.raises(BadRoll) as caught:
        read_roll("", kept.getvalue(), Encoding.UTF8, Electorate.HEADS_AND_AREA)
    assert [flaw.line for flaw in caught.value.flaws] == [3]
    csv = "姓名,面积\n王一,89.5\n".encode("gb18030")
    [line] = read_roll("", csv, Encoding.GB18030, Electorate.HEADS_AND_AREA)
    assert (line.name, line.area) == ("王一", 8950)
    for typed, content, code in (
        ("", b"", RollProblem.EMPTY), ("王一", csv, RollProblem.BOTH),
        ("", b"a,b\n1,2\n", RollProblem.NO_COLUMN), ("", b"\xff\xfe\x00", RollProblem.UNREADABLE),
    ):  # fmt: skip
        refused(code, read_roll, typed, content, Encoding.UTF8, Electorate.HEADS)
