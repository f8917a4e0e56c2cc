"""An agreement is kept, sealed, as it was hashed, with its salt; the salt alone proved nothing.

Agreements from before keep their salt there: what was hashed with it was not kept.
"""

from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    # both engines rename in place; a batch would copy the table and its partial indexes
    op.execute("ALTER TABLE adoption RENAME COLUMN sealed_salt TO sealed_agreement")
