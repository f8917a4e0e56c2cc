"""Conventions of the demo in three states: signed by many, at the vote, under discussion.

Through the services, each act at its own moment, so the demo holds nothing that two communities
could not have done themselves.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy.orm import Session

from portal.accounts.queries import phones_of
from portal.accounts.rules import Actor
from portal.conventions.queries.comments import comments_of
from portal.conventions.queries.signing import signing_by_number
from portal.conventions.queries.talk import wishes_of
from portal.conventions.queries.texts import DraftRow, RoundRow, draft_of, round_by_number
from portal.conventions.rules.community import HandlingEnd, HandlingWay
from portal.conventions.rules.counting import Choice
from portal.conventions.rules.handling import HandlingWish
from portal.conventions.rules.kinds import Electorate, Kind
from portal.conventions.rules.signing import Signer, SignWish
from portal.conventions.rules.talk import Answer
from portal.conventions.rules.texts import Script, Topic, quote_hash
from portal.conventions.rules.votes import CallWish, VoteWay
from portal.conventions.rules.way import Move
from portal.conventions.service.ballots import cast_ballot
from portal.conventions.service.commenting import (
    CommentWish,
    answer_comments,
    decide_comment,
    say_comment,
    support_comment,
)
from portal.conventions.service.drafting import begin_from_model
from portal.conventions.service.explaining import write_reading, write_script
from portal.conventions.service.filing import FilingWish, file_text
from portal.conventions.service.handling import keep_handling
from portal.conventions.service.papers import TallyWish, type_tally
from portal.conventions.service.publishing import PublishWish, publish_version
from portal.conventions.service.rating import rate_community
from portal.conventions.service.roll import mark_paper, read_roll
from portal.conventions.service.rounds import RoundWish, move_round, start_round
from portal.conventions.service.sheets import SheetWish, type_sheet
from portal.conventions.service.signing import sign_version
from portal.conventions.service.votes import call_vote, decide_vote
from portal.conventions.service.wishes import decide_wish, say_wish
from portal.kernel.clock import city_day, local
from portal.kernel.db import Database
from portal.kernel.errors import Missing
from portal.kernel.instance import instance_of
from portal.kernel.outbox import cancel_messages
from portal.kernel.sheets import Encoding
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.satisfaction.rules import Answers, Level
from portal.site.demo.people import demo_actors, demo_places
from portal.site.demo.pictures import can_draw, draw_sheet
from portal.site.demo.words import load_words

DATA: Final = Path(__file__).resolve().parents[1] / "data"
SEED: Final = 20261201
DAY: Final = timedelta(days=1)
# when a vote opens and closes
OPENS_AT, CLOSES_AT = 9, 18
# households on the roll beside those with an account, and how the papers of some of them read
ON_PAPER: Final = 26
PAPERS: Final = {Choice.YES: 17, Choice.NO: 2, Choice.ABSTAIN: 1, Choice.SPOILT: 0}
SIGNED_ON_PAPER: Final = 24
NO_PHOTO: Final = KeptPhotos()
SAID: Final = (Level.SATISFIED, Level.FAIRLY_SATISFIED, Level.VERY_SATISFIED)
Rows = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class Talk:
    """A community with its committee, the street, residents with accounts, and the words."""

    session: Session
    place: str
    named: str
    committee: Actor
    street: Actor
    residents: Sequence[Actor]
    words: Rows
    now: datetime

    def ago(self, days: float) -> datetime:
        return self.now - days * DAY

    def at(self, days: float, hour: int) -> datetime:
        """A full hour of the day so many days ago."""
        here = local(self.ago(days), instance_of(self.session).city.zone)
        return here.replace(hour=hour, minute=0, second=0, microsecond=0)

    def act(
        self, what: Callable[..., Any], who: Actor, *given: Any, days: float, **more: Any
    ) -> Any:
        """An act of so many days ago; what follows finds it."""
        done = what(self.session, who, *given, now=self.ago(days), **more)
        self.session.flush()
        return done

    def go_on(self, number: str, days: float, move: Move = Move.GO_ON) -> None:
        who = self.street if move is Move.APPROVE else self.committee
        self.act(move_round, who, number, move, "", days=days)

    def row(self, number: str) -> RoundRow:
        found = round_by_number(self.session, number)
        if found is None:
            raise Missing
        return found


def plant_conventions(database: Database, now: datetime) -> None:
    """The first community's residents' convention and the draft of another; a vote next door."""
    with database.write() as session:
        first, second = _talks(session, now)
        _in_force(first)
        _at_the_vote(second)
        _under_discussion(first)


def _talks(session: Session, now: datetime) -> tuple[Talk, Talk]:
    actors, places = demo_actors(session, now), demo_places(session)
    words, residents = _words(), [*actors["resident"], *actors["shop_owner"]]
    found = [
        Talk(
            session, places[name].code, places[name].names["zh_Hans"], committee,
            actors["street_desk"][0], residents, words, now,
        )
        for name, committee in zip(
            ("community", "second"), actors["community_committee"], strict=True
        )
    ]  # fmt: skip
    return found[0], found[1]


def _words() -> Rows:
    found: dict[str, list[dict[str, str]]] = {}
    with (DATA / "demo-conventions.tsv").open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t"):
            found.setdefault(row["what"], []).append(row)
    return found


# --- the way of a text ----------------------------------------------------------------------------


def _drafted(talk: Talk, kind: Kind, begun: float) -> str:
    """A text from its start to the first day of its discussion, 18 days later; its number."""
    [row] = talk.words[f"name {kind.value}"]
    named = talk.named.removesuffix(talk.words["committee"][0]["title"])
    wish = RoundWish(kind, talk.place, f"{named}{row['title']}", asked=row["words"])
    number: str = talk.act(start_round, talk.committee, wish, days=begun)
    talk.go_on(number, begun)
    for at, said in enumerate(talk.words["wish"]):
        who = talk.residents[at % len(talk.residents)]
        talk.act(say_wish, who, number, said["words"], Topic(said["title"]), days=begun - 1 - at)
    for one in wishes_of(talk.session, talk.row(number).id, shown=False):
        talk.act(decide_wish, talk.committee, one.number, show=True, reason="", days=begun - 5)
    talk.go_on(number, begun - 16)
    talk.act(begin_from_model, talk.committee, number, days=begun - 17)
    talk.go_on(number, begun - 18)
    return number


def _discussed(talk: Talk, number: str, rows: Rows, names: Sequence[str], said_on: float) -> None:
    """Comments and a proposal, each looked at; those of the first two clauses are answered."""
    comments, proposal, answer = names
    clauses = {one.topic: one for one in draft_of(talk.session, talk.row(number).id)}
    [other] = rows[proposal]
    for at, said in enumerate(rows[comments]):
        words = other["words"] if said["title"] == other["title"] else ""
        _comment(talk, number, clauses[Topic(said["title"])], said["words"], words, at, said_on)
    round_id = talk.row(number).id
    for at, one in enumerate(comments_of(talk.session, round_id, shown=False)):
        look = said_on - 1
        talk.act(decide_comment, talk.committee, one.number, show=True, reason="", days=look)
        for who in talk.residents[: at + 1]:
            if who.person_id != one.person_id:
                support_comment(talk.session, who, one.number)
    [told] = rows[answer]
    numbers = [one.number for one in comments_of(talk.session, round_id, shown=True)]
    chosen = numbers if comments == "comment" else numbers[:1]
    talk.act(
        answer_comments, talk.committee, number, chosen, Answer(told["title"]), told["words"],
        days=said_on - 2,
    )  # fmt: skip


def _comment(
    talk: Talk, number: str, on: DraftRow, words: str, proposal: str, at: int, said_on: float
) -> None:
    wish = CommentWish(words, proposal, on.clause_id, quote_hash(on.heading, on.markdown))
    who = talk.residents[at % len(talk.residents)]
    talk.act(say_comment, who, number, wish, days=said_on - at / 10)


def _called(talk: Talk, number: str, called: float, opens: float, closes: float) -> str:
    """A written vote of the households; its number."""
    phones = phones_of(talk.session, [who.person_id for who in talk.residents if who.person_id])
    words, rng = load_words(), Random(f"{SEED} {number}")  # noqa: S311  made-up names
    lines = [
        f"{who.name},1-{at}01,,{phones.get(who.person_id, '') if who.person_id else ''}"
        for at, who in enumerate(talk.residents, 1)
    ]
    lines += [f"{words.name(rng)},{2 + at // 12}-{at % 12 + 101},," for at in range(ON_PAPER)]
    roll = read_roll("\n".join(lines), b"", Encoding.UTF8, Electorate.HOUSEHOLDS)
    wish = CallWish(
        Electorate.HOUSEHOLDS, VoteWay.WRITTEN, talk.at(opens, OPENS_AT),
        talk.at(closes, CLOSES_AT), on_board=True,
    )  # fmt: skip
    link = f"{instance_of(talk.session).config.origin}/conventions/votes/NUMBER"
    vote: str = talk.act(call_vote, talk.committee, number, wish, roll, link=link, days=called)
    # the demo sends no messages: its numbers belong to nobody
    cancel_messages(talk.session, f"vote:{vote}")
    return vote


# --- the three ------------------------------------------------------------------------------------


def _in_force(talk: Talk) -> None:
    """Ninety days from the first wish to signatures on screen and paper, and what came of it."""
    number = _drafted(talk, Kind.RESIDENTS, 96)
    _discussed(talk, number, talk.words, ("comment", "proposal", "answer"), 76)
    talk.go_on(number, 61)
    talk.go_on(number, 58, Move.APPROVE)
    vote = _called(talk, number, 57, 48, 45)
    for at, who in enumerate(talk.residents):
        choice = Choice.YES if at else Choice.ABSTAIN
        talk.act(cast_ballot, who, vote, choice, days=47)
    first = len(talk.residents) + 1
    for roll in range(first, first + sum(PAPERS.values())):
        talk.act(mark_paper, talk.committee, vote, str(roll), days=46)
    for who in (talk.committee, talk.street):
        talk.act(type_tally, who, vote, TallyWish("1", PAPERS, NO_PHOTO), days=44)
    talk.act(decide_vote, talk.committee, vote, None, days=43.9)
    _published(talk, number)
    _signed(talk, number)
    _lived(talk, number)


def _published(talk: Talk, number: str) -> None:
    """Filed, explained in plain words, translated clause by clause, published."""
    zone = instance_of(talk.session).city.zone
    [said], [reading] = talk.words["filing"], talk.words["reading"]
    filed = FilingWish(said["title"], said["words"], city_day(talk.ago(41), zone), NO_PHOTO)
    talk.act(file_text, talk.committee, number, filed, days=41)
    words = reading["words"].replace("\\n", "\n")
    write_reading(talk.session, talk.committee, number, words, seen=quote_hash("", ""))
    with (DATA / "demo-convention-scripts.tsv").open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        known = {row["topic"]: row["words"] for row in csv.DictReader(lines, delimiter="\t")}
    for one in draft_of(talk.session, talk.row(number).id):
        write_script(
            talk.session, talk.committee, number, one.clause_id, Script.ENGLISH,
            known[one.topic.value], seen=quote_hash("", ""),
        )  # fmt: skip
        talk.session.flush()
    wish = PublishWish(city_day(talk.ago(39), zone))
    talk.act(publish_version, talk.committee, number, wish, days=39)


def _signed(talk: Talk, number: str) -> None:
    """Some households on the screen, of whom one shows her name; many on a sheet."""
    for at, who in enumerate(talk.residents[1:], 2):
        wish = SignWish(Signer.HOUSEHOLD, who.name, f"1-{at}01", named=at == 2)
        talk.act(sign_version, who, number, wish, days=38 - at)
    if not can_draw():
        return
    words, rng = load_words(), Random(SEED)  # noqa: S311  made-up names
    typed = "\n".join(
        f"{words.name(rng)},{2 + at // 12}-{at % 12 + 101}" for at in range(SIGNED_ON_PAPER)
    )
    token = keep_upload(talk.session, draw_sheet(), owner="demo", now=talk.ago(30))
    sheet = SheetWish(Signer.HOUSEHOLD, typed, KeptPhotos("demo", (token,)))
    talk.act(type_sheet, talk.committee, number, sheet, days=30)


def _lived(talk: Talk, number: str) -> None:
    """What was settled under its clauses, and what residents say of their self-government."""
    row = signing_by_number(talk.session, number)
    if row is None:
        raise Missing
    topics = {one.topic: str(one.clause_id) for one in draft_of(talk.session, talk.row(number).id)}
    [remind], [mediate] = talk.words["handling remind"], talk.words["handling mediate"]
    for way, said, topic, end in (
        (HandlingWay.REMIND, remind, Topic.CLEANLINESS, HandlingEnd.SETTLED),
        (HandlingWay.MEDIATE, mediate, Topic.PARKING, HandlingEnd.AGREED),
    ):
        wish = HandlingWish(way, said["title"], said["words"], topics[topic], end)
        talk.act(keep_handling, talk.committee, number, wish, days=14)
    for who, level in zip(talk.residents[1:], SAID, strict=True):
        said_so = Answers(solved=True, result=level, service=level)
        talk.act(rate_community, who, number, said_so, seen=0, days=0)


def _at_the_vote(talk: Talk) -> None:
    """The neighbours vote just now; the second resident has, the first has not yet."""
    number = _drafted(talk, Kind.CIVILITY, 62)
    talk.go_on(number, 27)
    talk.go_on(number, 24, Move.APPROVE)
    vote = _called(talk, number, 12, 2, -6)
    talk.act(cast_ballot, talk.residents[1], vote, Choice.YES, days=1)


def _under_discussion(talk: Talk) -> None:
    """A draft on which comments are asked; some are answered, one waits to be looked at."""
    number = _drafted(talk, Kind.MANAGEMENT, 26)
    _discussed(talk, number, talk.words, ("comment2", "proposal2", "answer2"), 6)
    clauses = {one.topic: one for one in draft_of(talk.session, talk.row(number).id)}
    [late] = talk.words["waiting"]
    _comment(talk, number, clauses[Topic(late["title"])], late["words"], "", 0, 0.5)
