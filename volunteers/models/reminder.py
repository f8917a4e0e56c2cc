"""What people were told about their shifts by the clock, and what organisers wrote to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.announcing import LONGEST_WORDS
from volunteers.rules.reminders import Reminder


class ShiftReminder(Base):
    """That somebody was reminded: once for each start of her shift, once for each change of it."""

    __tablename__ = "volunteer_reminder"

    sign_up_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_sign_up.id"), primary_key=True)
    kind: Mapped[Reminder] = code_column(Reminder, primary_key=True)
    about: Mapped[datetime] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


class Announcement(Base):
    """What an organiser wrote once, to a team or to all on a shift."""

    __tablename__ = "volunteer_announcement"
    __table_args__ = (
        CheckConstraint("(team_id IS NULL) <> (shift_id IS NULL)", name="target"),
        Index("ix_volunteer_announcement_team_id", "team_id", "sent_at"),
        Index("ix_volunteer_announcement_shift_id", "shift_id", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_team.id"))
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_shift.id"))
    writer_id: Mapped[UUID]
    sent_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))


class AnnouncementReceiver(Base):
    """Who got it. Rows are added when it is sent: who joins later does not read the old ones."""

    __tablename__ = "volunteer_announcement_receiver"
    __table_args__ = (
        Index("ix_volunteer_announcement_receiver_person_id", "person_id", "announcement_id"),
    )

    announcement_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_announcement.id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    read_at: Mapped[datetime | None]
