"""Meetings of communities with agenda, attendance and resolutions; tasks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _community_meeting()
    _community_attendance()
    _community_agenda_item()
    _community_resolution()
    _community_task()
    _community_task_event()
    _community_task_unit()


def _community_meeting_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("venue", sa.String(length=120), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("invited_at", MOMENT),
        sa.Column("present", sa.Integer()),
        sa.Column("women", sa.Integer()),
        sa.Column("minutes", sa.Text()),
        sa.Column("minutes_at", MOMENT),
        sa.Column("called_off_why", sa.String(length=400)),
    ]


def _community_meeting() -> None:
    op.create_table(
        "community_meeting",
        *_community_meeting_columns(),
        sa.CheckConstraint(
            "(state = 'called_off') = (called_off_why IS NOT NULL)",
            name="ck_community_meeting_called_off",
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ck_community_meeting_times"),
        sa.CheckConstraint(
            "women IS NULL OR (women >= 0 AND women <= present)",
            name="ck_community_meeting_women",
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_meeting_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_meeting"),
        sa.UniqueConstraint("number", name="uq_community_meeting_number"),
    )
    op.create_index(
        "ix_community_meeting_place_path",
        "community_meeting",
        ["place_path", "starts_at"],
    )


def _community_attendance() -> None:
    op.create_table(
        "community_attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("typed_by", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["community_meeting.id"],
            name="fk_community_attendance_meeting_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_attendance"),
    )
    op.create_index("ix_community_attendance_meeting_id", "community_attendance", ["meeting_id"])
    op.create_index("ix_community_attendance_person_id", "community_attendance", ["person_id"])
    op.create_index(
        "uq_community_attendance_person",
        "community_attendance",
        ["meeting_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )


def _community_agenda_item() -> None:
    op.create_table(
        "community_agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("round_id", sa.Uuid()),
        sa.Column("consultation_id", sa.Uuid()),
        sa.CheckConstraint("position >= 1", name="ck_community_agenda_item_position"),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["community_consultation.id"],
            name="fk_community_agenda_item_consultation_id",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["community_meeting.id"],
            name="fk_community_agenda_item_meeting_id",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["convention_round.id"], name="fk_community_agenda_item_round_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_agenda_item"),
        sa.UniqueConstraint("meeting_id", "position", name="uq_community_agenda_item_position"),
    )


def _community_resolution_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid()),
        sa.Column("resolved", sa.Text(), nullable=False),
        sa.Column("yes", sa.Integer()),
        sa.Column("no", sa.Integer()),
        sa.Column("abstain", sa.Integer()),
        sa.Column("at", MOMENT, nullable=False),
    ]


def _community_resolution() -> None:
    op.create_table(
        "community_resolution",
        *_community_resolution_columns(),
        sa.CheckConstraint(
            "yes >= 0 AND no >= 0 AND abstain >= 0", name="ck_community_resolution_counts"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["community_agenda_item.id"], name="fk_community_resolution_item_id"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["community_meeting.id"],
            name="fk_community_resolution_meeting_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_resolution"),
        sa.UniqueConstraint("number", name="uq_community_resolution_number"),
    )
    op.create_index("ix_community_resolution_meeting_id", "community_resolution", ["meeting_id"])


def _community_task_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("resolution_id", sa.Uuid()),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("closed_at", MOMENT),
        sa.Column("outcome", sa.String(length=400)),
    ]


def _community_task() -> None:
    op.create_table(
        "community_task",
        *_community_task_columns(),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name="ck_community_task_closed"
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_task_area_id"),
        sa.ForeignKeyConstraint(
            ["resolution_id"],
            ["community_resolution.id"],
            name="fk_community_task_resolution_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_task"),
        sa.UniqueConstraint("number", name="uq_community_task_number"),
    )
    op.create_index(
        "ix_community_task_place_path",
        "community_task",
        ["place_path", "state", "due_on"],
    )
    op.create_index("ix_community_task_resolution_id", "community_task", ["resolution_id"])


def _community_task_event() -> None:
    op.create_table(
        "community_task_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.String(length=400), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["community_task.id"], name="fk_community_task_event_task_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_task_event"),
    )
    op.create_index("ix_community_task_event_task_id", "community_task_event", ["task_id", "at"])


def _community_task_unit() -> None:
    op.create_table(
        "community_task_unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("unit", sa.String(length=80)),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (unit IS NULL)", name="ck_community_task_unit_one"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_community_task_unit_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["community_task.id"],
            name="fk_community_task_unit_task_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_task_unit"),
    )
    op.create_index(
        "ix_community_task_unit_organisation_id",
        "community_task_unit",
        ["organisation_id"],
    )
    op.create_index("ix_community_task_unit_task_id", "community_task_unit", ["task_id", "part"])
    op.create_index(
        "uq_community_task_unit_lead",
        "community_task_unit",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("part = 'lead'"),
        postgresql_where=sa.text("part = 'lead'"),
    )
