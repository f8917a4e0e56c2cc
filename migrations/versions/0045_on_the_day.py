"""The day of a shift: who came, no-shows and their word; routes, patrols and their log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_route()
    _volunteer_checkpoint()
    _volunteer_attendance()
    _volunteer_patrol()
    _volunteer_patrol_entry()
    _volunteer_patrol_tick()
    _volunteer_absence()
    _volunteer_attendance_void()
    _volunteer_patrol_answer()


def _volunteer_route_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("checklist", sa.String(length=32), nullable=True),
        sa.Column("writer_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
    ]


def _volunteer_route() -> None:
    op.create_table(
        "volunteer_route",
        *_volunteer_route_columns(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_volunteer_route_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_route")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_route_number")),
    )
    op.create_index(
        "ix_volunteer_route_place_path", "volunteer_route", ["place_path"], unique=False
    )


def _volunteer_checkpoint() -> None:
    op.create_table(
        "volunteer_checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("look_at", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "(lon IS NULL) = (lat IS NULL)", name=op.f("ck_volunteer_checkpoint_point")
        ),
        sa.ForeignKeyConstraint(
            ["route_id"], ["volunteer_route.id"], name=op.f("fk_volunteer_checkpoint_route_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_checkpoint")),
        sa.UniqueConstraint(
            "route_id", "place", name=op.f("uq_volunteer_checkpoint_route_id_place")
        ),
    )


def _volunteer_attendance_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
    ]


def _volunteer_attendance() -> None:
    op.create_table(
        "volunteer_attendance",
        *_volunteer_attendance_columns(),
        sa.CheckConstraint(
            "(mark = 'left') = leaving", name=op.f("ck_volunteer_attendance_leaving")
        ),
        sa.CheckConstraint(
            "way <> 'list' OR reason IS NOT NULL", name=op.f("ck_volunteer_attendance_reason")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_attendance_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_attendance")),
        sa.UniqueConstraint(
            "sign_up_id",
            "leaving",
            "round",
            name=op.f("uq_volunteer_attendance_sign_up_id_leaving_round"),
        ),
    )
    op.create_index(
        "ix_volunteer_attendance_mark", "volunteer_attendance", ["mark", "made_at"], unique=False
    )
    op.create_index(
        "ix_volunteer_attendance_shift_id", "volunteer_attendance", ["shift_id"], unique=False
    )


def _volunteer_patrol() -> None:
    op.create_table(
        "volunteer_patrol",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["route_id"], ["volunteer_route.id"], name=op.f("fk_volunteer_patrol_route_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_patrol_shift_id")
        ),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_volunteer_patrol")),
    )
    op.create_index("ix_volunteer_patrol_route_id", "volunteer_patrol", ["route_id"], unique=False)


def _volunteer_patrol_entry_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("doors", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("sign_up_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("case_number", sa.String(length=16), nullable=True),
    ]


def _volunteer_patrol_entry() -> None:
    op.create_table(
        "volunteer_patrol_entry",
        *_volunteer_patrol_entry_columns(),
        sa.CheckConstraint(
            "(actor_id IS NULL) = (reason IS NULL)", name=op.f("ck_volunteer_patrol_entry_reason")
        ),
        sa.CheckConstraint(
            "(sign_up_id IS NULL) = (actor_id IS NOT NULL)",
            name=op.f("ck_volunteer_patrol_entry_writer"),
        ),
        sa.CheckConstraint(
            "people >= 0 AND doors >= 0", name=op.f("ck_volunteer_patrol_entry_counts")
        ),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["volunteer_checkpoint.id"],
            name=op.f("fk_volunteer_patrol_entry_checkpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_patrol_entry_shift_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["volunteer_team.id"], name=op.f("fk_volunteer_patrol_entry_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_patrol_entry")),
    )
    op.create_index(
        "ix_volunteer_patrol_entry_case_number",
        "volunteer_patrol_entry",
        ["case_number"],
        unique=False,
    )
    op.create_index(
        "ix_volunteer_patrol_entry_shift_id",
        "volunteer_patrol_entry",
        ["shift_id", "id"],
        unique=False,
    )


def _volunteer_patrol_tick() -> None:
    op.create_table(
        "volunteer_patrol_tick",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("checkpoint_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["volunteer_checkpoint.id"],
            name=op.f("fk_volunteer_patrol_tick_checkpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_patrol_tick_shift_id")
        ),
        sa.PrimaryKeyConstraint("shift_id", "checkpoint_id", name=op.f("pk_volunteer_patrol_tick")),
    )


def _volunteer_absence_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("reply_until", MOMENT, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=True),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decider_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=True),
    ]


def _volunteer_absence() -> None:
    op.create_table(
        "volunteer_absence",
        *_volunteer_absence_columns(),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decider_id IS NULL)", name=op.f("ck_volunteer_absence_decided")
        ),
        sa.CheckConstraint(
            "(words IS NULL) = (replied_at IS NULL)", name=op.f("ck_volunteer_absence_replied")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["volunteer_attendance.id"],
            name=op.f("fk_volunteer_absence_attendance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_absence_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_absence_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_absence")),
        sa.UniqueConstraint("attendance_id", name=op.f("uq_volunteer_absence_attendance_id")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_absence_number")),
    )
    op.create_index(
        "ix_volunteer_absence_person_id", "volunteer_absence", ["person_id"], unique=False
    )
    op.create_index(
        "ix_volunteer_absence_shift_id", "volunteer_absence", ["shift_id"], unique=False
    )
    op.create_index(
        "ix_volunteer_absence_sign_up_id", "volunteer_absence", ["sign_up_id"], unique=False
    )
    op.create_index(
        "ix_volunteer_absence_state",
        "volunteer_absence",
        ["state", "reply_until", "id"],
        unique=False,
    )


def _volunteer_attendance_void() -> None:
    op.create_table(
        "volunteer_attendance_void",
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(why = 'struck') = (reason IS NOT NULL)",
            name=op.f("ck_volunteer_attendance_void_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["volunteer_attendance.id"],
            name=op.f("fk_volunteer_attendance_void_attendance_id"),
        ),
        sa.PrimaryKeyConstraint("attendance_id", name=op.f("pk_volunteer_attendance_void")),
    )


def _volunteer_patrol_answer() -> None:
    op.create_table(
        "volunteer_patrol_answer",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["volunteer_patrol_entry.id"],
            name=op.f("fk_volunteer_patrol_answer_entry_id"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "item", name=op.f("pk_volunteer_patrol_answer")),
    )
    # ### end Alembic commands ###
