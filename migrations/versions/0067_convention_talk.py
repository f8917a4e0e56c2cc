"""Wishes, comments, answers, reviews of conventions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _convention_answer()
    _convention_overruled()
    _convention_review()
    _convention_wish()
    _convention_comment()
    _convention_review_note()
    _convention_support()


def _convention_answer() -> None:
    op.create_table(
        "convention_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_answer_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_answer"),
    )
    op.create_index("ix_convention_answer_round_id", "convention_answer", ["round_id", "at"])


def _convention_overruled() -> None:
    op.create_table(
        "convention_overruled",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=False),
        sa.Column("quote_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("overruled_by", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["convention_clause.id"], name="fk_convention_overruled_clause_id"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_overruled_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_overruled"),
        sa.UniqueConstraint(
            "round_id", "clause_id", "finding", "quote_hash", name="uq_convention_overruled_once"
        ),
    )


def _convention_review_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("reason", sa.String(length=400)),
    ]


def _convention_review() -> None:
    op.create_table(
        "convention_review",
        *_convention_review_columns(),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)", name="ck_convention_review_decided"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_review_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_review"),
    )
    op.create_index("ix_convention_review_round_id", "convention_review", ["round_id", "asked_at"])
    op.create_index(
        "uq_convention_review_open",
        "convention_review",
        ["round_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def _convention_wish_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("hidden_why", sa.String(length=400)),
        sa.Column("paper_key", sa.String(length=80)),
        sa.Column("typed_by", sa.Uuid()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", MOMENT),
        sa.Column("at", MOMENT, nullable=False),
    ]


def _convention_wish() -> None:
    op.create_table(
        "convention_wish",
        *_convention_wish_columns(),
        sa.CheckConstraint(
            "(state = 'hidden') = (hidden_why IS NOT NULL)", name="ck_convention_wish_hidden"
        ),
        sa.CheckConstraint(
            "channel = 'screen' OR typed_by IS NOT NULL", name="ck_convention_wish_typed"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_convention_wish_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_wish_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_wish"),
        sa.UniqueConstraint("number", name="uq_convention_wish_number"),
    )
    op.create_index("ix_convention_wish_paper_key", "convention_wish", ["paper_key"])
    op.create_index("ix_convention_wish_person_id", "convention_wish", ["person_id"])
    op.create_index("ix_convention_wish_round_id", "convention_wish", ["round_id", "state", "id"])


def _convention_comment_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("clause_id", sa.Uuid()),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("quote", sa.String(length=300)),
        sa.Column("quote_hash", sa.String(length=64)),
        sa.Column("sealed_proposal", sa.Text()),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("hidden_why", sa.String(length=400)),
        sa.Column("paper_key", sa.String(length=80)),
        sa.Column("typed_by", sa.Uuid()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", MOMENT),
        sa.Column("at", MOMENT, nullable=False),
    ]


def _convention_comment() -> None:
    op.create_table(
        "convention_comment",
        *_convention_comment_columns(),
        sa.CheckConstraint(
            "(state = 'hidden') = (hidden_why IS NOT NULL)",
            name="ck_convention_comment_hidden",
        ),
        sa.CheckConstraint(
            "channel = 'screen' OR typed_by IS NOT NULL", name="ck_convention_comment_typed"
        ),
        sa.CheckConstraint(
            "kind = 'comment' OR clause_id IS NOT NULL", name="ck_convention_comment_proposal"
        ),
        sa.CheckConstraint(
            "(clause_id IS NULL) = (quote_hash IS NULL)", name="ck_convention_comment_quote"
        ),
        sa.CheckConstraint("supporters >= 0", name="ck_convention_comment_supporters"),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["convention_answer.id"], name="fk_convention_comment_answer_id"
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["convention_clause.id"], name="fk_convention_comment_clause_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_convention_comment_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_comment_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_comment"),
        sa.UniqueConstraint("number", name="uq_convention_comment_number"),
    )
    _convention_comment_indexes()


def _convention_comment_indexes() -> None:
    op.create_index("ix_convention_comment_answer_id", "convention_comment", ["answer_id"])
    op.create_index("ix_convention_comment_clause_id", "convention_comment", ["clause_id"])
    op.create_index("ix_convention_comment_paper_key", "convention_comment", ["paper_key"])
    op.create_index("ix_convention_comment_person_id", "convention_comment", ["person_id"])
    op.create_index(
        "ix_convention_comment_round_id",
        "convention_comment",
        ["round_id", "state", "id"],
    )


def _convention_review_note() -> None:
    op.create_table(
        "convention_review_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["clause_id"],
            ["convention_clause.id"],
            name="fk_convention_review_note_clause_id",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["convention_review.id"],
            name="fk_convention_review_note_review_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_review_note"),
    )
    op.create_index("ix_convention_review_note_review_id", "convention_review_note", ["review_id"])


def _convention_support() -> None:
    op.create_table(
        "convention_support",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["convention_comment.id"],
            name="fk_convention_support_comment_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name="pk_convention_support"),
    )
    op.create_index("ix_convention_support_person_id", "convention_support", ["person_id"])
