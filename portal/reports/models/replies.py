"""Prepared words for answers: every version is kept, and none is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.codes import Event


class ReplyTemplate(Base):
    """One version of prepared words, of a unit or for a place and all below it.

    Of one ``code`` at most one version is in use: the index says so, so that two who change the
    same words at once cannot both win.
    """

    __tablename__ = "reply_template"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index(
            "ix_reply_template_in_use",
            "code",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(unit_id IS NULL) <> (place_path IS NULL)", name="owner"),
        CheckConstraint("times_used >= 0", name="times_used"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[UUID | None]
    place_path: Mapped[str | None] = mapped_column(String(200))
    step: Mapped[Event] = code_column(Event)
    category_code: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    times_used: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
