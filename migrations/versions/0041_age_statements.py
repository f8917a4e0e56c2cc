"""What was said of somebody's age group, beside the band that holds."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "age_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("band", sa.String(32), nullable=False),
        sa.Column("seen", sa.String(32), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_age_statement_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_age_statement")),
    )
    op.create_index("ix_age_statement_person_id", "age_statement", ["person_id"])


def downgrade() -> None:
    op.drop_table("age_statement")
