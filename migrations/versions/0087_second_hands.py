"""A paper's mark that two take back, rounds that repeal, a clerk who signs for several units."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"

HERS = sa.text("withdrawn_at IS NULL AND person_id IS NOT NULL AND signer <> 'unit'")


def upgrade() -> None:
    op.add_column("convention_elector", sa.Column("unmark_by", sa.Uuid(), nullable=True))
    repeals = sa.Column("repeals", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("convention_round", repeals)
    op.drop_index("uq_convention_sign_on_person", "convention_sign_on")
    op.create_index(
        "uq_convention_sign_on_person",
        "convention_sign_on",
        ["version_id", "person_id", "signer"],
        unique=True,
        sqlite_where=HERS,
        postgresql_where=HERS,
    )
