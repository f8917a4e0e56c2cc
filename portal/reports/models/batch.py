"""What a clerk did to several cases at once, and what each was before, so that it can be undone."""

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

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.batches import BatchAction
from portal.reports.rules.codes import State


class DeskBatch(Base):
    """One press of a button. A single case that is confirmed by one key is a batch of one."""

    __tablename__ = "desk_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    actor_id: Mapped[UUID]
    action: Mapped[BatchAction] = code_column(BatchAction)
    at: Mapped[datetime] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]


class DeskBatchCase(Base):
    """One case of a batch: refused with a code, or done. ``was_…`` are its columns before.

    ``version`` and ``touched_at`` are the case's after the batch: while they stand, nobody has
    touched it since.
    """

    __tablename__ = "desk_batch_case"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_desk_batch_case_case"
        ),
        CheckConstraint("(refusal IS NULL) = (version IS NOT NULL)", name="outcome"),
        CheckConstraint("undone_at IS NULL OR kept IS NULL", name="undone"),
        Index("ix_desk_batch_case_batch_id", "batch_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("desk_batch.id"), primary_key=True)
    # the code of why it was not done, and of why it could not be undone
    refusal: Mapped[str | None] = mapped_column(String(40))
    kept: Mapped[str | None] = mapped_column(String(40))
    undone_at: Mapped[datetime | None]
    version: Mapped[int | None] = mapped_column(Integer)
    touched_at: Mapped[datetime | None]
    was_state: Mapped[State | None] = code_column(State)
    was_listed: Mapped[bool | None] = mapped_column(Boolean)
    was_unit_id: Mapped[UUID | None]
    was_dispatcher_id: Mapped[UUID | None]
    was_accepted_at: Mapped[datetime | None]
    was_dispatched_at: Mapped[datetime | None]
    was_category_code: Mapped[str | None] = mapped_column(String(40))
    was_urgent: Mapped[bool | None] = mapped_column(Boolean)
    was_limit_minutes: Mapped[int | None] = mapped_column(Integer)
    was_round_the_clock: Mapped[bool | None] = mapped_column(Boolean)
    was_promised_at: Mapped[datetime | None]
    was_promised_days: Mapped[int | None] = mapped_column(Integer)
    was_condition: Mapped[str | None] = mapped_column(String(40))
    was_limit_tag: Mapped[str | None] = mapped_column(String(32))
    was_limit_from: Mapped[date | None]
    was_calendar_code: Mapped[str | None] = mapped_column(String(40))
    was_times_reassigned: Mapped[int | None] = mapped_column(Integer, server_default="0")


# the columns that an undo puts back
RESTORED = tuple(
    name.removeprefix("was_")
    for name in DeskBatchCase.__table__.columns.keys()  # noqa: SIM118  columns are no mapping
    if name.startswith("was_")
)
