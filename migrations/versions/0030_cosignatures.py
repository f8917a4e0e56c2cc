"""Witnesses sign checkpoints of the ledger with keys of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "credit_cosignature",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.LargeBinary(length=4), nullable=False),
        sa.Column("line", sa.String(length=600), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["log", "size"],
            ["credit_checkpoint.log", "credit_checkpoint.size"],
            name="fk_credit_cosignature_checkpoint",
        ),
        sa.PrimaryKeyConstraint(
            "log", "size", "witness", "key_id", name=op.f("pk_credit_cosignature")
        ),
    )


def downgrade() -> None:
    op.drop_table("credit_cosignature")
