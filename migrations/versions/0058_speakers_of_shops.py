"""Who speaks for a shop before the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "credit_speaker",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_credit_speaker_organisation_id")
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_credit_speaker")),
    )
    op.create_index(
        "ix_credit_speaker_organisation_id", "credit_speaker", ["organisation_id"], unique=False
    )
    op.create_index("ix_credit_speaker_person_id", "credit_speaker", ["person_id"], unique=False)
    op.create_index(
        "ix_credit_matter_subject_shop_id", "credit_matter", ["subject_shop_id"], unique=False
    )
