"""Which months of confirmed reports were told to the ledger, and which reports were among them."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "useful_month",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("ended_from", MOMENT, nullable=False),
        sa.Column("ended_before", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("district", "month", name=op.f("pk_useful_month")),
    )
    op.create_table(
        "useful_case",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_useful_case_case"
        ),
        sa.PrimaryKeyConstraint("district", "case_id", name=op.f("pk_useful_case")),
    )
    op.create_index("ix_useful_case_month", "useful_case", ["district", "month"])
