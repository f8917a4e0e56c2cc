"""What guards people: decisions on what is public, one objection to them, and auditors' samples."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.guarding import Act, Outcome
from portal.reports.rules.sampling import Finding


def _of_case(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["district", "case_id"], ["cases.district", "cases.id"], name=f"fk_{table}_case"
    )


class ModerationEntry(Base):
    """One decision: who, when, why, and the *public* words before and after.

    What was never public is not copied here, and erasure empties what was.
    """

    __tablename__ = "moderation_entry"
    __table_args__ = (
        _of_case("moderation_entry"),
        Index("ix_moderation_entry_case", "district", "case_id", "id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    # the text or photo; a photo that was erased is named no more
    item_id: Mapped[UUID]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    act: Mapped[Act] = code_column(Act)
    reason: Mapped[str | None] = mapped_column(String(200))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    by_reporter: Mapped[bool]


class ModerationAppeal(Base):
    """A reporter's one objection to what is kept inside, and the answer to it."""

    __tablename__ = "moderation_appeal"
    __table_args__ = (
        _of_case("moderation_appeal"),
        ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_moderation_appeal_reporter",
            ondelete="CASCADE",
        ),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_moderation_appeal_case", "district", "case_id"),
        Index("ix_moderation_appeal_outcome", "outcome"),
    )

    # the key allows it once
    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    reporter_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)
    outcome: Mapped[Outcome | None] = code_column(Outcome)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]


class AuditDraw(Base):
    """A sample of closed cases. The seed stands here before any case is listed."""

    __tablename__ = "audit_draw"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="period"),
        CheckConstraint("size >= 1", name="size"),
        CheckConstraint("population >= 0", name="population"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    auditor_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    place_path: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(String(64))
    # the portal drew the seed; otherwise the auditor brought it
    seed_drawn: Mapped[bool]
    population: Mapped[int] = mapped_column(Integer)
    fingerprint: Mapped[str] = mapped_column(String(64))


class AuditSampled(Base):
    """One case of a sample, and what an auditor found of it, once."""

    __tablename__ = "audit_sampled"
    __table_args__ = (
        _of_case("audit_sampled"),
        CheckConstraint("(finding IS NULL) = (found_at IS NULL)", name="found"),
        Index("ix_audit_sampled_draw_id_position", "draw_id", "position"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("audit_draw.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(Integer)
    finding: Mapped[Finding | None] = code_column(Finding)
    words: Mapped[str | None] = mapped_column(Text)
    found_at: Mapped[datetime | None]
    found_by: Mapped[UUID | None]
