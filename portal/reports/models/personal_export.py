"""Personal fields handed out in bulk: asked for by one person, decided by another, taken once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.personal_export import ExportState


class PersonalExport(Base):
    """A wish to hand out personal fields. The file is made when it is taken, and kept nowhere."""

    __tablename__ = "personal_export"
    __table_args__ = (
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        Index("ix_personal_export_asked_by_id", "asked_by", "id"),
        Index("ix_personal_export_state_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[ExportState] = code_column(ExportState)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(500))
    basis: Mapped[str] = mapped_column(String(500))
    fields: Mapped[str] = mapped_column(String(200))
    place_path: Mapped[str | None] = mapped_column(String(200))
    category_code: Mapped[str | None] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    people: Mapped[int] = mapped_column(Integer)
    left_out: Mapped[int] = mapped_column(Integer)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(String(500))
    expires_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    rows: Mapped[int | None] = mapped_column(Integer)
