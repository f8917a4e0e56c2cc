"""Keys that an earlier SECRET_KEY left, wrapped with the one that holds now."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "carried_key",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("wrapped", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "purpose", name=op.f("pk_carried_key")),
    )
