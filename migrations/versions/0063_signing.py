"""What a one-time code is good for: a code to sign a pledge signs nobody in."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    op.add_column("sign_in_code", sa.Column("purpose", sa.String(length=80), nullable=True))
