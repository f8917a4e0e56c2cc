"""Who asked to take the mark of a paper back after the close; rounds that repeal."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0085"


def upgrade() -> None:
    op.add_column("convention_elector", sa.Column("unmark_by", sa.Uuid(), nullable=True))
    repeals = sa.Column("repeals", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("convention_round", repeals)
