"""Marks of protected deeds, what the guard answered, and alarms. Nothing here names a reporter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.guard import Probing, ProtectedAct
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id


class ProtectedMark(Base):
    """A deed for which nobody may be harmed (N1): keyed hashes only, under a key of their own.

    The hashes of source and unit hold the pseudonym too: no two people's marks can be compared.
    ``until`` is set when the identity is removed; without it the mark stays.
    """

    __tablename__ = "credit_protected_mark"
    __table_args__ = (
        Index("ix_credit_protected_mark_who", "who"),
        Index("ix_credit_protected_mark_until", "until"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    who: Mapped[bytes] = mapped_column(LargeBinary(32))
    source_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    unit_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    act: Mapped[ProtectedAct] = code_column(ProtectedAct)
    at: Mapped[datetime]
    until: Mapped[datetime | None]


class GuardOutcome(Base):
    """What the guard answered to one proposal. Whom it was about is not written down.

    The answer is sealed with the row's id: proposer and moment lead to the matter, so in clear it
    would tell the same as the matter's own route. ``proposal_hash`` lets a repeat be known. Who
    proposed goes once no alarm can need it.
    """

    __tablename__ = "credit_guard_outcome"
    __table_args__ = (
        UniqueConstraint("district", "proposal_hash", name="uq_credit_guard_outcome_proposal"),
        Index("ix_credit_guard_outcome_at", "at"),
        Index("ix_credit_guard_outcome_proposer", "proposer_id", "at"),
        Index("ix_credit_guard_outcome_unit", "unit_id", "at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_route: Mapped[str] = mapped_column(String(200))
    proposer_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    at: Mapped[datetime]


class ProbingAlarm(Base):
    """Somebody tries who complained of whom. Auditors alone read it."""

    __tablename__ = "credit_probing_alarm"
    __table_args__ = (
        CheckConstraint("times >= 1", name="times"),
        Index("ix_credit_probing_alarm_at", "at"),
        Index("ix_credit_probing_alarm_about", "about_id", "at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    about: Mapped[Probing] = code_column(Probing)
    # the proposer or the unit
    about_id: Mapped[UUID]
    # who proposed last, and for which unit: neither may read this row
    proposer_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    times: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]


class RetaliationMonth(Base):
    """A month's figures of the guard as everybody may read them, frozen. NULL: too few to tell.

    What was too few is counted on: a figure speaks of the months since its ``…_from``.
    """

    __tablename__ = "credit_retaliation_month"
    __table_args__ = (
        CheckConstraint("(proposals IS NULL) = (proposals_from IS NULL)", name="proposals"),
        CheckConstraint(
            "(never IS NULL) = (guarded_from IS NULL) AND (never IS NULL) = (outside IS NULL)",
            name="guarded",
        ),
        CheckConstraint("(alarms IS NULL) = (alarms_from IS NULL)", name="alarms"),
    )

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    computed_at: Mapped[datetime]
    smallest_cell: Mapped[int] = mapped_column(Integer)
    proposals: Mapped[int | None] = mapped_column(Integer)
    proposals_from: Mapped[str | None] = mapped_column(String(7))
    never: Mapped[int | None] = mapped_column(Integer)
    outside: Mapped[int | None] = mapped_column(Integer)
    guarded_from: Mapped[str | None] = mapped_column(String(7))
    alarms: Mapped[int | None] = mapped_column(Integer)
    alarms_from: Mapped[str | None] = mapped_column(String(7))
