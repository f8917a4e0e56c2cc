"""Early warnings: one row for each spike; reports on dispatch, frozen with their months."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"

MOMENT = sa.DateTime(timezone=True)
WHY = "a frozen report never changes"
SQLITE = tuple(
    f"CREATE TRIGGER assessment_dispatch_fixed_{verb.lower()} BEFORE {verb} ON assessment_dispatch "
    f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION frozen_dispatch_is_fixed() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$",
    "CREATE TRIGGER assessment_dispatch_fixed BEFORE UPDATE OR DELETE ON assessment_dispatch "
    "FOR EACH ROW EXECUTE FUNCTION frozen_dispatch_is_fixed()",
)


def upgrade() -> None:
    _report_spike()
    _assessment_dispatch()
    dialect = op.get_bind().dialect.name
    for statement in SQLITE if dialect == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _assessment_dispatch() -> None:
    op.create_table(
        "assessment_dispatch",
        sa.Column("month", sa.String(length=8), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("table_csv", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_assessment_dispatch"),
    )


def _report_spike_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7)),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("peak", sa.Float(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("bound", sa.Float(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("seen_at", MOMENT),
        sa.Column("seen_by", sa.Uuid()),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("note", sa.String(length=300)),
    ]


def _report_spike() -> None:
    op.create_table(
        "report_spike",
        *_report_spike_columns(),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (note IS NULL)", name="ck_report_spike_answered"
        ),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name="ck_report_spike_seen_by"),
        sa.CheckConstraint(
            "answered_at IS NULL OR seen_at IS NOT NULL", name="ck_report_spike_seen"
        ),
        sa.CheckConstraint("ended_at >= began_at", name="ck_report_spike_ended"),
        sa.PrimaryKeyConstraint("id", name="pk_report_spike"),
        sa.UniqueConstraint("number", name="uq_report_spike_number"),
    )
    op.create_index(
        "ix_report_spike_ended_at", "report_spike", ["ended_at", "place_path"], unique=False
    )
    op.create_index(
        "uq_report_spike_running",
        "report_spike",
        ["measure", "place_path", "category_code"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
