"""Listed supervision (挂牌督办), and what is kept of each day's look at the city."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.supervision import Ending

OPEN_LISTING = text("delisted_at IS NULL")


class SupervisionListing(Base):
    """A case under listed supervision, from listing to delisting. Counted for unit and place.

    ``unit_id`` and ``place_path`` are the case's when it was listed: they are what is scored.
    ``condition`` None: what the list of conditions says of the kind, in the reader's language.
    """

    __tablename__ = "supervision_listing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"],
            ["cases.district", "cases.id"],
            name="fk_supervision_listing_case",
        ),
        CheckConstraint("(delisted_at IS NULL) = (ending IS NULL)", name="ending"),
        # one open listing of a case, whoever comes first
        Index(
            "uq_supervision_listing_open",
            "district",
            "case_id",
            unique=True,
            sqlite_where=OPEN_LISTING,
            postgresql_where=OPEN_LISTING,
        ),
        Index("ix_supervision_listing_delisted_at", "delisted_at", "id"),
        Index("ix_supervision_listing_listed_on", "listed_on", "place_path"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    district: Mapped[str] = mapped_column(String(12))
    case_id: Mapped[UUID]
    place_path: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[UUID | None]
    listed_at: Mapped[datetime]
    listed_on: Mapped[date]
    # None: the day's own job, because the matter was overdue
    listed_by: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    # whose supervision it is: the street's, and once it was passed up the city's
    supervisor_path: Mapped[str] = mapped_column(String(200))
    deadline_days: Mapped[int] = mapped_column(Integer)
    deadline_at: Mapped[datetime | None]
    condition: Mapped[str | None] = mapped_column(Text)
    escalated_at: Mapped[datetime | None]
    delisted_at: Mapped[datetime | None]
    delisted_by: Mapped[UUID | None]
    ending: Mapped[Ending | None] = code_column(Ending)
    finding: Mapped[str | None] = mapped_column(Text)


class SupervisionDay(Base):
    """That a day was looked back at: whoever writes its row does the work, once."""

    __tablename__ = "supervision_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]


class StreetDigest(Base):
    """One day of one street, as it was counted at its hour (R290).

    ``overdue`` and ``listed`` None: nobody looked on that day, and later it cannot be told.
    ``numbers`` are the cases behind each figure, as JSON.
    """

    __tablename__ = "street_digest"
    __table_args__ = (Index("ix_street_digest_place_path_day", "place_path", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True)
    place_path: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    came: Mapped[int] = mapped_column(Integer)
    settled: Mapped[int] = mapped_column(Integer)
    overdue: Mapped[int | None] = mapped_column(Integer)
    listed: Mapped[int | None] = mapped_column(Integer)
    numbers: Mapped[str] = mapped_column(Text)
