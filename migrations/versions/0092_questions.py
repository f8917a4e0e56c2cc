"""Public questions to units."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _question()


def _question_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("asked_as", sa.String(length=40)),
        sa.Column("sealed_title", sa.Text()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("title", sa.String(length=120)),
        sa.Column("words", sa.Text()),
        sa.Column("folded", sa.Text()),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_at", MOMENT),
    ]


def _question_columns1() -> list[sa.Column[Any]]:
    return [
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("hidden_why", sa.String(length=32)),
        sa.Column("hidden_words", sa.String(length=300)),
        sa.Column("sealed_appeal", sa.Text()),
        sa.Column("appealed_at", MOMENT),
        sa.Column("reheard_at", MOMENT),
        sa.Column("reheard_by", sa.Uuid()),
        sa.Column("reheard_words", sa.String(length=300)),
        sa.Column("due_at", MOMENT),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("verdict", sa.Boolean()),
        sa.Column("verdict_at", MOMENT),
    ]


def _question() -> None:
    op.create_table(
        "question",
        *_question_columns(),
        *_question_columns1(),
        sa.CheckConstraint(
            "(state = 'hidden') = (hidden_why IS NOT NULL)", name=op.f("ck_question_hidden")
        ),
        sa.CheckConstraint(
            "state <> 'shown' OR (decided_at IS NOT NULL AND title IS NOT NULL AND words IS NOT "
            "NULL)",
            name=op.f("ck_question_shown"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_question_answer")
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (verdict_at IS NULL)", name=op.f("ck_question_verdict")
        ),
        sa.CheckConstraint(
            "reheard_at IS NULL OR appealed_at IS NOT NULL", name=op.f("ck_question_reheard")
        ),
        sa.CheckConstraint(
            "reheard_by IS NULL OR reheard_by <> decided_by",
            name=op.f("ck_question_heard_by_another"),
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR answered_at IS NOT NULL", name=op.f("ck_question_verdict_of")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_question_area_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_question_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("number", name="uq_question_number"),
    )
    _question_indexes()


def _question_indexes() -> None:
    op.create_index(
        "ix_question_organisation_id", "question", ["organisation_id", "state", "id"], unique=False
    )
    op.create_index("ix_question_person_id", "question", ["person_id"], unique=False)
    op.create_index("ix_question_state", "question", ["state", "id"], unique=False)
    # ### end Alembic commands ###
