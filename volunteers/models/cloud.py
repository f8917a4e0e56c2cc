"""Who somebody is in the volunteer cloud."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from volunteers.rules.cloud import LONGEST_ID


class CloudLink(Base):
    """A person's number there, as she gave it: one number is one person's."""

    __tablename__ = "volunteer_cloud_link"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cloud_id: Mapped[str] = mapped_column(String(LONGEST_ID), unique=True)
    linked_at: Mapped[datetime]
