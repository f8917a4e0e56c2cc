"""Answers to the further questions of a kind: a table of its own, personal ones sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "case_answer",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=True),
        sa.Column("sealed_value", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) <> (sealed_value IS NULL)", name=op.f("ck_case_answer_one_value")
        ),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_answer_case"
        ),
        sa.PrimaryKeyConstraint("district", "case_id", "key", name=op.f("pk_case_answer")),
    )


def downgrade() -> None:
    op.drop_table("case_answer")
