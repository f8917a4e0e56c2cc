"""Rosters: who wants to be asked, and what was proposed at once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id, new_number


class AskMe(Base):
    """That somebody wants to be asked for rosters; without a row nobody thinks of her (条例, 25).

    ``place_path``: where she would serve. ``away_until``: the last day on which she is away.
    """

    __tablename__ = "volunteer_ask_me"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.person_id"), primary_key=True)
    agreed_at: Mapped[datetime]
    place_path: Mapped[str] = mapped_column(String(200))
    away_until: Mapped[date | None]


class AskMeWindow(Base):
    """When somebody can serve, every week: minutes of a day on the wall clock, half-open."""

    __tablename__ = "volunteer_ask_me_window"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start_minute >= 0", name="start"),
        CheckConstraint("end_minute > start_minute AND end_minute <= 1440", name="end"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.person_id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(Integer, primary_key=True)
    start_minute: Mapped[int] = mapped_column(Integer, primary_key=True)
    end_minute: Mapped[int] = mapped_column(Integer)


class RosterBatch(Base):
    """What was proposed at once for a week of an activity, so that it can be undone at once."""

    __tablename__ = "volunteer_roster"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_volunteer_roster_activity_id", "activity_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), default=new_number)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
    monday: Mapped[date]
    made_at: Mapped[datetime]
    maker_id: Mapped[UUID]
    undone_at: Mapped[datetime | None]


class RosterProposal(Base):
    """Which sign-ups a roster made."""

    __tablename__ = "volunteer_roster_proposal"
    __table_args__ = (Index("ix_volunteer_roster_proposal_roster_id", "roster_id"),)

    sign_up_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_sign_up.id"), primary_key=True)
    roster_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_roster.id"))
