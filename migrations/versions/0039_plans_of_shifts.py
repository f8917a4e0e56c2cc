"""Volunteers: plans, series and batches of shifts; partners; inspection tours."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_plan()
    _volunteer_partner()
    _volunteer_plan_post()
    _volunteer_batch()
    _volunteer_series()
    _volunteer_tour_report()
    _volunteer_tour_stop()
    _volunteer_series_exception()
    _volunteer_tour_score()
    _volunteer_activity()
    _volunteer_shift()


def _volunteer_plan_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
    ]


def _volunteer_plan() -> None:
    op.create_table(
        "volunteer_plan",
        *_volunteer_plan_columns(),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_volunteer_plan_point")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_volunteer_plan_minutes")),
        sa.CheckConstraint("start_minute BETWEEN 0 AND 1439", name=op.f("ck_volunteer_plan_start")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_volunteer_plan_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_plan_number")),
    )
    op.create_index(
        "ix_volunteer_plan_place", "volunteer_plan", ["place_path", "name"], unique=False
    )


def _volunteer_partner() -> None:
    op.create_table(
        "volunteer_partner",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_volunteer_partner_dates")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_volunteer_partner_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_volunteer_partner")),
    )


def _volunteer_plan_post() -> None:
    op.create_table(
        "volunteer_plan_post",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("qualification", sa.String(length=32), nullable=True),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("least BETWEEN 0 AND seats", name=op.f("ck_volunteer_plan_post_least")),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_volunteer_plan_post_seats")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["volunteer_plan.id"], name=op.f("fk_volunteer_plan_post_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "role", name=op.f("pk_volunteer_plan_post")),
    )


def _volunteer_batch_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("shifts", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
    ]


def _volunteer_batch() -> None:
    op.create_table(
        "volunteer_batch",
        *_volunteer_batch_columns(),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["volunteer_activity.id"], name=op.f("fk_volunteer_batch_activity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_batch_number")),
    )
    op.create_index(
        "ix_volunteer_batch_activity_id", "volunteer_batch", ["activity_id", "id"], unique=False
    )


def _volunteer_series_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("skip_holidays", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_to", sa.Date(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    ]


def _volunteer_series() -> None:
    op.create_table(
        "volunteer_series",
        *_volunteer_series_columns(),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["volunteer_activity.id"], name=op.f("fk_volunteer_series_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["volunteer_plan.id"], name=op.f("fk_volunteer_series_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_series")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_series_number")),
    )
    op.create_index(
        "ix_volunteer_series_activity_id", "volunteer_series", ["activity_id"], unique=False
    )


def _volunteer_tour_report() -> None:
    op.create_table(
        "volunteer_tour_report",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_tour_report_activity_id"),
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_volunteer_tour_report")),
    )


def _volunteer_tour_stop() -> None:
    op.create_table(
        "volunteer_tour_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_volunteer_tour_stop_position")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_tour_stop_activity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_tour_stop")),
        sa.UniqueConstraint(
            "activity_id", "position", name=op.f("uq_volunteer_tour_stop_activity_id_position")
        ),
    )


def _volunteer_series_exception() -> None:
    op.create_table(
        "volunteer_series_exception",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["volunteer_series.id"],
            name=op.f("fk_volunteer_series_exception_series_id"),
        ),
        sa.PrimaryKeyConstraint("series_id", "day", name=op.f("pk_volunteer_series_exception")),
    )


def _volunteer_tour_score() -> None:
    op.create_table(
        "volunteer_tour_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("axis", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_volunteer_tour_score_score")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_tour_score_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["volunteer_tour_stop.id"], name=op.f("fk_volunteer_tour_score_stop_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_tour_score")),
        sa.UniqueConstraint(
            "stop_id",
            "person_id",
            "axis",
            name=op.f("uq_volunteer_tour_score_stop_id_person_id_axis"),
        ),
    )
    op.create_index(
        "ix_volunteer_tour_score_person_id", "volunteer_tour_score", ["person_id"], unique=False
    )


def _volunteer_activity() -> None:
    op.add_column(
        "volunteer_activity", sa.Column("cancel_reason", sa.String(length=200), nullable=True)
    )


def _volunteer_shift() -> None:
    # no shift was changed by itself before there were series
    detached = sa.Column("detached", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("volunteer_shift", detached)
    op.add_column("volunteer_shift", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_index("ix_volunteer_shift_batch_id", "volunteer_shift", ["batch_id"], unique=False)
