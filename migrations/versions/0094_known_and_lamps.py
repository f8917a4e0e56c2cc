"""What is known of a unit that is not ranked; how many street lamps there are in a street."""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    # rows that were frozen before say nothing
    op.add_column("assessment_row", sa.Column("known", sa.String(1000), nullable=True))
    _assessment_register()


def _assessment_register() -> None:
    op.create_table(
        "assessment_register",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_assessment_register_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_register")),
    )
    op.create_index("ix_assessment_register_day", "assessment_register", ["kind", "day"])
