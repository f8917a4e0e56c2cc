"""Participation by place and month, as it was counted once."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.publicity.rules.participation import CODE_LENGTH, MONTH_LENGTH, TookPart


class ParticipationMonth(Base):
    """That a month is counted: whoever writes this row counts it."""

    __tablename__ = "participation_month"

    month: Mapped[str] = mapped_column(String(MONTH_LENGTH), primary_key=True)
    counted_at: Mapped[datetime]


class Participation(Base):
    """A place, a way to take part, and how many did: rounded, None where it is not told."""

    __tablename__ = "participation"
    __table_args__ = (
        CheckConstraint("people IS NULL OR people >= 10", name="people"),
        CheckConstraint("population IS NULL OR population > 0", name="population"),
        Index("ix_participation_area_code", "area_code", "month"),
    )

    month: Mapped[str] = mapped_column(ForeignKey(ParticipationMonth.month), primary_key=True)
    area_code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    took_part: Mapped[TookPart] = code_column(TookPart, primary_key=True)
    people: Mapped[int | None] = mapped_column(Integer)
    population: Mapped[int | None] = mapped_column(BigInteger)
