"""Published versions of conventions, which never change; filing; plain readings."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"

MOMENT = sa.DateTime(timezone=True)
FIXED = ("convention_version", "convention_version_clause", "convention_version_script")
WHY = "a published convention never changes"
FUNCTION = (
    "CREATE OR REPLACE FUNCTION published_convention_is_fixed() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$"
)


def upgrade() -> None:
    _convention_filing()
    _convention_version()
    _convention_reading()
    _convention_version_clause()
    _convention_version_script()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
    for table in FIXED:
        _fix(table)


def _fix(table: str) -> None:
    """Triggers that refuse to change or drop a row of what was published."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_fixed_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION published_convention_is_fixed()"
    )


def _convention_filing_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("filed_with", sa.String(length=200)),
        sa.Column("filing_number", sa.String(length=60)),
        sa.Column("filed_on", sa.Date()),
        sa.Column("filed_at", MOMENT),
        sa.Column("filed_by", sa.Uuid()),
        sa.Column("document_key", sa.String(length=80)),
    ]


def _convention_filing() -> None:
    op.create_table(
        "convention_filing",
        *_convention_filing_columns(),
        sa.CheckConstraint(
            "(filed_on IS NULL) = (filed_at IS NULL)", name="ck_convention_filing_filed"
        ),
        sa.CheckConstraint(
            "(filed_on IS NULL) = (filing_number IS NULL)", name="ck_convention_filing_number"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_filing_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_filing"),
        sa.UniqueConstraint("round_id", name="uq_convention_filing_round"),
    )
    op.create_index("ix_convention_filing_document_key", "convention_filing", ["document_key"])
    op.create_index("ix_convention_filing_due_on", "convention_filing", ["due_on"])


def _convention_version_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("preamble", sa.Text()),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Uuid()),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.Uuid()),
    ]


def _convention_version() -> None:
    op.create_table(
        "convention_version",
        *_convention_version_columns(),
        sa.CheckConstraint("effective_from >= adopted_on", name="ck_convention_version_days"),
        sa.CheckConstraint(
            "review_on IS NULL OR review_on > effective_from",
            name="ck_convention_version_review",
        ),
        sa.CheckConstraint("version >= 1", name="ck_convention_version_version"),
        sa.ForeignKeyConstraint(
            ["convention_id"], ["convention.id"], name="fk_convention_version_convention_id"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_version_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_version"),
        sa.UniqueConstraint("convention_id", "version", name="uq_convention_version_number"),
        sa.UniqueConstraint("round_id", name="uq_convention_version_round"),
    )


def _convention_reading() -> None:
    op.create_table(
        "convention_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("written_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["version_id"], ["convention_version.id"], name="fk_convention_reading_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_reading"),
    )
    op.create_index("ix_convention_reading_version_id", "convention_reading", ["version_id", "at"])


def _convention_version_clause() -> None:
    op.create_table(
        "convention_version_clause",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.CheckConstraint("position >= 1", name="ck_convention_version_clause_position"),
        sa.ForeignKeyConstraint(
            ["clause_id"],
            ["convention_clause.id"],
            name="fk_convention_version_clause_clause_id",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["convention_version.id"],
            name="fk_convention_version_clause_version_id",
        ),
        sa.PrimaryKeyConstraint("version_id", "clause_id", name="pk_convention_version_clause"),
        sa.UniqueConstraint("version_id", "position", name="uq_convention_version_clause_position"),
    )
    op.create_index(
        "ix_convention_version_clause_clause_id",
        "convention_version_clause",
        ["clause_id"],
    )


def _convention_version_script() -> None:
    op.create_table(
        "convention_version_script",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("script", sa.String(length=12), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clause_id"],
            ["convention_clause.id"],
            name="fk_convention_version_script_clause_id",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["convention_version.id"],
            name="fk_convention_version_script_version_id",
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "clause_id", "script", name="pk_convention_version_script"
        ),
    )
