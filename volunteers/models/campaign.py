"""Dated campaigns: an activity of that kind has days, and others belong to it (R022)."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class CampaignDays(Base):
    """From which day to which a campaign lasts, both included."""

    __tablename__ = "volunteer_campaign_days"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="order"),
        Index("ix_volunteer_campaign_days_last_on", "last_on"),
    )

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"), primary_key=True)
    first_on: Mapped[date]
    last_on: Mapped[date]


class CampaignPart(Base):
    """That an activity belongs to a campaign: to one at a time."""

    __tablename__ = "volunteer_campaign_part"
    __table_args__ = (
        CheckConstraint("activity_id <> campaign_id", name="other"),
        Index("ix_volunteer_campaign_part_campaign_id", "campaign_id"),
    )

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"), primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
