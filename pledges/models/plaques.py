"""Plaques: codes that are printed, and to which door each was bound from when to when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pledges.models.keys import DISTRICT_LENGTH, InDistrict, only_one, within
from pledges.rules.plaques import CODE_LENGTH, LONGEST_REASON, BindingEnd, PlaqueState
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number


class PlaqueBatch(Base):
    """Codes that were issued at once for a place, to be printed."""

    __tablename__ = "pledge_plaque_batch"
    __table_args__ = (
        CheckConstraint("plaques >= 1", name="plaques"),
        Index("ix_pledge_plaque_batch_place_path", "place_path", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    plaques: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class Plaque(Base):
    """A plaque by its public code. The row stays for ever: an old one says what became of it.

    ``district`` is that of its door, and of no other; which door, ``PlaqueBinding`` says.
    """

    __tablename__ = "pledge_plaque"
    __table_args__ = (
        CheckConstraint("(state = 'replaced') = (replaced_by IS NOT NULL)", name="replaced"),
        CheckConstraint("replaced_by IS NULL OR replaced_by <> code", name="other"),
        CheckConstraint("(ended_at IS NULL) = (state IN ('issued', 'bound'))", name="ended"),
        Index("ix_pledge_plaque_batch_id", "batch_id", "code"),
        Index("ix_pledge_plaque_replaced_by", "replaced_by"),
    )

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True, default=new_number)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("pledge_plaque_batch.id"))
    district: Mapped[str] = mapped_column(String(DISTRICT_LENGTH))
    state: Mapped[PlaqueState] = code_column(PlaqueState, default=PlaqueState.ISSUED)
    issued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("pledge_plaque.code"))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class PlaqueBinding(InDistrict):
    """That a plaque hangs at a door. A change of tenant ends the row, and another begins."""

    __tablename__ = "pledge_plaque_binding"
    __table_args__ = (
        within("pledge_plaque_binding", "premises_id", "premises"),
        within("pledge_plaque_binding", "operator_id", "premises_operator"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        only_one("pledge_plaque_binding_code", "code", where="ended_at IS NULL"),
        only_one(
            "pledge_plaque_binding_door", "district", "premises_id", where="ended_at IS NULL"
        ),
        Index("ix_pledge_plaque_binding_code", "code", "bound_at"),
        Index("ix_pledge_plaque_binding_premises_id", "district", "premises_id", "bound_at"),
    )  # fmt: skip

    code: Mapped[str] = mapped_column(ForeignKey("pledge_plaque.code"))
    premises_id: Mapped[UUID]
    operator_id: Mapped[UUID | None]
    bound_at: Mapped[datetime]
    bound_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[BindingEnd | None] = code_column(BindingEnd)
