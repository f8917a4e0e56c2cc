"""Elections within an alliance. Who voted and what was voted stand in two tables without a tie."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import DISTRICT_LENGTH, InDistrict, only_one, within
from pledges.rules.elections import ElectionKind, Outcome
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_number


class AllianceElection(InDistrict):
    """A vote of an alliance's members: candidates until ``polls_at``, votes until ``closes_at``.

    ``roll``: how many were members when it was called; only they vote. What was counted stands from
    ``closed_at`` on: ``digest`` is that of the ballots, ``lot`` that a tie was decided by it.
    """

    __tablename__ = "alliance_election"
    __table_args__ = (
        within("alliance_election", "alliance_id", "alliance"),
        CheckConstraint("polls_at >= called_at AND closes_at > polls_at", name="times"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed"),
        CheckConstraint("roll >= 0 AND turnout >= 0 AND blank >= 0", name="counts"),
        only_one("alliance_election_now", "district", "alliance_id", where="closed_at IS NULL"),
        Index("ix_alliance_election_alliance_id", "district", "alliance_id", "called_at"),
        Index("ix_alliance_election_closes_at", "closed_at", "closes_at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    alliance_id: Mapped[UUID]
    kind: Mapped[ElectionKind] = code_column(ElectionKind)
    term_days: Mapped[int] = mapped_column(Integer)
    called_at: Mapped[datetime]
    polls_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    roll: Mapped[int] = mapped_column(Integer)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = code_column(Outcome)
    turnout: Mapped[int | None] = mapped_column(Integer)
    blank: Mapped[int | None] = mapped_column(Integer)
    lot: Mapped[bool] = mapped_column(Boolean, default=False)
    digest: Mapped[str | None] = mapped_column(String(64))


class AllianceCandidate(InDistrict):
    """A member who may be voted for, once whoever speaks for it agrees. ``votes``: when counted."""

    __tablename__ = "alliance_candidate"
    __table_args__ = (
        within("alliance_candidate", "election_id", "alliance_election"),
        within("alliance_candidate", "member_id", "alliance_member"),
        UniqueConstraint("district", "election_id", "member_id", name="uq_alliance_candidate_once"),
        CheckConstraint("votes >= 0", name="votes"),
        Index("ix_alliance_candidate_member_id", "district", "member_id"),
        Index("ix_alliance_candidate_person_id", "person_id"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    election_id: Mapped[UUID]
    member_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    proposed_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    votes: Mapped[int | None] = mapped_column(Integer)


class AllianceVoter(Base):
    """That a member has voted, without when and what. Deleted when the votes are counted."""

    __tablename__ = "alliance_voter"
    __table_args__ = (
        within("alliance_voter", "election_id", "alliance_election", ondelete="CASCADE"),
        within("alliance_voter", "member_id", "alliance_member"),
        Index("ix_alliance_voter_member_id", "district", "member_id"),
        # rows in the order of their coming, beside ballots in theirs, would tell who voted what
        {"sqlite_with_rowid": False},
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    election_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)


class AllianceBallot(Base):
    """A vote under a code of chance, which has no time in it. ``candidate_id`` None: nobody."""

    __tablename__ = "alliance_ballot"
    __table_args__ = (
        within("alliance_ballot", "election_id", "alliance_election", ondelete="CASCADE"),
        within("alliance_ballot", "candidate_id", "alliance_candidate"),
        Index("ix_alliance_ballot_candidate_id", "district", "candidate_id"),
        {"sqlite_with_rowid": False},
    )

    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH), primary_key=True)
    election_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    candidate_id: Mapped[UUID | None]
