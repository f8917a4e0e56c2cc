"""Orders of other systems that became cases here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class ExternalOrder(Base):
    """An order's number in its system, and the case it became: the key lets each become one.

    The hashes tell whether a row that comes again says anything new. No foreign key: the row is
    written first, so that of two imports at once one gets the number and the other leaves it.
    """

    __tablename__ = "external_order"
    __table_args__ = (
        Index("ix_external_order_number", "number"),
        Index("ix_external_order_district_case_id", "district", "case_id", unique=True),
    )

    system: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(64), primary_key=True)
    district: Mapped[str] = mapped_column(String(12))
    case_id: Mapped[UUID]
    told: Mapped[str] = mapped_column(String(64))
    progress: Mapped[str] = mapped_column(String(64))
    # the case's version when an import touched it last: whoever moved it since has the say
    version: Mapped[int] = mapped_column(Integer)
    unit_name: Mapped[str | None] = mapped_column(String(200))
    no_answer: Mapped[bool] = mapped_column(Boolean, default=False)
    late: Mapped[bool | None]
    imported_at: Mapped[datetime]
    changed_at: Mapped[datetime]
