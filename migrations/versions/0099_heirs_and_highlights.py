"""The heirs of units are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "0094"


def upgrade() -> None:
    followed = sa.text("successor_id IS NOT NULL")
    # few units have ended, and every request of the staff asks whom theirs followed
    op.create_index(
        "ix_organisation_successor_id", "organisation", ["successor_id"],
        sqlite_where=followed, postgresql_where=followed,
    )  # fmt: skip
