"""Whether a shop wants messages about the notices of its alliance."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    op.add_column("alliance_member", sa.Column("muted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("alliance_member") as table:
        table.drop_column("muted_at")
