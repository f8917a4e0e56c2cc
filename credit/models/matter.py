"""Deductions on their way through due process; what they rest on; what is erased with them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.process import (
    CONFIRMED,
    BasisKind,
    Decision,
    MatterEvent,
    MatterState,
)
from portal.accounts.models import Person
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number

_CONFIRMED = ", ".join(repr(state.value) for state in sorted(CONFIRMED))
_OPEN = text("decided_at IS NULL")
_MARKED = text("marker IS NOT NULL AND revoked_at IS NULL")


class DeductionBasis(Base):
    """What deductions can rest on: a convention, or a legal document, for its time (L2).

    ``marker``: the name by which the package of conventions knows a published version; the ledger
    only compares it. A yes to a marked basis comes through ``service.process.marked`` alone.
    """

    __tablename__ = "credit_basis"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        # a published convention is one basis at a time
        Index(
            "uq_credit_basis_marker", "marker", unique=True, sqlite_where=_MARKED,
            postgresql_where=_MARKED,
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    district: Mapped[str] = mapped_column(String(12), index=True)
    kind: Mapped[BasisKind] = code_column(BasisKind)
    title: Mapped[str] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(200))
    marker: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoked_because: Mapped[str | None] = mapped_column(String(200))


class BasisConsent(Base):
    """One person's own, separate yes to a convention as a basis; ended as easily (L2, L5)."""

    __tablename__ = "credit_basis_consent"
    __table_args__ = (Index("ix_credit_basis_consent_person_id", "person_id"),)

    basis_id: Mapped[UUID] = mapped_column(ForeignKey("credit_basis.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), primary_key=True)
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Matter(Base):
    """A deduction from its proposal to its end. Words and photos about it lie in other tables.

    ``subject_*``, ``account_id`` and ``source`` go with the details: what is left is a number for
    the figures.
    """

    __tablename__ = "credit_matter"
    __table_args__ = (
        CheckConstraint("subject_person_id IS NULL OR subject_shop_id IS NULL", name="one_subject"),
        CheckConstraint(
            "erased_at IS NOT NULL OR subject_person_id IS NOT NULL OR subject_shop_id IS NOT NULL",
            name="subject",
        ),
        CheckConstraint("amount >= 1", name="amount"),
        # L11: nobody confirms her own proposal, and without a second person nothing is announced
        CheckConstraint("confirmer_id <> proposer_id", name="two_people"),
        CheckConstraint(
            f"state NOT IN ({_CONFIRMED}) OR confirmer_id IS NOT NULL", name="confirmed"
        ),
        Index("ix_credit_matter_state", "district", "state"),
        Index("ix_credit_matter_subject_person_id", "subject_person_id"),
        Index("ix_credit_matter_subject_shop_id", "subject_shop_id"),
        Index("ix_credit_matter_proposer_id", "proposer_id"),
        Index("ix_credit_matter_source", "district", "source"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    district: Mapped[str] = mapped_column(String(12))
    state: Mapped[MatterState] = code_column(MatterState)
    subject_person_id: Mapped[UUID | None]
    subject_shop_id: Mapped[UUID | None]
    basis_id: Mapped[UUID] = mapped_column(ForeignKey("credit_basis.id"), index=True)
    rule_code: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(Integer)
    repaired: Mapped[int] = mapped_column(Integer, default=0)
    happened_at: Mapped[datetime]
    source: Mapped[str | None] = mapped_column(String(80))
    proposer_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    unit_place: Mapped[str | None] = mapped_column(String(200))
    proposed_at: Mapped[datetime]
    confirm_by: Mapped[datetime | None]
    # where the guard sent it, sealed with the id; gone as soon as it waits no more (N1)
    sealed_route: Mapped[str | None] = mapped_column(String(200))
    confirmer_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    notice_id: Mapped[UUID | None]
    announced_at: Mapped[datetime | None]
    object_until: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    posted_id: Mapped[UUID | None]
    effective_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    basis_ended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_event: Mapped[MatterEvent | None] = code_column(MatterEvent)
    end_id: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]


class MatterText(Base):
    """Words about a matter: the act, a statement, why it was decided so. Erased with its details.

    ``about`` says which words they are.
    """

    __tablename__ = "credit_matter_text"
    __table_args__ = (Index("ix_credit_matter_text_matter_id", "matter_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("credit_matter.id"))
    objection_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_objection.id"))
    about: Mapped[str] = mapped_column(String(16))
    sealed_words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class MatterFile(Base):
    """A photo: evidence of staff, or what the person handed in. Erased with its details."""

    __tablename__ = "credit_matter_file"
    __table_args__ = (Index("ix_credit_matter_file_matter_id", "matter_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("credit_matter.id"))
    objection_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_objection.id"))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    blob_key: Mapped[str] = mapped_column(String(80), index=True)
    thumbnail_key: Mapped[str] = mapped_column(String(80), index=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]


class MatterStep(Base):
    """What happened to a matter, and who stood behind it; only ever added to.

    ``no_interest``: whoever confirmed or decided said that she has none (L9).
    """

    __tablename__ = "credit_matter_step"
    __table_args__ = (Index("ix_credit_matter_step_matter_id", "matter_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("credit_matter.id"))
    event: Mapped[MatterEvent] = code_column(MatterEvent)
    after: Mapped[MatterState] = code_column(MatterState)
    actor_id: Mapped[UUID | None]
    # in which role somebody decided: the person concerned reads the office, never the name. None
    # since the guard for a confirmation, whose office would tell where it was sent (N1)
    office: Mapped[str | None] = mapped_column(String(40))
    no_interest: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime]


class Objection(Base):
    """One step of the ladder for one matter. ``answer_by`` None: no calendar says when (alarm)."""

    __tablename__ = "credit_objection"
    __table_args__ = (
        UniqueConstraint("matter_id", "step", "attempt", name="uq_credit_objection_step"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided"),
        # of one matter at most one is open
        Index(
            "uq_credit_objection_open",
            "matter_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("credit_matter.id"))
    step: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    opened_at: Mapped[datetime]
    typed_by: Mapped[UUID | None]
    answer_by: Mapped[datetime | None]
    taken_on_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    opened_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[Decision | None] = code_column(Decision)
    decided_id: Mapped[UUID | None]
