"""Tables of ratings, their erasable words, and the months' figures that never change again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.satisfaction.rules import Reason, SubjectKind


class Rating(Base):
    """One rater's answer about one cycle of a subject. ``rater_key`` says nothing by itself.

    ``version`` counts changes: a form says which one it was made from.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("district", "subject_kind", "subject_id", "cycle", "rater_key"),
        CheckConstraint("result_level BETWEEN 1 AND 5", name="result_level"),
        CheckConstraint("service_level BETWEEN 1 AND 5", name="service_level"),
        CheckConstraint("cycle >= 1", name="cycle"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_rating_window_ends", "window_ends"),
        Index("ix_rating_rater_key", "rater_key"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_kind: Mapped[SubjectKind] = code_column(SubjectKind)
    subject_id: Mapped[UUID]
    cycle: Mapped[int] = mapped_column(Integer)
    rater_key: Mapped[UUID]
    solved: Mapped[bool] = mapped_column(Boolean)
    result_level: Mapped[int] = mapped_column(SmallInteger)
    service_level: Mapped[int] = mapped_column(SmallInteger)
    place_path: Mapped[str] = mapped_column(String(255))
    category_code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    window_ends: Mapped[datetime]


class RatingReason(Base):
    """A reason somebody ticked."""

    __tablename__ = "rating_reason"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_reason"
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    rating_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[Reason] = code_column(Reason, primary_key=True)


class RatingWords(Base):
    """The free words of a rating, sealed, and apart from it so that they can be erased."""

    __tablename__ = "rating_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_words"
        ),
        Index("ix_rating_words_written_at", "written_at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    rating_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed_text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class MonthRelease(Base):
    """A month whose figures were made, once, and the settings they were made with.

    ``released_by`` names the method, so that a later one knows which months are spent.
    """

    __tablename__ = "month_release"
    __table_args__ = (
        CheckConstraint("satisfied_levels BETWEEN 1 AND 4", name="satisfied_levels"),
        CheckConstraint("window_days >= 1", name="window_days"),
    )

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    released_by: Mapped[str] = mapped_column(String(16))
    computed_at: Mapped[datetime]
    window_days: Mapped[int] = mapped_column(Integer)
    satisfied_levels: Mapped[int] = mapped_column(SmallInteger)
    smallest_cell: Mapped[int] = mapped_column(SmallInteger)


class MonthFigure(Base):
    """One place in one month as everybody may read it. Withheld numbers are not stored at all."""

    __tablename__ = "month_figure"
    __table_args__ = (
        Index("ix_month_figure_month_parent_path", "month", "parent_path"),
        CheckConstraint("closed IS NULL OR closed >= 0", name="closed"),
        CheckConstraint(
            "(answered IS NULL) = (solved IS NULL) AND (answered IS NULL) = (satisfied IS NULL)",
            name="whole_row",
        ),
        CheckConstraint("solved BETWEEN 0 AND answered", name="solved"),
        CheckConstraint("satisfied BETWEEN 0 AND answered", name="satisfied"),
    )

    month: Mapped[str] = mapped_column(ForeignKey("month_release.month"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    parent_path: Mapped[str | None] = mapped_column(String(255))
    area_code: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(32))
    closed: Mapped[int | None] = mapped_column(Integer)
    answered: Mapped[int | None] = mapped_column(Integer)
    solved: Mapped[int | None] = mapped_column(Integer)
    satisfied: Mapped[int | None] = mapped_column(Integer)


_REFUSE = "a released month never changes"
FIXED_TABLES = ("month_release", "month_figure")


def fixing_statements(dialect: str) -> list[str]:
    """The triggers that refuse to change a released month; the migration runs the same."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_fixed_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
            for table in FIXED_TABLES
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION released_month_is_fixed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION released_month_is_fixed()"
        for table in FIXED_TABLES
    ]
    return [function, *triggers]


@event.listens_for(MonthFigure.__table__, "after_create")
def fix_released_months(_table: object, connection: Connection, **_options: object) -> None:
    """Install the triggers beside the tables: figures are made after their releases."""
    for statement in fixing_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
