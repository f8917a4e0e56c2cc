"""Who is responsible (dated, public rows), and what hangs on a case because of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.rules import CODE_LENGTH, Tag
from portal.kernel.db import Base, code_column
from portal.reports.rules.routing import SOURCE_LENGTH, Basis, CaseKey, RoadClass


class ResponsibilityRule(Base):
    """A row of the list. Only its last day is ever set; receivers are spelled as in ``rules``.

    The place is held by its code: a place that was moved in the tree keeps its rows.
    """

    __tablename__ = "responsibility"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        CheckConstraint("category_code IS NULL OR function_group IS NULL", name="one_kind"),
        CheckConstraint("area_at_most IS NULL OR area_at_most > 0", name="at_most"),
        CheckConstraint("area_over IS NULL OR area_over >= 0", name="over"),
    )

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    area_code: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    group: Mapped[str | None] = mapped_column("function_group", String(40))
    area_at_most: Mapped[int | None] = mapped_column(Integer)
    area_over: Mapped[int | None] = mapped_column(Integer)
    tag: Mapped[Tag | None] = code_column(Tag)
    road_class: Mapped[RoadClass | None] = code_column(RoadClass)
    on_permit: Mapped[bool] = mapped_column(Boolean, default=False)
    lead: Mapped[str] = mapped_column(String(80))
    co: Mapped[str] = mapped_column(String(600), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    made_up: Mapped[bool] = mapped_column(Boolean, default=False)


class CommunityAllowance(Base):
    """What may be sent to communities (社区公共事务准入): nothing that has no row."""

    __tablename__ = "community_allowance"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        CheckConstraint("(category_code IS NULL) <> (function_group IS NULL)", name="one_kind"),
    )

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    area_code: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    group: Mapped[str | None] = mapped_column("function_group", String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    made_up: Mapped[bool] = mapped_column(Boolean, default=False)


def _of_case(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["district", "case_id"], ["cases.district", "cases.id"], name=f"fk_{table}_case"
    )


class CaseAttribute(Base):
    """What the desk found out about a case that decides who is responsible."""

    __tablename__ = "case_attribute"
    __table_args__ = (_of_case("case_attribute"),)

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[CaseKey] = code_column(CaseKey, primary_key=True)
    value: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[datetime]


class CaseRoute(Base):
    """Why a dispatch went where it went, as the list stood at that moment."""

    __tablename__ = "case_route"
    __table_args__ = (_of_case("case_route"), Index("ix_case_route_case", "district", "case_id"))

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    basis: Mapped[Basis] = code_column(Basis)
    rule_code: Mapped[str | None] = mapped_column(ForeignKey("responsibility.code"))


class CaseCoUnit(Base):
    """A unit that supports the lead: it reads, confirms receipt, gives its opinion (R188).

    The opinion's words are a note in the history: here is only when it came.
    """

    __tablename__ = "case_co_unit"
    __table_args__ = (
        _of_case("case_co_unit"),
        Index("ix_case_co_unit_unit_id", "unit_id", "ended_at"),
        CheckConstraint("opinion_at IS NULL OR seen_at IS NOT NULL", name="seen"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    opinion_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
