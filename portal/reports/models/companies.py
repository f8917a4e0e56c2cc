"""Service companies: steps of their standing, spot checks and scores, each with its hearing."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.rules import CODE_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.organisations.rules import CompanyStanding
from portal.reports.rules.companies import LONGEST_BASIS, LONGEST_SPOT, Outcome
from portal.reports.rules.contracts import LONGEST_CODE

OPEN_STEP = text("settled_at IS NULL")


class Hearing:
    """What every thing has that a company is heard about. ``said`` are the company's words."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    answer_until: Mapped[datetime]
    said: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[datetime | None]
    said_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    outcome: Mapped[Outcome | None] = code_column(Outcome)
    answer: Mapped[str | None] = mapped_column(Text)


def _always() -> tuple[Any, ...]:
    """What must hold of every hearing: whoever made it does not settle it."""
    return (
        CheckConstraint("(said IS NULL) = (said_at IS NULL)", name="said"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        CheckConstraint("made_by IS NULL OR settled_by <> made_by", name="two_people"),
    )


class CompanyStep(Hearing, Base):
    """A step of a company's standing: proposed, heard, and taken or dropped.

    ``digest`` is the hash of what the ledger sealed of it when it was taken.
    """

    __tablename__ = "company_step"
    __table_args__ = (
        *_always(),
        # one open step of a company, whoever comes first
        Index(
            "uq_company_step_open",
            "unit_id",
            unique=True,
            sqlite_where=OPEN_STEP,
            postgresql_where=OPEN_STEP,
        ),
        Index("ix_company_step_unit_id", "unit_id", "made_at"),
    )

    before: Mapped[CompanyStanding | None] = code_column(CompanyStanding)
    after: Mapped[CompanyStanding] = code_column(CompanyStanding)
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(LONGEST_BASIS))
    since: Mapped[date | None]
    digest: Mapped[str | None] = mapped_column(String(64))


class CompanyCheck(Hearing, Base):
    """A spot check of a stretch. ``marks`` is an object of axes and whole numbers, as JSON."""

    __tablename__ = "company_check"
    __table_args__ = (*_always(), Index("ix_company_check_unit_id", "unit_id", "checked_on"))

    contract_code: Mapped[str] = mapped_column(
        String(LONGEST_CODE), ForeignKey("service_contract.code")
    )
    area_code: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    spot: Mapped[str] = mapped_column(String(LONGEST_SPOT))
    checked_on: Mapped[date]
    marks: Mapped[str] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(Text)


class CompanyCheckPhoto(Base):
    """What an inspector saw: re-encoded, for the company and for who decides about it."""

    __tablename__ = "company_check_photo"
    __table_args__ = (
        Index("ix_company_check_photo_check_id", "check_id"),
        Index("ix_company_check_photo_blob_key", "blob_key"),
        Index("ix_company_check_photo_thumbnail_key", "thumbnail_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    check_id: Mapped[UUID] = mapped_column(ForeignKey("company_check.id"))
    code: Mapped[str] = mapped_column(String(32), unique=True)
    blob_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)


class CompanyScore(Hearing, Base):
    """The score of a quarter, never changed: an objection that is right makes a new revision.

    ``inputs`` is the canonical form of all it was computed from, ``digest`` its SHA-256, ``points``
    tenths; None: too little was known.
    """

    __tablename__ = "company_score"
    __table_args__ = (
        *_always(),
        Index("uq_company_score_quarter", "unit_id", "quarter", "revision", unique=True),
        CheckConstraint("points BETWEEN 0 AND 1000", name="points"),
        CheckConstraint("revision >= 1", name="revision"),
    )

    quarter: Mapped[str] = mapped_column(String(7))
    revision: Mapped[int] = mapped_column(Integer)
    formula: Mapped[int] = mapped_column(Integer)
    points: Mapped[int | None] = mapped_column(Integer)
    inputs: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
