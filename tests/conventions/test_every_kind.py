"""Every kind of kinds.tsv goes its steps in their order, to the published version."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask

from portal.conventions.queries.published import carried_vote, versions_of
from portal.conventions.queries.texts import events_of, round_by_number
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.kinds import Kind, Step, rules_on
from portal.conventions.rules.way import Move, RoundState, Station, state_after, stations
from portal.conventions.service.drafting import begin_from_model
from portal.conventions.service.rounds import RoundWish, move_round, start_round
from portal.kernel.db import Database
from tests.make.conventions import COMMUNITY, NOW, TODAY
from tests.make.published import Adopted
from tests.make.votes import CALL

DAY = timedelta(days=1)


class Walk(Adopted):
    """One text on its way, and the clock of it."""

    def begin(self, kind: Kind) -> None:
        self.now = NOW
        wish = RoundWish(kind, COMMUNITY, f"{kind.value} 公约")
        self.round = self.act(start_round, self.first, wish, now=NOW)
        self.seen: list[RoundState] = []
        self.rule = rules_on(TODAY)[kind]

    def go(self) -> None:
        """Step by step until it is published."""
        acts: dict[RoundState, Any] = {
            RoundState.DRAFT: self.write, RoundState.VOTE: self.vote,
            RoundState.FILING: self.filed, RoundState.PUBLICATION: self.published,
        }  # fmt: skip
        while self.state is not RoundState.PUBLISHED:
            self.seen.append(self.state)
            self.now += 20 * DAY
            acts.get(self.state, self.on)()
            assert len(self.seen) < 10

    def on(self) -> None:
        review = self.state is RoundState.REVIEW
        move, who = (Move.APPROVE, self.street) if review else (Move.GO_ON, self.first)
        self.act(move_round, who, self.round, move, "", now=self.now)

    def write(self) -> None:
        self.act(begin_from_model, self.first, self.round, now=self.now)
        self.on()

    def vote(self) -> None:
        opens = self.now + (self.rule.call_days + 1) * DAY
        wish = replace(
            CALL, electorate=self.rule.electorates[0], opens_at=opens, closes_at=opens + 2 * DAY
        )
        self.call(wish, now=self.now)
        for at in range(len(self.people)):
            self.cast(at, Choice.YES, now=opens + DAY)
        self.now = opens + 3 * DAY
        self.decide(now=self.now)

    def filed(self) -> None:
        self.file(filed_on=self.day(self.now), now=self.now)

    def published(self) -> None:
        self.publish(effective_from=self.day(self.now), now=self.now)


def test_every_kind_goes_its_steps_in_their_order(app: Flask, database: Database) -> None:
    walk = Walk(database)
    for kind in Kind:
        walk.begin(kind)
        walk.go()
        assert [state.value for state in walk.seen] == [step.value for step in walk.rule.steps]
        with database.read() as session:
            row = round_by_number(session, walk.round)
            assert row is not None
            [version] = versions_of(session, row.convention_id)
            vote = carried_vote(session, row.id)
            moves = [(one.to, one.at) for one in events_of(session, row.id)]
        assert vote is not None
        assert (version.kind, vote.ballot) == (kind, walk.rule.ballot)
        gone = stations(walk.rule, RoundState.PUBLISHED, moves)
        assert all(one.done and one.at for one in gone)
        assert [one.at for one in gone] == sorted(one.at for one in gone if one.at)


def test_a_kind_without_a_step_skips_it() -> None:
    rule = rules_on(TODAY)[Kind.RESIDENTS]
    short = replace(
        rule, steps=tuple(one for one in rule.steps if one not in {Step.FILING, Step.REVIEW})
    )
    assert state_after(short, RoundState.VOTE, Move.ADOPT) is RoundState.PUBLICATION
    assert state_after(short, RoundState.DISCUSSION, Move.GO_ON) is RoundState.VOTE
    assert state_after(short, RoundState.FILING, Move.FILE) is None


def test_what_came_back_goes_the_steps_behind_anew() -> None:
    rule = rules_on(TODAY)[Kind.ALLIANCE]
    days = [NOW + at * DAY for at in range(4)]
    states = (RoundState.WISHES, RoundState.DRAFT, RoundState.DISCUSSION, RoundState.DRAFT)
    found = stations(rule, RoundState.DRAFT, zip(states, days, strict=True))
    assert found[:3] == [
        Station(Step.WISHES, done=True, at=days[1]),
        Station(Step.DRAFT, now=True, at=days[3]),
        Station(Step.DISCUSSION),
    ]
    assert not any(one.done or one.now for one in found[2:])
