"""Co-governance board, notice board, print sheets, mobile stations, atlas."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _community_atlas_entry()
    _community_mobile_stop()
    _community_notice()
    _community_sheet()
    _community_issue()
    _community_sheet_notice()
    _community_issue_proposal()


def _community_atlas_entry_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("located", sa.String(length=160), nullable=False),
        sa.Column("hours", sa.String(length=160)),
        sa.Column("office_phone", sa.String(length=40)),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_atlas_entry() -> None:
    op.create_table(
        "community_atlas_entry",
        *_community_atlas_entry_columns(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_atlas_entry_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_atlas_entry"),
        sa.UniqueConstraint("number", name="uq_community_atlas_entry_number"),
    )
    op.create_index(
        "ix_community_atlas_entry_place_path",
        "community_atlas_entry",
        ["place_path", "position"],
    )


def _community_mobile_stop_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("located", sa.String(length=160), nullable=False),
        sa.Column("offers", sa.String(length=160), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("called_off_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_mobile_stop() -> None:
    op.create_table(
        "community_mobile_stop",
        *_community_mobile_stop_columns(),
        sa.CheckConstraint("ends_at > starts_at", name="ck_community_mobile_stop_times"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_mobile_stop_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_mobile_stop"),
        sa.UniqueConstraint("number", name="uq_community_mobile_stop_number"),
    )
    op.create_index(
        "ix_community_mobile_stop_place_path",
        "community_mobile_stop",
        ["place_path", "starts_at"],
    )


def _community_notice_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("taken_down_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_notice() -> None:
    op.create_table(
        "community_notice",
        *_community_notice_columns(),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_community_notice_days"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_notice_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_notice"),
        sa.UniqueConstraint("number", name="uq_community_notice_number"),
    )
    op.create_index(
        "ix_community_notice_place_path",
        "community_notice",
        ["place_path", "starts_on"],
    )


def _community_sheet() -> None:
    op.create_table(
        "community_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_sheet_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_sheet"),
        sa.UniqueConstraint("area_id", "month", name="uq_community_sheet_month"),
    )


def _community_issue_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("refused_why", sa.String(length=400)),
        sa.Column("result", sa.Text()),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_issue() -> None:
    op.create_table(
        "community_issue",
        *_community_issue_columns(),
        sa.CheckConstraint(
            "(state = 'refused') = (refused_why IS NOT NULL)",
            name="ck_community_issue_refused",
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_issue_area_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_community_issue_organisation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_issue"),
        sa.UniqueConstraint("number", name="uq_community_issue_number"),
    )
    op.create_index("ix_community_issue_person_id", "community_issue", ["person_id"])
    op.create_index("ix_community_issue_place_path", "community_issue", ["place_path", "state"])


def _community_sheet_notice() -> None:
    op.create_table(
        "community_sheet_notice",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 1", name="ck_community_sheet_notice_position"),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["community_notice.id"], name="fk_community_sheet_notice_notice_id"
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["community_sheet.id"],
            name="fk_community_sheet_notice_sheet_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sheet_id", "notice_id", name="pk_community_sheet_notice"),
    )


def _community_issue_proposal() -> None:
    op.create_table(
        "community_issue_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["community_issue.id"], name="fk_community_issue_proposal_issue_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_community_issue_proposal_organisation_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_issue_proposal"),
    )
    op.create_index(
        "ix_community_issue_proposal_issue_id",
        "community_issue_proposal",
        ["issue_id", "at"],
    )
    op.create_index(
        "ix_community_issue_proposal_person_id",
        "community_issue_proposal",
        ["person_id"],
    )
