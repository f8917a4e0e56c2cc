"""Votes for tests: a community whose text is put to the vote, with a roll of people."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.conventions.models import Vote
from portal.conventions.queries.texts import round_by_number
from portal.conventions.queries.votes import VoteRow, boxes_of, vote_by_number
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.kinds import Electorate, Kind
from portal.conventions.rules.votes import CallWish, VoteWay
from portal.conventions.rules.way import RoundState
from portal.conventions.service.ballots import cast_ballot
from portal.conventions.service.papers import TallyWish, countersign, type_ballot, type_tally
from portal.conventions.service.roll import mark_paper, read_roll, strike_off
from portal.conventions.service.votes import call_vote, decide_vote, void_vote
from portal.kernel.db import Database
from portal.kernel.sheets import Encoding
from portal.kernel.uploads import KeptPhotos
from tests.make import conventions as make
from tests.make.accounts import a_phone, actor, person, staff
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW

DAY = timedelta(days=1)
NO_PHOTO = KeptPhotos()
OPENS = NOW + 20 * DAY
CLOSES = OPENS + 3 * DAY
DURING = OPENS + DAY
AFTER = CLOSES + timedelta(hours=1)
CALL = CallWish(Electorate.HEADS, VoteWay.WRITTEN, OPENS, CLOSES, on_board=True)


class Voting:
    """A community with a text at the vote, some people with accounts, and two who count."""

    def __init__(
        self, database: Database, people: int = 4, *, kind: Kind = Kind.RESIDENTS, papers: int = 0
    ) -> None:
        self.database = database
        with database.write() as session:
            tree = small_tree(session)
            of = make.convention(session, tree[COMMUNITY], kind=kind)
            row = make.a_round(session, of, state=RoundState.VOTE)
            make.clause(session, row)
            self.round = row.number
            self.people: list[Person] = []
            lines = []
            for at in range(people):
                phone = a_phone()
                self.people.append(person(session, f"居民{at}", phone=phone))
                lines.append(f"居民{at},{at + 1}-101,{10 * (at + 1)}.50,{phone}")
            lines += [f"纸票{at},9-{at},100," for at in range(papers)]
            self.roll = "\n".join(lines)
            self.actors = [actor(session, one) for one in self.people]
            place = tree[COMMUNITY]
            self.staff = [
                staff(session, "community_committee", area=place, name=name)
                for name in ("张主任", "王委员")
            ]
            self.street_person = staff(session, "street_desk", area=tree["370283001"])
            self.first, self.second = (actor(session, one) for one in self.staff)
            self.street = actor(session, self.street_person)

    def act(self, what: Any, who: Actor, *given: Any, now: datetime, **named: Any) -> Any:
        """An act in a transaction of its own."""
        with self.database.write() as session:
            return what(session, who, *given, now=now, **named)

    def call(
        self, wish: CallWish = CALL, roll: str | None = None, *, now: datetime = NOW
    ) -> str:  # fmt: skip
        """Call the vote; it is remembered as the one that is meant."""
        typed = self.roll if roll is None else roll
        lines = read_roll(typed, b"", Encoding.UTF8, wish.electorate)
        self.number: str = self.act(
            call_vote, self.first, self.round, wish, lines, link="/votes/NUMBER", now=now
        )
        return self.number

    def cast(self, at: int, choice: Choice, *, now: datetime = DURING) -> None:
        self.act(cast_ballot, self.actors[at], self.number, choice, now=now)

    def paper(self, roll: int, *, now: datetime = DURING) -> None:
        self.act(mark_paper, self.first, self.number, str(roll), now=now)

    def strike(self, roll: int, reason: str = "已迁出", *, now: datetime = DURING) -> None:
        self.act(strike_off, self.first, self.number, str(roll), reason, now=now)

    def tally(
        self, who: Actor, counts: Mapping[Choice, int], *, photos: KeptPhotos = NO_PHOTO,
        box: str = "1号票箱", now: datetime = AFTER,
    ) -> None:  # fmt: skip
        every = dict.fromkeys(Choice, 0) | dict(counts)
        self.act(type_tally, who, self.number, TallyWish(box, every, photos), now=now)

    def ballot(self, who: Actor, roll: int, choice: Choice, *, now: datetime = AFTER) -> bool:
        settled: bool = self.act(type_ballot, who, self.number, str(roll), choice, now=now)
        return settled

    def sign(
        self, who: Actor, entry: Any, *, seen: str | None = None, now: datetime = AFTER
    ) -> None:
        """The street signs what it sees now, or what it saw before."""
        if seen is None:
            with self.database.read() as session:
                boxes = boxes_of(session, self.row.id)
            entries = [one for box in boxes for one in box.entries if one.id == entry]
            seen = entries[0].mark if entries else ""
        self.act(countersign, who, self.number, entry, seen=seen, now=now)

    def decide(self, women: int | None = None, *, now: datetime = AFTER) -> Outcome:
        outcome: Outcome = self.act(decide_vote, self.first, self.number, women, now=now)
        return outcome

    def void(self, who: Actor, reason: str = "名册有误", *, now: datetime) -> None:
        self.act(void_vote, who, self.number, reason, now=now)

    @property
    def row(self) -> VoteRow:
        with self.database.read() as session:
            found = vote_by_number(session, self.number)
        assert found is not None
        return found

    @property
    def state(self) -> RoundState:
        with self.database.read() as session:
            found = round_by_number(session, self.round)
            assert found is not None
        return found.state

    @property
    def votes(self) -> int:
        with self.database.read() as session:
            return len(session.scalars(select(Vote.id)).all())
