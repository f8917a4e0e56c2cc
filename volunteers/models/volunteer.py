"""Somebody who serves: that she registered, and what she agreed to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_number
from volunteers.rules.activities import TAG_LENGTH


class Volunteer(Base):
    """One row a person. ``named_at``: since when her name may be shown (条例, article 20).
    ``day_before`` and ``hours_before``: whether she wants to be reminded then."""

    __tablename__ = "volunteer"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    registered_at: Mapped[datetime]
    named_at: Mapped[datetime | None]
    day_before: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    hours_before: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())


class VolunteerInterest(Base):
    """What she would like to do, if she said so (``data/activity-tags.tsv``)."""

    __tablename__ = "volunteer_interest"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.person_id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(TAG_LENGTH), primary_key=True)
