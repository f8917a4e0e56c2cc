"""Votes. Of a secret ballot there is no row: its choices are only ever sums in a sealed urn.

The roll says that somebody took part, never when; the urn of a vote is one sealed text of one
length that every ballot writes anew. So no key, order or time leads from an elector to a choice,
in no copy of the database either (decision 0051).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.rules import PATH_LENGTH
from portal.conventions.models.keys import only_one
from portal.conventions.rules.counting import Choice, Outcome
from portal.conventions.rules.kinds import Ballot, Electorate
from portal.conventions.rules.texts import DIGEST_LENGTH, LONGEST_REASON
from portal.conventions.rules.votes import LONGEST_BOX, ROLL_LENGTH, BallotWay, VoteState, VoteWay
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class Vote(Base):
    """A vote on a text. Electorate, rule and text are frozen when it is called.

    ``electors`` and ``area`` (in hundredths of a square metre) are the whole of the roll;
    ``women_present`` is a number that the minutes give, of no person. ``figures``: the counts and
    findings as canonical JSON, from which anybody can compute the result again.
    """

    __tablename__ = "convention_vote"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="times"),
        CheckConstraint("electors >= 1", name="electors"),
        CheckConstraint("(electorate = 'heads_and_area') = (area IS NOT NULL)", name="area"),
        CheckConstraint("electorate <> 'heads_and_area' OR ballot = 'open'", name="area_is_open"),
        CheckConstraint("(state = 'decided') = (outcome IS NOT NULL)", name="outcome"),
        CheckConstraint("(state = 'decided') = (figures IS NOT NULL)", name="figures"),
        CheckConstraint("(state = 'void') = (void_why IS NOT NULL)", name="void"),
        only_one("convention_vote_running", "round_id", where="state NOT IN ('decided', 'void')"),
        Index("ix_convention_vote_place_path", "place_path", "closes_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    text_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    electorate: Mapped[Electorate] = code_column(Electorate)
    ballot: Mapped[Ballot] = code_column(Ballot)
    way: Mapped[VoteWay] = code_column(VoteWay)
    state: Mapped[VoteState] = code_column(VoteState, default=VoteState.CALLED)
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("community_meeting.id"))
    electors: Mapped[int] = mapped_column(Integer)
    area: Mapped[int | None] = mapped_column(BigInteger)
    called_at: Mapped[datetime]
    called_by: Mapped[UUID | None]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    women_present: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[Outcome | None] = code_column(Outcome)
    figures: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    void_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Elector(Base):
    """One line of the roll. ``household``: a keyed hash, so that each has one vote. ``took_part``
    has no time beside it. Whoever is struck off before voting cannot vote; who voted stays.
    ``unmark_by``: who asked, after the close, that the mark of a paper be taken back, and why."""

    __tablename__ = "convention_elector"
    __table_args__ = (
        UniqueConstraint("vote_id", "roll", name="uq_convention_elector_roll"),
        CheckConstraint("area IS NULL OR area > 0", name="area"),
        CheckConstraint("(struck_on IS NULL) = (struck_why IS NULL)", name="struck"),
        CheckConstraint("struck_on IS NULL OR took_part IS NULL", name="struck_or_voted"),
        only_one(
            "convention_elector_person", "vote_id", "person_id", where="person_id IS NOT NULL"
        ),
        only_one(
            "convention_elector_household", "vote_id", "household_hash",
            where="household_hash IS NOT NULL",
        ),
        Index("ix_convention_elector_person_id", "person_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("convention_vote.id"))
    roll: Mapped[str] = mapped_column(String(ROLL_LENGTH))
    person_id: Mapped[UUID | None]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    household_hash: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    area: Mapped[int | None] = mapped_column(BigInteger)
    took_part: Mapped[BallotWay | None] = code_column(BallotWay)
    unmark_by: Mapped[UUID | None]
    unmark_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    struck_on: Mapped[date | None]
    struck_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Urn(Base):
    """The sums of a secret vote's ballots on the screen, sealed, and always of one length."""

    __tablename__ = "convention_urn"

    vote_id: Mapped[UUID] = mapped_column(ForeignKey("convention_vote.id"), primary_key=True)
    sealed_sums: Mapped[str] = mapped_column(Text)


class OpenBallot(Base):
    """A ballot of an open vote, which counts the elector's floor space too."""

    __tablename__ = "convention_open_ballot"

    elector_id: Mapped[UUID] = mapped_column(ForeignKey("convention_elector.id"), primary_key=True)
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("convention_vote.id"), index=True)
    choice: Mapped[Choice] = code_column(Choice)
    way: Mapped[BallotWay] = code_column(BallotWay)
    at: Mapped[datetime]


class PaperBallot(Base):
    """An open paper ballot as one of two people typed it; it counts when both say the same."""

    __tablename__ = "convention_paper_ballot"
    __table_args__ = (
        UniqueConstraint("elector_id", "entry", name="uq_convention_paper_ballot_entry"),
        CheckConstraint("entry IN (1, 2)", name="entry"),
        Index("ix_convention_paper_ballot_vote_id", "vote_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("convention_vote.id"))
    elector_id: Mapped[UUID] = mapped_column(ForeignKey("convention_elector.id"))
    entry: Mapped[int] = mapped_column(SmallInteger)
    choice: Mapped[Choice] = code_column(Choice)
    typed_by: Mapped[UUID | None]


class PaperTally(Base):
    """The counted papers of one box. Twice, by two people, and compared; or once, with a photo of
    the tally, and countersigned by the street."""

    __tablename__ = "convention_paper_tally"
    __table_args__ = (
        UniqueConstraint("vote_id", "box", "entry", name="uq_convention_paper_tally_entry"),
        CheckConstraint("entry IN (1, 2)", name="entry"),
        CheckConstraint("yes >= 0 AND no >= 0 AND abstain >= 0 AND spoilt >= 0", name="counts"),
        CheckConstraint(
            "(countersigned_at IS NULL) OR (photo_key IS NOT NULL AND entry = 1)",
            name="countersigned",
        ),
        only_one(
            "convention_paper_tally_typist", "vote_id", "box", "typed_by",
            where="typed_by IS NOT NULL",
        ),
        Index("ix_convention_paper_tally_photo_key", "photo_key"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("convention_vote.id"))
    box: Mapped[str] = mapped_column(String(LONGEST_BOX))
    entry: Mapped[int] = mapped_column(SmallInteger)
    yes: Mapped[int] = mapped_column(Integer)
    no: Mapped[int] = mapped_column(Integer)
    abstain: Mapped[int] = mapped_column(Integer)
    spoilt: Mapped[int] = mapped_column(Integer)
    photo_key: Mapped[str | None] = mapped_column(String(80))
    typed_by: Mapped[UUID | None]
    typed_at: Mapped[datetime]
    countersigned_at: Mapped[datetime | None]
    countersigned_by: Mapped[UUID | None]


class VoteNotice(Base):
    """That the electors were told of a vote, and how: a call that nobody heard of is no call."""

    __tablename__ = "convention_vote_notice"
    __table_args__ = (Index("ix_convention_vote_notice_vote_id", "vote_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("convention_vote.id"))
    on_board: Mapped[bool] = mapped_column(Boolean)
    messages: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
