"""The desk: what was done to several cases at once (to undo it), and the newest of a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _batches()
    _cases_of_batches()
    # the newest of a kind: what stands near it, and who usually handles it
    op.create_index(
        "ix_cases_district_category_code_found_at",
        "cases",
        ["district", "category_code", "found_at"],
        unique=False,
    )


def _batches() -> None:
    op.create_table(
        "desk_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_desk_batch_number")),
    )
    op.create_index(op.f("ix_desk_batch_at"), "desk_batch", ["at"], unique=False)


def _cases_of_batches() -> None:
    """What was done to each case, and what it was before."""
    op.create_table(
        "desk_batch_case",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.Column("kept", sa.String(length=40), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_state", sa.String(length=32), nullable=True),
        sa.Column("was_listed", sa.Boolean(), nullable=True),
        sa.Column("was_unit_id", sa.Uuid(), nullable=True),
        sa.Column("was_dispatcher_id", sa.Uuid(), nullable=True),
        sa.Column("was_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_category_code", sa.String(length=40), nullable=True),
        sa.Column("was_urgent", sa.Boolean(), nullable=True),
        sa.Column("was_limit_minutes", sa.Integer(), nullable=True),
        sa.Column("was_round_the_clock", sa.Boolean(), nullable=True),
        sa.Column("was_promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_promised_days", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(refusal IS NULL) = (version IS NOT NULL)", name=op.f("ck_desk_batch_case_outcome")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR kept IS NULL", name=op.f("ck_desk_batch_case_undone")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["desk_batch.id"], name=op.f("fk_desk_batch_case_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_desk_batch_case_case"
        ),
        sa.PrimaryKeyConstraint("district", "case_id", "batch_id", name=op.f("pk_desk_batch_case")),
    )
    op.create_index("ix_desk_batch_case_batch_id", "desk_batch_case", ["batch_id"], unique=False)
