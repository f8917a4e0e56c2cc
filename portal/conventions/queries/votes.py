"""Votes, their rolls and papers, as they are read. No query here joins a choice to an elector of a
secret vote: there is none to join (decision 0051)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from portal.conventions.models import (
    Convention,
    Elector,
    OpenBallot,
    PaperBallot,
    PaperTally,
    Round,
    Urn,
    Vote,
)
from portal.conventions.queries.texts import RoundRow, draft_of
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.kinds import Ballot, Electorate, Kind, KindRule, rule_of
from portal.conventions.rules.texts import content_of
from portal.conventions.rules.votes import BallotWay, VoteState, VoteWay, phase_of, sums_in
from portal.conventions.rules.way import RoundState
from portal.kernel.instance import instance_of

ROLL_PAGE = 50


@dataclass(frozen=True)
class VoteRow:
    """A vote with the round of its text."""

    id: UUID
    number: str
    round_id: UUID
    round_number: str
    round_state: RoundState
    title: str
    area_id: UUID
    place_path: str
    kind: Kind
    kind_version: int
    electorate: Electorate
    ballot: Ballot
    way: VoteWay
    state: VoteState
    electors: int
    area: int | None
    text_digest: str
    opens_at: datetime
    closes_at: datetime
    outcome: Outcome | None
    figures: str | None
    void_why: str | None
    decided_at: datetime | None

    @property
    def rule(self) -> KindRule:
        """The rule its round began with."""
        return rule_of(self.kind, self.kind_version)

    def phase(self, now: datetime) -> VoteState:
        """Where it stands."""
        return phase_of(self.state, self.opens_at, self.closes_at, now)


def _votes() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Vote.id, Vote.number, Vote.round_id, Round.number, Round.state, Round.title,
            Convention.area_id, Vote.place_path, Convention.kind, Round.kind_version,
            Vote.electorate, Vote.ballot, Vote.way, Vote.state, Vote.electors, Vote.area,
            Vote.text_digest, Vote.opens_at, Vote.closes_at, Vote.outcome, Vote.figures,
            Vote.void_why, Vote.decided_at,
        )
        .join(Round, Round.id == Vote.round_id)
        .join(Convention, Convention.id == Round.convention_id)
    )  # fmt: skip


def vote_by_number(session: Session, number: str, *, lock: bool = False) -> VoteRow | None:
    """The vote with a number. ``lock``: whoever writes to a vote waits for whoever does already."""
    statement = _votes().where(Vote.number == number)
    row = session.execute(statement.with_for_update(of=Vote) if lock else statement).one_or_none()
    return VoteRow(*row) if row else None


def votes_of(session: Session, round_id: UUID) -> list[VoteRow]:
    """The votes on a text, the newest first."""
    statement = _votes().where(Vote.round_id == round_id).order_by(Vote.id.desc())
    return [VoteRow(*row) for row in session.execute(statement)]


def text_digest(session: Session, row: RoundRow) -> str:
    """The hash of the text as it stands in a round: what is voted on. Other scripts explain it and
    are no part of it, so that they may still be written after the vote."""
    clauses = [one.text for one in draft_of(session, row.id)]
    content: Any = content_of(row.number, row.sequence, row.title, row.preamble or "", clauses)
    if row.repeals:
        content["repeals"] = row.convention_number
    return hashlib.sha256(canonical(content)).hexdigest()


@dataclass(frozen=True)
class ElectorRow:
    """A line of the roll, its name unsealed for the organisers and for herself."""

    id: UUID
    roll: str
    name: str | None
    has_account: bool
    area: int | None
    took_part: BallotWay | None
    struck_on: date | None
    struck_why: str | None
    unmark_by: UUID | None
    unmark_why: str | None


def _electors(vote_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(
        Elector.id, Elector.roll, Elector.sealed_name, Elector.person_id.is_not(None), Elector.area,
        Elector.took_part, Elector.struck_on, Elector.struck_why, Elector.unmark_by,
        Elector.unmark_why,
    ).where(Elector.vote_id == vote_id)  # fmt: skip


def _elector(session: Session, row: Any) -> ElectorRow:
    name = instance_of(session).vault.unseal(row[2]) if row[2] else None
    return ElectorRow(row[0], row[1], name, *row[3:])


def roll_page(session: Session, vote_id: UUID, after: int) -> list[ElectorRow]:
    """A page of the roll behind a number, and one more, in the order in which it was typed."""
    numbers = [str(at) for at in range(after + 1, after + ROLL_PAGE + 2)]
    found = session.execute(_electors(vote_id).where(Elector.roll.in_(numbers)))
    return sorted((_elector(session, row) for row in found), key=lambda one: int(one.roll))


def elector_by_roll(session: Session, vote_id: UUID, roll: str) -> ElectorRow | None:
    """One line of the roll."""
    row = session.execute(_electors(vote_id).where(Elector.roll == roll)).one_or_none()
    return _elector(session, row) if row else None


def elector_of(session: Session, vote_id: UUID, person_id: UUID | None) -> ElectorRow | None:
    """Somebody's own line."""
    if person_id is None:
        return None
    row = session.execute(_electors(vote_id).where(Elector.person_id == person_id)).one_or_none()
    return _elector(session, row) if row else None


@dataclass(frozen=True)
class MyVote:
    """A vote in which somebody has a voice; never what she chose."""

    vote: VoteRow
    took_part: bool
    struck_why: str | None


def my_votes(session: Session, person_id: UUID | None) -> list[MyVote]:
    """Her votes, the newest first."""
    statement = (
        _votes()
        .add_columns(Elector.took_part.is_not(None), Elector.struck_why)
        .join(Elector, Elector.vote_id == Vote.id)
        .where(Elector.person_id == person_id)
        .order_by(Vote.id.desc())
        .limit(100)
    )
    return [MyVote(VoteRow(*row[:-2]), row[-2], row[-1]) for row in session.execute(statement)]


@dataclass(frozen=True)
class Turnout:
    """How far a vote has come: papers handed out, struck lines, lines with an account."""

    electors: int
    struck: int
    papers: int
    screen: int
    with_account: int


def turnout(session: Session, vote_id: UUID) -> Turnout:
    """Counts of the roll."""
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Elector.struck_on.is_not(None)),
            func.count().filter(Elector.took_part == BallotWay.PAPER),
            func.count().filter(Elector.took_part == BallotWay.SCREEN),
            func.count().filter(Elector.person_id.is_not(None)),
        ).where(Elector.vote_id == vote_id)
    ).one()
    return Turnout(*row)


@dataclass(frozen=True)
class TallyRow:
    """The papers of a box as one person counted them."""

    id: UUID
    box: str
    entry: int
    yes: int
    no: int
    abstain: int
    spoilt: int
    photo_key: str | None
    typed_by: UUID | None
    countersigned: bool

    @property
    def counts(self) -> dict[Choice, int]:
        return {choice: getattr(self, choice.value) for choice in Choice}

    @property
    def papers(self) -> int:
        return sum(self.counts.values())

    @property
    def mark(self) -> str:
        """Changes with every number and with the photo: what somebody saw who signs it."""
        seen = " ".join(str(self.counts[choice]) for choice in Choice)
        return hashlib.sha256(f"{seen} {self.photo_key}".encode()).hexdigest()


@dataclass(frozen=True)
class Box:
    """A box with everything that was typed of it."""

    name: str
    entries: tuple[TallyRow, ...]

    @property
    def settled(self) -> bool:
        """Two who counted alike, or one whose count the street signed."""
        if any(one.countersigned for one in self.entries):
            return True
        return len(self.entries) == 2 and self.entries[0].counts == self.entries[1].counts

    @property
    def differs(self) -> bool:
        return len(self.entries) == 2 and not self.settled

    def by(self, person_id: UUID | None) -> TallyRow | None:
        """What somebody typed herself."""
        return next((one for one in self.entries if one.typed_by == person_id), None)


def boxes_of(session: Session, vote_id: UUID) -> list[Box]:
    """The boxes of a vote."""
    rows: Sequence[Any] = session.execute(
        select(
            PaperTally.id, PaperTally.box, PaperTally.entry, PaperTally.yes, PaperTally.no,
            PaperTally.abstain, PaperTally.spoilt, PaperTally.photo_key, PaperTally.typed_by,
            PaperTally.countersigned_at.is_not(None),
        )
        .where(PaperTally.vote_id == vote_id)
        .order_by(PaperTally.box, PaperTally.entry)
    ).all()  # fmt: skip
    found = dict[str, list[TallyRow]]()
    for row in rows:
        found.setdefault(row.box, []).append(TallyRow(*row))
    return [Box(name, tuple(entries)) for name, entries in found.items()]


@dataclass(frozen=True)
class Difference:
    """An open paper ballot that is not settled: typed once, or twice and differently."""

    roll: str
    entries: int


def unsettled_papers(session: Session, vote_id: UUID) -> list[Difference]:
    """Open paper ballots that two people have not typed alike."""
    rows = session.execute(
        select(Elector.roll, func.count())
        .join(PaperBallot, PaperBallot.elector_id == Elector.id)
        .where(PaperBallot.vote_id == vote_id)
        .group_by(Elector.roll)
        .having(or_(func.count() < 2, func.count(PaperBallot.choice.distinct()) > 1))
    )
    return sorted((Difference(*row) for row in rows), key=lambda one: int(one.roll))


@dataclass(frozen=True)
class Entry:
    """What one person typed of an open paper ballot."""

    id: UUID
    entry: int
    choice: Choice
    typed_by: UUID | None


def entries_of(session: Session, elector_id: UUID) -> list[Entry]:
    """What was typed of an elector's open paper ballot."""
    rows = session.execute(
        select(PaperBallot.id, PaperBallot.entry, PaperBallot.choice, PaperBallot.typed_by)
        .where(PaperBallot.elector_id == elector_id)
        .order_by(PaperBallot.entry)
    )
    return [Entry(*row) for row in rows]


def urn_of(session: Session, vote_id: UUID) -> dict[Choice, int]:
    """What lies in the urn of a secret vote; nothing where none was set up."""
    sealed = session.scalar(select(Urn.sealed_sums).where(Urn.vote_id == vote_id))
    return sums_in(instance_of(session).vault.unseal(sealed)) if sealed else {}


def open_choice(session: Session, elector_id: UUID) -> Choice | None:
    """What somebody chose in an open vote."""
    return session.scalar(select(OpenBallot.choice).where(OpenBallot.elector_id == elector_id))


def open_sums(session: Session, vote_id: UUID) -> tuple[dict[Choice, int], dict[Choice, int]]:
    """The ballots of an open vote by choice: how many, and how much floor space."""
    rows: Sequence[Any] = session.execute(
        select(OpenBallot.choice, func.count(), func.coalesce(func.sum(Elector.area), 0))
        .join(Elector, Elector.id == OpenBallot.elector_id)
        .where(OpenBallot.vote_id == vote_id)
        .group_by(OpenBallot.choice)
    ).all()
    return {row[0]: row[1] for row in rows}, {row[0]: int(row[2]) for row in rows}
