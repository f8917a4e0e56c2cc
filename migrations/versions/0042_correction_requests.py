"""Requests of residents to have something in their ledger corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

TABLE = "credit_correction_request"
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("answered_at IS NULL")


def _ties() -> list[sa.Constraint]:
    """What must always hold of a row."""
    return [
        sa.CheckConstraint(
            "(about = 'entry') = (entry_id IS NOT NULL)", name=op.f(f"ck_{TABLE}_about")
        ),
        sa.CheckConstraint(
            "(prepared_by IS NULL) = (amount IS NULL)", name=op.f(f"ck_{TABLE}_prepared")
        ),
        sa.CheckConstraint(
            "corrected_id IS NULL OR"
            " (prepared_by IS NOT NULL AND answered_by IS NOT NULL AND prepared_by <> answered_by)",
            name=op.f(f"ck_{TABLE}_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{TABLE}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{TABLE}_number")),
    ]


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("entry_id", sa.Uuid()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("sealed_words", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer_by", MOMENT),
        sa.Column("amount", sa.Integer()),
        sa.Column("sealed_answer", sa.Text()),
        sa.Column("prepared_by", sa.Uuid()),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("answered_at", MOMENT),
        sa.Column("corrected_id", sa.Uuid()),
        *_ties(),
    )
    op.create_index(
        "uq_credit_correction_request_open", TABLE, ["person_id", "topic"], unique=True,
        sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.create_index("ix_credit_correction_request_state", TABLE, ["district", "state"])


def downgrade() -> None:
    op.drop_table(TABLE)
