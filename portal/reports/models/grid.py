"""A grid's team, its diary that is only added to, its patrol interval; alerts of new building."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.models.case import of_case
from portal.reports.rules.grid import EntryKind, MemberKind

_STANDING = text("until IS NULL AND person_id IS NOT NULL")


class GridMember(Base):
    """Somebody's belonging to a grid's team (R270). What she may do is a role, not this.

    ``person_id`` where she has an account; else ``name``. Both are emptied when their time is over.
    """

    __tablename__ = "grid_member"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        Index("ix_grid_member_area_id", "area_id", "id"),
        Index("ix_grid_member_until", "until"),
        # nobody stands in one team twice, whoever enters her first
        Index(
            "uq_grid_member_standing",
            "area_id",
            "person_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[MemberKind] = code_column(MemberKind)
    core: Mapped[bool] = mapped_column(Boolean)
    person_id: Mapped[UUID | None]
    name: Mapped[str | None] = mapped_column(String(60))
    since: Mapped[date]
    until: Mapped[date | None]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]


class GridSetting(Base):
    """How often a grid is walked through, where it is not the city's usual interval."""

    __tablename__ = "grid_setting"
    __table_args__ = (CheckConstraint("patrol_days BETWEEN 1 AND 366", name="patrol_days"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    patrol_days: Mapped[int] = mapped_column(Integer)
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class GridEntry(Base):
    """One entry of the diary (R271). Only added: a correction is an entry that names the one it
    corrects, and triggers refuse UPDATE and DELETE on both engines.
    """

    __tablename__ = "grid_entry"
    __table_args__ = (
        Index("ix_grid_entry_area_id_at", "area_id", "at", "id"),
        Index("ix_grid_entry_place_path", "place_path", "at"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    place_path: Mapped[str] = mapped_column(String(255))
    kind: Mapped[EntryKind] = code_column(EntryKind)
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    # how many were there besides, by kind, as JSON
    present: Mapped[str] = mapped_column(Text)
    # where the photo says it was taken, WGS-84
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    # of two who correct one entry at once, one does
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("grid_entry.id"), unique=True)


class GridEntryText(Base):
    """The words of an entry, apart from it, so that a name written by mistake can be taken out."""

    __tablename__ = "grid_entry_text"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("grid_entry.id"), primary_key=True)
    seen: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))


class GridEntryPhoto(Base):
    """A photo of an entry: re-encoded, for staff only."""

    __tablename__ = "grid_entry_photo"
    __table_args__ = (
        Index("ix_grid_entry_photo_entry_id", "entry_id"),
        Index("ix_grid_entry_photo_blob_key", "blob_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("grid_entry.id"))
    code: Mapped[str] = mapped_column(String(32), unique=True)
    blob_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)


class GridEntryCase(Base):
    """A case that an entry speaks of. ``found``: it was made of this very entry (R272)."""

    __tablename__ = "grid_entry_case"
    __table_args__ = (
        of_case("grid_entry_case"),
        Index("ix_grid_entry_case_case", "district", "case_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("grid_entry.id"), primary_key=True)
    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    found: Mapped[bool] = mapped_column(Boolean)


class CaseAlert(Base):
    """That the street was told at once of a new illegal building (R126): whoever writes the row
    sends the messages, once.
    """

    __tablename__ = "case_alert"
    __table_args__ = (of_case("case_alert"), Index("ix_case_alert_raised_at", "raised_at"))

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    raised_at: Mapped[datetime]


SQLITE = (
    "CREATE TRIGGER grid_entry_no_update BEFORE UPDATE ON grid_entry "
    "BEGIN SELECT RAISE(ABORT, 'the diary of a grid is only added to'); END",
    "CREATE TRIGGER grid_entry_no_delete BEFORE DELETE ON grid_entry "
    "BEGIN SELECT RAISE(ABORT, 'the diary of a grid is only added to'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION grid_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the diary of a grid is only added to'; END $$",
    "CREATE TRIGGER grid_entry_no_change BEFORE UPDATE OR DELETE ON grid_entry "
    "FOR EACH ROW EXECUTE FUNCTION grid_entry_is_kept()",
    "CREATE TRIGGER grid_entry_no_truncate BEFORE TRUNCATE ON grid_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION grid_entry_is_kept()",
)
DIARY_TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


@event.listens_for(GridEntry.__table__, "after_create")
def keep_diary(_table: object, connection: Connection, **_options: object) -> None:
    """Install the triggers beside the table."""
    for statement in DIARY_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
