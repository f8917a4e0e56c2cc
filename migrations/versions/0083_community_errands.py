"""What heads are asked to do; support, decision and result of issues; pinned notices."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _community_errand()
    _community_issue_support()
    _columns()


def _community_errand_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("head_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("due_on", sa.Date()),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32)),
        sa.Column("sealed_answer", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_errand() -> None:
    op.create_table(
        "community_errand",
        *_community_errand_columns(),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name="ck_community_errand_closed"
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_errand_area_id"),
        sa.ForeignKeyConstraint(
            ["head_id"], ["community_head.id"], name="fk_community_errand_head_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_errand"),
        sa.UniqueConstraint("number", name="uq_community_errand_number"),
    )
    op.create_index("ix_community_errand_head_id", "community_errand", ["head_id", "state"])
    op.create_index("ix_community_errand_person_id", "community_errand", ["person_id"])
    op.create_index("ix_community_errand_place_path", "community_errand", ["place_path", "state"])


def _community_issue_support() -> None:
    op.create_table(
        "community_issue_support",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["community_issue.id"], name="fk_community_issue_support_issue_id"
        ),
        sa.PrimaryKeyConstraint("subject_id", "person_id", name="pk_community_issue_support"),
    )
    op.create_index("ix_community_issue_support_issue_id", "community_issue_support", ["issue_id"])
    op.create_index(
        "ix_community_issue_support_person_id",
        "community_issue_support",
        ["person_id"],
    )


def _columns() -> None:
    op.add_column("community_atlas_entry", sa.Column("bring", sa.String(length=160)))
    op.add_column("community_issue", sa.Column("decision", sa.Text()))
    op.add_column("community_issue", sa.Column("done_at", MOMENT))
    pinned = sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("community_notice", pinned)
