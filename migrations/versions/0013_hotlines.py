"""Hotlines: orders of other systems and their files, bodies outside, and who is told by calls."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    _external_order()
    _webhook_delivery()
    _webhook_state()
    _case_outside()


def _external_order() -> None:
    op.create_table(
        "external_order",
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.String(length=64), nullable=False),
        sa.Column("progress", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=True),
        sa.Column("no_answer", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("system", "number", name=op.f("pk_external_order")),
    )
    op.create_index(
        "ix_external_order_district_case_id", "external_order", ["district", "case_id"], unique=True
    )
    op.create_index("ix_external_order_number", "external_order", ["number"], unique=False)


def _webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_at", "webhook_delivery", ["at"], unique=False)
    op.create_index("ix_webhook_delivery_name_id", "webhook_delivery", ["name", "id"], unique=False)


def _webhook_state() -> None:
    op.create_table(
        "webhook_state",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_state_failures")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_webhook_state")),
    )


def _case_outside() -> None:
    op.create_table(
        "case_outside",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'handed_over' OR answer_by IS NULL", name=op.f("ck_case_outside_answer")
        ),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_outside_case"
        ),
        sa.PrimaryKeyConstraint("district", "event_id", name=op.f("pk_case_outside")),
    )
    op.create_index("ix_case_outside_answer_by", "case_outside", ["answer_by"], unique=False)
    op.create_index("ix_case_outside_case", "case_outside", ["district", "case_id"], unique=False)
