"""Versions of rules: which fact earns what, published beforehand and never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.rulebook import MOST_LIFE_DAYS, RuleClass
from portal.kernel.db import Base, code_column


class RuleVersion(Base):
    """One version of a rule, with the statement that seals it. Triggers refuse any change."""

    __tablename__ = "credit_rule"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint(f"life_days BETWEEN 1 AND {MOST_LIFE_DAYS}", name="life"),
        # N6: a rule never reaches back
        CheckConstraint("valid_from >= published_at", name="not_retroactive"),
        ForeignKeyConstraint(
            ["district", "statement_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_rule_statement",
        ),
        Index("ix_credit_rule_fact", "district", "fact", "valid_from"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fact: Mapped[str] = mapped_column(String(40))
    rule_class: Mapped[RuleClass] = code_column(RuleClass)
    points: Mapped[int] = mapped_column(Integer)
    life_days: Mapped[int | None] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    source_text: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(String(200))
    proposers: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime]
    published_at: Mapped[datetime]
    statement_id: Mapped[UUID]
