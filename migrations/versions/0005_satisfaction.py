"""Satisfaction: ratings and the months' figures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# a released month never changes: as portal.satisfaction.models
SQLITE = (
    (
        "CREATE TRIGGER month_release_fixed_update BEFORE UPDATE ON month_release BEGIN "
        "SELECT RAISE(ABORT, 'a released month never changes'); END"
    ),
    (
        "CREATE TRIGGER month_release_fixed_delete BEFORE DELETE ON month_release BEGIN "
        "SELECT RAISE(ABORT, 'a released month never changes'); END"
    ),
    (
        "CREATE TRIGGER month_figure_fixed_update BEFORE UPDATE ON month_figure BEGIN SELECT "
        "RAISE(ABORT, 'a released month never changes'); END"
    ),
    (
        "CREATE TRIGGER month_figure_fixed_delete BEFORE DELETE ON month_figure BEGIN SELECT "
        "RAISE(ABORT, 'a released month never changes'); END"
    ),
)
POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION released_month_is_fixed() RETURNS trigger LANGUAGE "
        "plpgsql AS $$ BEGIN RAISE EXCEPTION 'a released month never changes'; END $$"
    ),
    (
        "CREATE TRIGGER month_release_fixed BEFORE UPDATE OR DELETE ON month_release FOR EACH"
        " ROW EXECUTE FUNCTION released_month_is_fixed()"
    ),
    (
        "CREATE TRIGGER month_figure_fixed BEFORE UPDATE OR DELETE ON month_figure FOR EACH "
        "ROW EXECUTE FUNCTION released_month_is_fixed()"
    ),
)


def upgrade() -> None:
    _month_release()
    _rating()
    _month_figure()
    _rating_reason()
    _rating_words()
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


def _month_release() -> None:
    op.create_table(
        "month_release",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("released_by", sa.String(length=16), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("satisfied_levels", sa.SmallInteger(), nullable=False),
        sa.Column("smallest_cell", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "satisfied_levels BETWEEN 1 AND 4", name=op.f("ck_month_release_satisfied_levels")
        ),
        sa.CheckConstraint("window_days >= 1", name=op.f("ck_month_release_window_days")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_release")),
    )


def _rating() -> None:
    op.create_table(
        "rating",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("rater_key", sa.Uuid(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("result_level", sa.SmallInteger(), nullable=False),
        sa.Column("service_level", sa.SmallInteger(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_ends", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_rating_cycle")),
        sa.CheckConstraint("result_level BETWEEN 1 AND 5", name=op.f("ck_rating_result_level")),
        sa.CheckConstraint("service_level BETWEEN 1 AND 5", name=op.f("ck_rating_service_level")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_rating_version")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "district",
            "subject_kind",
            "subject_id",
            "cycle",
            "rater_key",
            name=op.f("uq_rating_district_subject_kind_subject_id_cycle_rater_key"),
        ),
    )
    op.create_index("ix_rating_rater_key", "rating", ["rater_key"], unique=False)
    op.create_index("ix_rating_window_ends", "rating", ["window_ends"], unique=False)


def _month_figure() -> None:
    op.create_table(
        "month_figure",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("parent_path", sa.String(length=255), nullable=True),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Integer(), nullable=True),
        sa.Column("satisfied", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answered IS NULL) = (solved IS NULL) AND (answered IS NULL) = (satisfied IS NULL)",
            name=op.f("ck_month_figure_whole_row"),
        ),
        sa.CheckConstraint("closed IS NULL OR closed >= 0", name=op.f("ck_month_figure_closed")),
        sa.CheckConstraint(
            "satisfied BETWEEN 0 AND answered", name=op.f("ck_month_figure_satisfied")
        ),
        sa.CheckConstraint("solved BETWEEN 0 AND answered", name=op.f("ck_month_figure_solved")),
        sa.ForeignKeyConstraint(
            ["month"], ["month_release.month"], name=op.f("fk_month_figure_month")
        ),
        sa.PrimaryKeyConstraint("month", "path", name=op.f("pk_month_figure")),
    )
    op.create_index(
        "ix_month_figure_month_parent_path", "month_figure", ["month", "parent_path"], unique=False
    )


def _rating_reason() -> None:
    op.create_table(
        "rating_reason",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_reason"
        ),
        sa.PrimaryKeyConstraint("district", "rating_id", "reason", name=op.f("pk_rating_reason")),
    )


def _rating_words() -> None:
    op.create_table(
        "rating_words",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_words"
        ),
        sa.PrimaryKeyConstraint("district", "rating_id", name=op.f("pk_rating_words")),
    )
    op.create_index("ix_rating_words_written_at", "rating_words", ["written_at"], unique=False)
