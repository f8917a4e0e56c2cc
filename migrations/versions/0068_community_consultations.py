"""Consultations of communities, opinions and replies."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _community_consultation()
    _community_consultation_place()
    _community_opinion_group()
    _community_opinion()


def _community_consultation_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("answered_at", MOMENT),
    ]


def _community_consultation() -> None:
    op.create_table(
        "community_consultation",
        *_community_consultation_columns(),
        sa.CheckConstraint(
            "(summary IS NULL) = (answered_at IS NULL)",
            name="ck_community_consultation_answered",
        ),
        sa.CheckConstraint("closes_on >= opens_on", name="ck_community_consultation_days"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_consultation_area_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_community_consultation_organisation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_consultation"),
        sa.UniqueConstraint("number", name="uq_community_consultation_number"),
    )
    op.create_index(
        "ix_community_consultation_place_path",
        "community_consultation",
        ["place_path", "closes_on"],
    )


def _community_consultation_place() -> None:
    op.create_table(
        "community_consultation_place",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("answered", sa.Text()),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.Uuid()),
        sa.CheckConstraint(
            "(answered IS NULL) = (answered_at IS NULL)",
            name="ck_community_consultation_place_answered",
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name="fk_community_consultation_place_area_id"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["community_consultation.id"],
            name="fk_community_consultation_place_consultation_id",
        ),
        sa.PrimaryKeyConstraint(
            "consultation_id", "area_id", name="pk_community_consultation_place"
        ),
    )
    op.create_index(
        "ix_community_consultation_place_place_path",
        "community_consultation_place",
        ["place_path"],
    )


def _community_opinion_group() -> None:
    op.create_table(
        "community_opinion_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=32)),
        sa.Column("reply", sa.Text()),
        sa.CheckConstraint(
            "(answer IS NULL) = (reply IS NULL)", name="ck_community_opinion_group_answered"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["community_consultation.id"],
            name="fk_community_opinion_group_consultation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_opinion_group"),
        sa.UniqueConstraint(
            "consultation_id", "position", name="uq_community_opinion_group_position"
        ),
    )


def _community_opinion_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("hidden_why", sa.String(length=400)),
        sa.Column("typed_by", sa.Uuid()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", MOMENT),
        sa.Column("at", MOMENT, nullable=False),
    ]


def _community_opinion() -> None:
    op.create_table(
        "community_opinion",
        *_community_opinion_columns(),
        sa.CheckConstraint(
            "(state = 'hidden') = (hidden_why IS NOT NULL)",
            name="ck_community_opinion_hidden",
        ),
        sa.CheckConstraint(
            "channel = 'screen' OR typed_by IS NOT NULL", name="ck_community_opinion_typed"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["community_consultation.id"],
            name="fk_community_opinion_consultation_id",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_opinion_group.id"], name="fk_community_opinion_group_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_community_opinion_organisation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_opinion"),
    )
    op.create_index(
        "ix_community_opinion_consultation_id",
        "community_opinion",
        ["consultation_id", "state", "id"],
    )
    op.create_index("ix_community_opinion_group_id", "community_opinion", ["group_id"])
    op.create_index("ix_community_opinion_person_id", "community_opinion", ["person_id"])
