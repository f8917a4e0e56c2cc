"""Links that open one case to somebody without an account, and what came by them.

Only a link's hash is kept. What came waits in tables of its own: nothing of it can be seen on a
public page, in a feed or by a program before somebody of the unit or the desk has taken it over.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from portal.reports.models.case import of_case
from portal.reports.rules.passes import DeclineReason, EntryKind, EntryState, PassKind


class CasePass(Base):
    """One link. ``made_for`` is the unit (None: whoever leads the grid) or the hand-over's step.

    ``uses`` is counted by the first statement of every write through the link: who takes the link
    back at the same moment comes before it or after it, never between.
    """

    __tablename__ = "case_pass"
    __table_args__ = (
        of_case("case_pass"),
        Index("ix_case_pass_case", "district", "case_id"),
        CheckConstraint("(kind = 'outside') = (body IS NOT NULL)", name="body"),
        CheckConstraint("kind = 'outside' OR consent IS NULL", name="consent"),
        CheckConstraint("uses >= 0", name="uses"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[UUID]
    kind: Mapped[PassKind] = code_column(PassKind)
    made_for: Mapped[UUID | None]
    maker_id: Mapped[UUID]
    sealed_name: Mapped[str | None] = mapped_column(Text)
    sealed_phone: Mapped[str | None] = mapped_column(Text)
    # what the helper is to do there, or what the body is asked
    words: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(String(40))
    # how the reporter agreed that the body learns who she is; None: it does not
    consent: Mapped[str | None] = mapped_column(Text)
    answer_by: Mapped[date | None] = mapped_column(Date)
    uses: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class CasePassEntry(Base):
    """Something that came by a link, and what was made of it."""

    __tablename__ = "case_pass_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "pass_id"],
            ["case_pass.district", "case_pass.id"],
            name="fk_case_pass_entry_pass",
            ondelete="CASCADE",
        ),
        Index("ix_case_pass_entry_case", "district", "case_id"),
        Index("ix_case_pass_entry_state", "state", "kind"),
        CheckConstraint(
            "(state IN ('taken', 'set_aside')) = (decided_at IS NOT NULL)", name="decided"
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    pass_id: Mapped[UUID]
    case_id: Mapped[UUID]
    kind: Mapped[EntryKind] = code_column(EntryKind)
    reason: Mapped[DeclineReason | None] = code_column(DeclineReason)
    # emptied once they stand in the history
    words: Mapped[str | None] = mapped_column(Text)
    state: Mapped[EntryState] = code_column(EntryState)
    cycle: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class CasePassPhoto(Base):
    """A photo that came by a link and that nobody has taken over yet."""

    __tablename__ = "case_pass_photo"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "entry_id"],
            ["case_pass_entry.district", "case_pass_entry.id"],
            name="fk_case_pass_photo_entry",
            ondelete="CASCADE",
        ),
        Index("ix_case_pass_photo_entry", "district", "entry_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    entry_id: Mapped[UUID]
    blob_key: Mapped[str] = mapped_column(String(80), index=True)
    thumbnail_key: Mapped[str | None] = mapped_column(String(80), index=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
