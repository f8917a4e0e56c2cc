"""Of a unit of which too little is known to rank it: which of its indicators are known."""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    # rows that were frozen before say nothing; the column needs no trigger to be dropped
    op.add_column("assessment_row", sa.Column("known", sa.String(1000), nullable=True))
