"""Who speaks for a shop before the ledger: read its notices, object, ask for a review."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.speaking import SOURCE_LENGTH
from portal.kernel.db import Base


class Speaker(Base):
    """That somebody speaks for a shop or unit, and by which bond of a package above: one row a
    bond, so that who runs two branches still speaks when one of them closes."""

    __tablename__ = "credit_speaker"
    __table_args__ = (
        Index("ix_credit_speaker_organisation_id", "organisation_id"),
        Index("ix_credit_speaker_person_id", "person_id"),
    )

    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID]
    since: Mapped[datetime]
