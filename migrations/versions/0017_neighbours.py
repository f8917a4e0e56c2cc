"""Neighbours: who joined a case, whose words came with it, who says it is still there; merges."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("case_reporter", sa.Column("joined_key", sa.String(length=64), nullable=True))
    op.add_column("case_reporter", sa.Column("merged_from", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_case_reporter_joined",
        "case_reporter",
        ["district", "case_id", "joined_key"],
        unique=True,
    )
    op.create_index(
        "ix_case_reporter_merged_from", "case_reporter", ["district", "merged_from"], unique=False
    )
    # whose they are, where it was not the first reporter: all that is there already was hers
    op.add_column("case_text", sa.Column("reporter_id", sa.Uuid(), nullable=True))
    op.add_column("case_photo", sa.Column("reporter_id", sa.Uuid(), nullable=True))
    for table in ("case_text", "case_photo"):
        _named(table)
    _voices()
    _merges()


def _named(table: str) -> None:
    theirs = sa.text("reporter_id IS NOT NULL")
    op.create_index(
        f"ix_{table}_reporter",
        table,
        ["district", "reporter_id"],
        unique=False,
        sqlite_where=theirs,
        postgresql_where=theirs,
    )


def _voices() -> None:
    op.create_table(
        "case_still_there",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_case_still_there_reporter",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "district", "case_id", "cycle", "reporter_id", name=op.f("pk_case_still_there")
        ),
    )


def _merges() -> None:
    op.create_table(
        "case_merge",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_state", sa.String(length=32), nullable=False),
        sa.Column("was_listed", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_merge_case"
        ),
        sa.ForeignKeyConstraint(
            ["district", "into_id"], ["cases.district", "cases.id"], name="fk_case_merge_into"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_merge")),
    )
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "ix_case_merge_standing",
        "case_merge",
        ["district", "case_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("ix_case_merge_into", "case_merge", ["district", "into_id"], unique=False)


def downgrade() -> None:
    op.drop_table("case_merge")
    op.drop_table("case_still_there")
    op.drop_index("ix_case_photo_reporter", table_name="case_photo")
    op.drop_index("ix_case_text_reporter", table_name="case_text")
    op.drop_column("case_photo", "reporter_id")
    op.drop_column("case_text", "reporter_id")
    op.drop_index("ix_case_reporter_merged_from", table_name="case_reporter")
    op.drop_index("ix_case_reporter_joined", table_name="case_reporter")
    op.drop_column("case_reporter", "merged_from")
    op.drop_column("case_reporter", "joined_key")
