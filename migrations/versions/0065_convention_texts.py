"""Conventions, rounds, clauses and drafts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _convention()
    _convention_clause()
    _convention_round()
    _convention_draft_clause()
    _convention_event()
    _convention_draft_script()
    _convention_edit()


def _convention_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("covers", sa.String(length=80)),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_why", sa.String(length=400)),
    ]


def _convention() -> None:
    op.create_table(
        "convention",
        *_convention_columns(),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_why IS NULL)", name="ck_convention_ended"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_convention_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_convention"),
        sa.UniqueConstraint("number", name="uq_convention_number"),
    )
    op.create_index("ix_convention_place_path", "convention", ["place_path", "kind"])


def _convention_clause() -> None:
    op.create_table(
        "convention_clause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["convention_id"], ["convention.id"], name="fk_convention_clause_convention_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_clause"),
    )
    op.create_index("ix_convention_clause_convention_id", "convention_clause", ["convention_id"])


def _convention_round_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("convention_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind_version", sa.Integer(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("asked", sa.Text()),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("preamble", sa.Text()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer()),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
    ]


def _convention_round() -> None:
    op.create_table(
        "convention_round",
        *_convention_round_columns(),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state NOT IN ('published', 'given_up'))",
            name="ck_convention_round_ended",
        ),
        sa.CheckConstraint("kind_version >= 1", name="ck_convention_round_kind_version"),
        sa.CheckConstraint("sequence >= 1", name="ck_convention_round_sequence"),
        sa.ForeignKeyConstraint(
            ["convention_id"], ["convention.id"], name="fk_convention_round_convention_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_round"),
        sa.UniqueConstraint("convention_id", "sequence", name="uq_convention_round_sequence"),
        sa.UniqueConstraint("number", name="uq_convention_round_number"),
    )
    op.create_index("ix_convention_round_place_path", "convention_round", ["place_path", "state"])
    op.create_index(
        "uq_convention_round_open",
        "convention_round",
        ["convention_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _convention_draft_clause_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _convention_draft_clause() -> None:
    op.create_table(
        "convention_draft_clause",
        *_convention_draft_clause_columns(),
        sa.CheckConstraint("position >= 1", name="ck_convention_draft_clause_position"),
        sa.CheckConstraint("revision >= 1", name="ck_convention_draft_clause_revision"),
        sa.ForeignKeyConstraint(
            ["clause_id"],
            ["convention_clause.id"],
            name="fk_convention_draft_clause_clause_id",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_draft_clause_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_draft_clause"),
        sa.UniqueConstraint("round_id", "clause_id", name="uq_convention_draft_clause_once"),
    )
    op.create_index(
        "ix_convention_draft_clause_clause_id",
        "convention_draft_clause",
        ["clause_id"],
    )
    op.create_index(
        "ix_convention_draft_clause_round_id",
        "convention_draft_clause",
        ["round_id", "position"],
    )


def _convention_event() -> None:
    op.create_table(
        "convention_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.String(length=32), nullable=False),
        sa.Column("to", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("reason", sa.String(length=400)),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_convention_event_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_event"),
    )
    op.create_index("ix_convention_event_round_id", "convention_event", ["round_id", "at"])


def _convention_draft_script() -> None:
    op.create_table(
        "convention_draft_script",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("script", sa.String(length=12), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["convention_draft_clause.id"],
            name="fk_convention_draft_script_draft_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_id", "script", name="pk_convention_draft_script"),
    )


def _convention_edit_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("seen_revision", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("heading", sa.String(length=60), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
    ]


def _convention_edit() -> None:
    op.create_table(
        "convention_edit",
        *_convention_edit_columns(),
        sa.CheckConstraint(
            "(state = 'aside') = (settled_at IS NULL)", name="ck_convention_edit_settled"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["convention_draft_clause.id"], name="fk_convention_edit_draft_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_edit"),
    )
    op.create_index("ix_convention_edit_draft_id", "convention_edit", ["draft_id", "at"])
