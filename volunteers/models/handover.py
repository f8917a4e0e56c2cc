"""Offers to hand a seat to somebody else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.handovers import HandoverKind, HandoverState

_OPEN = text("state = 'offered'")


class Handover(Base):
    """One offer. ``wanted_shift_id``: the shift she wants for it (a swap). ``until``: the start of
    the earlier shift. ``taken_by_id``: the sign-up that came of it on the giver's shift."""

    __tablename__ = "volunteer_handover"
    __table_args__ = (
        CheckConstraint("(kind = 'swap') = (wanted_shift_id IS NOT NULL)", name="swap"),
        CheckConstraint("(state = 'accepted') = (taken_by_id IS NOT NULL)", name="accepted"),
        Index(
            "uq_volunteer_handover_open",
            "sign_up_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_volunteer_handover_wanted_shift_id", "wanted_shift_id", "state"),
        Index("ix_volunteer_handover_taken_by_id", "taken_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    kind: Mapped[HandoverKind] = code_column(HandoverKind)
    state: Mapped[HandoverState] = code_column(HandoverState)
    sign_up_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_sign_up.id"))
    wanted_shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_shift.id"))
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_sign_up.id"))
    made_at: Mapped[datetime]
    until: Mapped[datetime]
