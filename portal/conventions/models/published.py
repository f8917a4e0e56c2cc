"""Published versions, filing, plain readings. A version and its clauses never change: a trigger."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.conventions.rules.texts import (
    DIGEST_LENGTH,
    LONGEST_HEADING,
    LONGEST_SOURCE,
    LONGEST_TITLE,
    SCRIPT_LENGTH,
    Topic,
)
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id


class ConventionVersion(Base):
    """A version as it was adopted and published, with its fingerprint. ``entry_id``: its statement
    in the ledger. The newest in force on a day is the convention of that day."""

    __tablename__ = "convention_version"
    __table_args__ = (
        UniqueConstraint("convention_id", "version", name="uq_convention_version_number"),
        UniqueConstraint("round_id", name="uq_convention_version_round"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("effective_from >= adopted_on", name="days"),
        CheckConstraint("review_on IS NULL OR review_on > effective_from", name="review"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    convention_id: Mapped[UUID] = mapped_column(ForeignKey("convention.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    preamble: Mapped[str | None] = mapped_column(Text)
    adopted_on: Mapped[date]
    effective_from: Mapped[date]
    review_on: Mapped[date | None]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    entry_id: Mapped[UUID | None]


class VersionClause(Base):
    """A clause as a version has it."""

    __tablename__ = "convention_version_clause"
    __table_args__ = (
        UniqueConstraint("version_id", "position", name="uq_convention_version_clause_position"),
        CheckConstraint("position >= 1", name="position"),
        Index("ix_convention_version_clause_clause_id", "clause_id"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("convention_version.id"), primary_key=True)
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("convention_clause.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    topic: Mapped[Topic] = code_column(Topic)
    heading: Mapped[str] = mapped_column(String(LONGEST_HEADING))
    markdown: Mapped[str] = mapped_column(Text)


class VersionScript(Base):
    """The same clause of the same version in another script."""

    __tablename__ = "convention_version_script"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("convention_version.id"), primary_key=True)
    clause_id: Mapped[UUID] = mapped_column(ForeignKey("convention_clause.id"), primary_key=True)
    script: Mapped[str] = mapped_column(String(SCRIPT_LENGTH), primary_key=True)
    markdown: Mapped[str] = mapped_column(Text)


class Reading(Base):
    """A plain reading (解读) beside a version (R106). It explains and binds nobody, so it may be
    written anew; the older ones stay."""

    __tablename__ = "convention_reading"
    __table_args__ = (Index("ix_convention_reading_version_id", "version_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("convention_version.id"))
    markdown: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    written_by: Mapped[UUID | None]


class ConventionFiling(Base):
    """That a round's text was filed for record (备案): with whom, under which number, by which day.

    Due when it was adopted; filed when the street's office gave a number."""

    __tablename__ = "convention_filing"
    __table_args__ = (
        UniqueConstraint("round_id", name="uq_convention_filing_round"),
        CheckConstraint("(filed_on IS NULL) = (filed_at IS NULL)", name="filed"),
        CheckConstraint("(filed_on IS NULL) = (filing_number IS NULL)", name="number"),
        Index("ix_convention_filing_due_on", "due_on"),
        Index("ix_convention_filing_document_key", "document_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("convention_round.id"))
    due_on: Mapped[date | None]
    filed_with: Mapped[str | None] = mapped_column(String(LONGEST_SOURCE))
    filing_number: Mapped[str | None] = mapped_column(String(60))
    filed_on: Mapped[date | None]
    filed_at: Mapped[datetime | None]
    filed_by: Mapped[UUID | None]
    document_key: Mapped[str | None] = mapped_column(String(80))
