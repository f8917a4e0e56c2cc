"""Kept counts for figures of staff, files handed in on a page, personal fields handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

COUNTS = (
    "found", "found_own", "found_grid", "taken", "responded", "done", "due", "in_time",
    "tried", "reworked", "given", "given_right", "returned", "passed_on", "extended", "suspended",
    "open", "late", "over_minutes", "late_minutes", "closed", "closed_below", "grid_closed",
    "grid_closed_below", "answered", "solved", "satisfied",
)  # fmt: skip


def upgrade() -> None:
    op.create_index("ix_cases_updated_at", "cases", ["updated_at"])
    _counts()
    _imports()
    _personal()


def _counts() -> None:
    op.create_table(
        "figure_count",
        sa.Column("kept", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint(
            "kept",
            "day",
            "place_path",
            "category_code",
            "unit_id",
            "source",
            name=op.f("pk_figure_count"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure_stale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_stale")),
    )
    op.create_table(
        "figure_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_figure_mark_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_mark")),
    )


def _imports() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=True),
        sa.Column("layout", sa.String(length=40), nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("partial", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("number", name=op.f("uq_import_run_number")),
    )
    op.create_index("ix_import_run_state_id", "import_run", ["state", "id"])
    op.create_index("ix_import_run_blob_key", "import_run", ["blob_key"])


def _personal() -> None:
    op.create_table(
        "personal_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.String(length=200), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=True),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_personal_export_decided"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by",
            name=op.f("ck_personal_export_two_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_export")),
        sa.UniqueConstraint("number", name=op.f("uq_personal_export_number")),
    )
    op.create_index("ix_personal_export_asked_by_id", "personal_export", ["asked_by", "id"])
    op.create_index("ix_personal_export_state_id", "personal_export", ["state", "id"])


def downgrade() -> None:
    for table in ("personal_export", "import_run", "figure_mark", "figure_stale", "figure_count"):
        op.drop_table(table)
    op.drop_index("ix_cases_updated_at", "cases")
