"""Visits at the door (入户): that somebody came, as what, for what (R278, R295)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import InDistrict, within
from pledges.rules.inspections import LONGEST_REASON, Body
from pledges.rules.visits import LONGEST_WORDS, VisitPurpose
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import code_column
from portal.kernel.ids import new_number


class DoorVisit(InDistrict):
    """One visit. ``agreed``: whoever was there said yes to its being noted; without it only that
    somebody came is kept, and no words. Words that lead to a person are refused."""

    __tablename__ = "pledge_visit"
    __table_args__ = (
        within("pledge_visit", "premises_id", "premises"),
        within("pledge_visit", "operator_id", "premises_operator"),
        CheckConstraint("agreed OR words IS NULL", name="agreed"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void"),
        Index("ix_pledge_visit_premises_id", "district", "premises_id", "at"),
        Index("ix_pledge_visit_place_path", "place_path", "at"),
    )

    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID | None]
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    purpose: Mapped[VisitPurpose] = code_column(VisitPurpose)
    body: Mapped[Body] = code_column(Body)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    visitor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    agreed: Mapped[bool] = mapped_column(Boolean)
    words: Mapped[str | None] = mapped_column(String(LONGEST_WORDS))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
