"""Visits to households in a patrol's log: topic, how many said yes, building and entrance."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    _volunteer_doorstep()


def _volunteer_doorstep() -> None:
    op.create_table(
        "volunteer_doorstep",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("building", sa.String(length=4), nullable=True),
        sa.Column("entrance", sa.Integer(), nullable=True),
        sa.CheckConstraint("agreed >= 0", name=op.f("ck_volunteer_doorstep_agreed")),
        sa.CheckConstraint(
            "entrance BETWEEN 1 AND 20", name=op.f("ck_volunteer_doorstep_entrance")
        ),
        sa.CheckConstraint(
            "entrance IS NULL OR building IS NOT NULL", name=op.f("ck_volunteer_doorstep_building")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["volunteer_patrol_entry.id"], name=op.f("fk_volunteer_doorstep_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_volunteer_doorstep")),
    )
