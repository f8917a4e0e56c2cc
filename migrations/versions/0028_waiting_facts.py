"""What waits to be written down while the points ledger stands still."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "credit_waiting_fact",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("source_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_fact", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(party IS NULL) = (holder_id IS NULL)",
            name=op.f("ck_credit_waiting_fact_holder"),
        ),
        sa.PrimaryKeyConstraint("district", "source_hash", name=op.f("pk_credit_waiting_fact")),
    )
    op.create_index("ix_credit_waiting_fact_told_at", "credit_waiting_fact", ["told_at"])
    op.create_index("ix_credit_waiting_fact_holder_id", "credit_waiting_fact", ["holder_id"])
