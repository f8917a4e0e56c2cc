"""The search: by which tables of characters its tokens were made.

The rows themselves are made anew by ``gongzhi db upgrade`` afterwards, in batches: a million of
them in one transaction would hold up a city.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "search_index",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("reached", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_index")),
    )
