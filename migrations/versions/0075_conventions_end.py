"""How a convention ended, what its reading says before it is published, who was reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    with op.batch_alter_table("convention") as batch:
        batch.add_column(sa.Column("ended_way", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("reminded_of", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_convention_ended_way"), "(ended_on IS NULL) = (ended_way IS NULL)"
        )
    op.add_column("convention_round", sa.Column("reading", sa.Text(), nullable=True))
    op.add_column(
        "convention_draft_script",
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
    )
    with op.batch_alter_table("convention_draft_script") as batch:
        batch.alter_column("revision", server_default=None)
