"""Each agreement on adoption stands in a row of its own: a later one replaces no earlier proof."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "adoption_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoption.id"],
            name=op.f("fk_adoption_agreement_adoption_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_agreement")),
    )
    op.create_index(
        "ix_adoption_agreement_adoption_id", "adoption_agreement", ["adoption_id", "at"]
    )
    op.create_index("ix_adoption_agreement_signer_id", "adoption_agreement", ["signer_id"])
    _move()
    op.drop_column("adoption", "sealed_agreement")
    op.drop_column("adoption", "digest")


def _move() -> None:
    """One agreement each was known: the last. Its row bears the id of its adoption."""
    op.execute(
        """
        INSERT INTO adoption_agreement (id, adoption_id, at, digest, signer_id, sealed_text)
        SELECT id, id, COALESCE(countersigned_at, applied_at), digest,
               CASE WHEN sealed_agreement IS NULL THEN NULL ELSE applicant_id END,
               sealed_agreement
        FROM adoption WHERE digest IS NOT NULL
        """
    )
