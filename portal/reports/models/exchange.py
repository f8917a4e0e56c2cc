"""Orders of other systems that became cases here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class ExternalOrder(Base):
    """An order's number in its system, and the case it became or joined: the key lets each be one.

    One case may have several: of every caller who joined it, the hotline has an order of its own.

    The hashes tell whether a row that comes again says anything new. No foreign key: the row is
    written first, so that of two imports at once one gets the number and the other leaves it.
    """

    __tablename__ = "external_order"
    __table_args__ = (
        Index("ix_external_order_number", "number"),
        Index("ix_external_order_district_case_id", "district", "case_id"),
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


_STANDING = text("ended_at IS NULL")


class ColumnMap(Base):
    """What the columns of a file say, saved by staff under a name. Never changed: it ends, and
    another may have its name then. ``spec`` is a map as in its TOML file, as JSON.
    """

    __tablename__ = "column_map"
    __table_args__ = (
        Index(
            "uq_column_map_standing",
            "name",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    spec: Mapped[str] = mapped_column(Text)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
