"""That a rater lets the unit see her rating. Who rated before did not tick it: nothing is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0098"
down_revision = "0097"


def upgrade() -> None:
    op.create_table(
        "rating_shown",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("words_version", sa.SmallInteger(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("words_version >= 1", name=op.f("ck_rating_shown_words_version")),
        sa.ForeignKeyConstraint(
            ["district", "rating_id"], ["rating.district", "rating.id"], name="fk_rating_shown"
        ),
        sa.PrimaryKeyConstraint("district", "rating_id", name=op.f("pk_rating_shown")),
    )
    op.create_index("ix_rating_shown_agreed_at", "rating_shown", ["agreed_at"], unique=False)
