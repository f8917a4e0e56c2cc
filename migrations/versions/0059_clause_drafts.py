"""A clause set has at most one draft."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    draft = sa.text("published_at IS NULL")
    op.create_index(
        "uq_clause_version_draft",
        "clause_version",
        ["set_id"],
        unique=True,
        sqlite_where=draft,
        postgresql_where=draft,
    )
