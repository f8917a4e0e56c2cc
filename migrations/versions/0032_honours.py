"""Honours with the voices that nominated, and things to learn in versions."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

MOMENT = sa.DateTime(timezone=True)
KNOWN = sa.text("holder_id IS NOT NULL")
DRAFT = sa.text("published_at IS NULL")
IN_USE = sa.text("published_at IS NOT NULL AND ended_at IS NULL")


def upgrade() -> None:
    _honour()
    _voice()
    _quiz()


def _honour() -> None:
    op.create_table(
        "credit_honour",
        sa.Column("district", sa.String(12), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("place_path", sa.String(200), nullable=False),
        sa.Column("party", sa.String(32), nullable=False),
        sa.Column("holder_id", sa.Uuid()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("wish", sa.String(32)),
        sa.Column("sealed_citation", sa.Text()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("link_hash", sa.String(64)),
        sa.Column("nominated_at", MOMENT, nullable=False),
        sa.Column("checker_id", sa.Uuid()),
        sa.Column("asked_at", MOMENT),
        sa.Column("answer_until", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("decider_id", sa.Uuid()),
        sa.Column("granted_at", MOMENT),
        sa.Column("shown_until", MOMENT),
        sa.CheckConstraint(
            "state = 'nominated' OR holder_id IS NOT NULL", name="ck_credit_honour_known"
        ),
        sa.CheckConstraint(
            "(state = 'granted') = (granted_at IS NOT NULL)", name="ck_credit_honour_granted"
        ),
        sa.CheckConstraint("checker_id <> decider_id", name="ck_credit_honour_two_people"),
        sa.UniqueConstraint("number", name="uq_credit_honour_number"),
        sa.UniqueConstraint("link_hash", name="uq_credit_honour_link_hash"),
    )
    _honour_indexes()


def _honour_indexes() -> None:
    op.create_index(
        "uq_credit_honour_one", "credit_honour", ["district", "kind", "year", "holder_id"],
        unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN,
    )  # fmt: skip
    op.create_index("ix_credit_honour_holder", "credit_honour", ["holder_id"])
    op.create_index("ix_credit_honour_state", "credit_honour", ["state", "nominated_at"])
    op.create_index("ix_credit_honour_granted", "credit_honour", ["granted_at"])


def _voice() -> None:
    op.create_table(
        "credit_honour_voice",
        sa.Column("district", sa.String(12), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("honour_id", sa.Uuid(), nullable=False),
        sa.Column("nominator_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_whom", sa.Text(), nullable=False),
        sa.Column("sealed_words", sa.Text(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "honour_id"],
            ["credit_honour.district", "credit_honour.id"],
            name="fk_credit_honour_voice_honour",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "district", "honour_id", "nominator_id", name="uq_credit_honour_voice_one"
        ),
    )
    op.create_index("ix_credit_honour_voice_nominator", "credit_honour_voice", ["nominator_id"])


def _quiz() -> None:
    op.create_table(
        "credit_quiz",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.Column("list_name", sa.String(200)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by", sa.Uuid()),
        sa.Column("published_at", MOMENT),
        sa.Column("published_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name="ck_credit_quiz_version"),
        sa.CheckConstraint("passed BETWEEN 0 AND answered", name="ck_credit_quiz_counts"),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name="ck_credit_quiz_valid"
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR published_at IS NOT NULL", name="ck_credit_quiz_ended"
        ),
    )
    op.create_index(
        "uq_credit_quiz_draft", "credit_quiz", ["number"],
        unique=True, sqlite_where=DRAFT, postgresql_where=DRAFT,
    )  # fmt: skip
    op.create_index(
        "uq_credit_quiz_in_use", "credit_quiz", ["number"],
        unique=True, sqlite_where=IN_USE, postgresql_where=IN_USE,
    )  # fmt: skip
    op.create_index("uq_credit_quiz_version", "credit_quiz", ["number", "version"], unique=True)
    op.create_index("ix_credit_quiz_list_name", "credit_quiz", ["list_name"])


def downgrade() -> None:
    for table in ("credit_quiz", "credit_honour_voice", "credit_honour"):
        op.drop_table(table)
