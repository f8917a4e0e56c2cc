"""Anonymised releases: their files and cells, what they cost, and whose rating is one unit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"

MOMENT = sa.DateTime(timezone=True)
SQLITE = (
    "CREATE TRIGGER satisfaction_release_fixed_update BEFORE UPDATE ON "
    "satisfaction_release BEGIN SELECT RAISE(ABORT, 'a released month never "
    "changes'); END",
    "CREATE TRIGGER satisfaction_release_fixed_delete BEFORE DELETE ON "
    "satisfaction_release BEGIN SELECT RAISE(ABORT, 'a released month never "
    "changes'); END",
    "CREATE TRIGGER satisfaction_release_cell_fixed_update BEFORE UPDATE ON "
    "satisfaction_release_cell BEGIN SELECT RAISE(ABORT, 'a released month never "
    "changes'); END",
    "CREATE TRIGGER satisfaction_release_cell_fixed_delete BEFORE DELETE ON "
    "satisfaction_release_cell BEGIN SELECT RAISE(ABORT, 'a released month never "
    "changes'); END",
    "CREATE TRIGGER satisfaction_release_pays AFTER INSERT ON satisfaction_release "
    "BEGIN INSERT INTO satisfaction_budget (subject_kind, year, spent_milli) SELECT "
    "NEW.subject_kind, substr(NEW.month, 1, 4), 0 WHERE NOT EXISTS (SELECT 1 FROM "
    "satisfaction_budget WHERE subject_kind = NEW.subject_kind AND year = "
    "substr(NEW.month, 1, 4)); UPDATE satisfaction_budget SET spent_milli = "
    "spent_milli + NEW.epsilon_milli WHERE subject_kind = NEW.subject_kind AND year "
    "= substr(NEW.month, 1, 4); END",
    "CREATE TRIGGER satisfaction_budget_update BEFORE UPDATE ON satisfaction_budget "
    "WHEN NEW.spent_milli < OLD.spent_milli OR NEW.year <> OLD.year OR "
    "NEW.subject_kind <> OLD.subject_kind BEGIN SELECT RAISE(ABORT, 'what was spent "
    "stays spent'); END",
    "CREATE TRIGGER satisfaction_budget_delete BEFORE DELETE ON satisfaction_budget "
    "BEGIN SELECT RAISE(ABORT, 'what was spent stays spent'); END",
)
POSTGRESQL = (
    "CREATE TRIGGER satisfaction_release_fixed BEFORE UPDATE OR DELETE ON "
    "satisfaction_release FOR EACH ROW EXECUTE FUNCTION released_month_is_fixed()",
    "CREATE TRIGGER satisfaction_release_cell_fixed BEFORE UPDATE OR DELETE ON "
    "satisfaction_release_cell FOR EACH ROW EXECUTE FUNCTION "
    "released_month_is_fixed()",
    "CREATE OR REPLACE FUNCTION satisfaction_release_pays() RETURNS trigger LANGUAGE "
    "plpgsql AS $$ BEGIN INSERT INTO satisfaction_budget (subject_kind, year, "
    "spent_milli) VALUES (NEW.subject_kind, substr(NEW.month, 1, 4), 0) ON CONFLICT "
    "DO NOTHING; UPDATE satisfaction_budget SET spent_milli = spent_milli + "
    "NEW.epsilon_milli WHERE subject_kind = NEW.subject_kind AND year = "
    "substr(NEW.month, 1, 4); RETURN NULL; END $$",
    "CREATE TRIGGER satisfaction_release_pays AFTER INSERT ON satisfaction_release "
    "FOR EACH ROW EXECUTE FUNCTION satisfaction_release_pays()",
    "CREATE OR REPLACE FUNCTION satisfaction_budget_stays() RETURNS trigger LANGUAGE "
    "plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NEW.spent_milli >= "
    "OLD.spent_milli AND NEW.year = OLD.year AND NEW.subject_kind = OLD.subject_kind "
    "THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'what was spent stays spent'; "
    "END $$",
    "CREATE TRIGGER satisfaction_budget_stays BEFORE UPDATE OR DELETE ON "
    "satisfaction_budget FOR EACH ROW EXECUTE FUNCTION satisfaction_budget_stays()",
)


def upgrade() -> None:
    _satisfaction_budget()
    _satisfaction_release()
    _satisfaction_release_cell()
    _rating()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _satisfaction_budget() -> None:
    op.create_table(
        "satisfaction_budget",
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("year", sa.String(length=4), nullable=False),
        sa.Column("spent_milli", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "spent_milli BETWEEN 0 AND 14000", name=op.f("ck_satisfaction_budget_yearly_cap")
        ),
        sa.PrimaryKeyConstraint("subject_kind", "year", name=op.f("pk_satisfaction_budget")),
    )


def _satisfaction_release_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("epsilon_milli", sa.Integer(), nullable=False),
        sa.Column("satisfied_levels", sa.SmallInteger(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("data_csv", sa.Text(), nullable=False),
        sa.Column("measurements_json", sa.Text(), nullable=False),
        sa.Column("metadata_json", sa.Text(), nullable=False),
        sa.Column("rebuild_py", sa.Text(), nullable=False),
    ]


def _satisfaction_release() -> None:
    op.create_table(
        "satisfaction_release",
        *_satisfaction_release_columns(),
        sa.CheckConstraint(
            "(version = 1) = (reason IS NULL)", name=op.f("ck_satisfaction_release_reason")
        ),
        sa.CheckConstraint(
            "epsilon_milli >= 1", name=op.f("ck_satisfaction_release_epsilon_milli")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_satisfaction_release_version")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_satisfaction_release")),
        sa.UniqueConstraint(
            "subject_kind",
            "month",
            "version",
            name=op.f("uq_satisfaction_release_subject_kind_month_version"),
        ),
    )


def _satisfaction_release_cell_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("span", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("parent_level", sa.String(length=32), nullable=True),
        sa.Column("parent_code", sa.String(length=64), nullable=True),
        sa.Column("name_zh_hans", sa.String(length=160), nullable=False),
        sa.Column("name_zh_hant", sa.String(length=160), nullable=True),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("closed", sa.Integer(), nullable=True),
        sa.Column("look_at", sa.String(length=64), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
    ]


def _satisfaction_release_cell_columns1() -> list[sa.Column[Any]]:
    return [
        sa.Column("satisfied", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Integer(), nullable=True),
        sa.Column("satisfied_share", sa.Float(), nullable=True),
        sa.Column("satisfied_low", sa.Float(), nullable=True),
        sa.Column("satisfied_high", sa.Float(), nullable=True),
        sa.Column("solved_share", sa.Float(), nullable=True),
        sa.Column("solved_low", sa.Float(), nullable=True),
        sa.Column("solved_high", sa.Float(), nullable=True),
        sa.Column("mean_score", sa.Float(), nullable=True),
        sa.Column("response_rate", sa.Float(), nullable=True),
        sa.Column("weighted_share", sa.Float(), nullable=True),
        sa.Column("noise_scale", sa.Float(), nullable=False),
        sa.Column("effective_n", sa.Integer(), nullable=True),
    ]


def _satisfaction_release_cell() -> None:
    op.create_table(
        "satisfaction_release_cell",
        *_satisfaction_release_cell_columns(),
        *_satisfaction_release_cell_columns1(),
        sa.CheckConstraint(
            "span IN ('month', 'quarter')", name=op.f("ck_satisfaction_release_cell_span")
        ),
        sa.CheckConstraint(
            "(answered IS NULL) = (satisfied IS NULL) AND (answered IS NULL) = (solved IS NULL) "
            "AND (answered IS NULL) = (satisfied_share IS NULL)",
            name=op.f("ck_satisfaction_release_cell_whole_row"),
        ),
        sa.ForeignKeyConstraint(
            ["slug"], ["satisfaction_release.slug"], name=op.f("fk_satisfaction_release_cell_slug")
        ),
        sa.PrimaryKeyConstraint(
            "slug", "span", "level", "code", name=op.f("pk_satisfaction_release_cell")
        ),
    )
    op.create_index(
        "ix_satisfaction_release_cell_path", "satisfaction_release_cell", ["path"], unique=False
    )


def _rating() -> None:
    op.add_column("rating", sa.Column("month", sa.String(length=7), nullable=True))
    op.add_column("rating", sa.Column("unit_key", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_rating_subject_kind_month", "rating", ["subject_kind", "month"], unique=False
    )
