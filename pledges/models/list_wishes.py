"""That somebody wants 待整改公示 switched on in a place, until another person decides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pledges.rules.standing import LONGEST_BASIS
from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base


class ListWish(Base):
    """One place, its legal basis, and who asked; the row goes when it is decided."""

    __tablename__ = "pledge_list_wish"
    __table_args__ = (CheckConstraint("basis <> ''", name="basis"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id), primary_key=True)
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    basis: Mapped[str] = mapped_column(String(LONGEST_BASIS))
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID]
