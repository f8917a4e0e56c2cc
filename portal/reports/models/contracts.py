"""Service contracts (dated, public), and which one a case is about."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.rules import CODE_LENGTH
from portal.kernel.db import Base
from portal.organisations.rules import CODE_LENGTH as UNIT_CODE_LENGTH
from portal.reports.rules.contracts import LONGEST_CODE, LONGEST_NUMBER, LONGEST_WORDS


class ServiceContract(Base):
    """Who maintains what where, for whom and until when. Only its last day is ever set."""

    __tablename__ = "service_contract"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        CheckConstraint("(category_code IS NULL) <> (function_group IS NULL)", name="one_kind"),
        CheckConstraint("contractor <> department", name="two_parties"),
    )

    code: Mapped[str] = mapped_column(String(LONGEST_CODE), primary_key=True)
    number: Mapped[str] = mapped_column(String(LONGEST_NUMBER))
    contractor: Mapped[str] = mapped_column(String(UNIT_CODE_LENGTH))
    department: Mapped[str] = mapped_column(String(UNIT_CODE_LENGTH))
    area_code: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    group: Mapped[str | None] = mapped_column("function_group", String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    made_up: Mapped[bool] = mapped_column(Boolean, default=False)


class CaseContract(Base):
    """The contract that a case is about: as the list had it, or as somebody said with a reason."""

    __tablename__ = "case_contract"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_contract_case"
        ),
        Index("ix_case_contract_contract_code", "contract_code"),
        CheckConstraint("contract_code IS NOT NULL OR reason IS NOT NULL", name="reason"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_code: Mapped[str | None] = mapped_column(ForeignKey("service_contract.code"))
    linked_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
