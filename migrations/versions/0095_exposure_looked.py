"""Whoever approves an item with a photo says that it is covered; what was approved without is not.

Items with a photo that were approved before wait for two approvals again; whose time was over are
drafts, so that nobody shows them a second time by mistake.
"""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"

_AGAIN = """
UPDATE exposure SET
    state = CASE WHEN state <> 'shown' THEN state
        WHEN expires_at <= CURRENT_TIMESTAMP THEN 'draft' ELSE 'waiting' END,
    shown_at = CASE WHEN state = 'down' THEN shown_at END,
    expires_at = CASE WHEN state = 'down' THEN expires_at END,
    first_by = NULL, first_at = NULL, second_by = NULL
WHERE blob_key IS NOT NULL AND first_by IS NOT NULL
"""
_LOOKED = (
    "blob_key IS NULL OR ((first_by IS NULL OR first_looked) AND (second_by IS NULL OR "
    "second_looked))"
)
_COLUMNS = ("first_looked", "second_looked")


def upgrade() -> None:
    op.execute(_AGAIN)
    with op.batch_alter_table("exposure") as batch:
        for name in _COLUMNS:
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        batch.create_check_constraint(op.f("ck_exposure_looked"), _LOOKED)
    with op.batch_alter_table("exposure") as batch:
        for name in _COLUMNS:
            batch.alter_column(name, server_default=None)
