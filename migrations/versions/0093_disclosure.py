"""Disclosure, key tasks and participation."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _participation_month()
    _disclosed_input()
    _participation()
    _key_task()
    _key_task_change()


def _participation_month() -> None:
    op.create_table(
        "participation_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_participation_month"),
    )


def _disclosed_input_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=300)),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_why", sa.String(length=300)),
    ]


def _disclosed_input() -> None:
    op.create_table(
        "disclosed_input",
        *_disclosed_input_columns(),
        sa.CheckConstraint(
            "kind <> 'population' OR amount > 0", name=op.f("ck_disclosed_input_population")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_disclosed_input_ended")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_disclosed_input_amount")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_disclosed_input_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosed_input"),
        sa.UniqueConstraint("number", name="uq_disclosed_input_number"),
    )
    op.create_index("ix_disclosed_input_year", "disclosed_input", ["year", "kind"])
    op.create_index(
        "uq_disclosed_input_stands",
        "disclosed_input",
        ["kind", "area_id", "year", "title"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _participation() -> None:
    op.create_table(
        "participation",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("area_code", sa.String(length=40), nullable=False),
        sa.Column("took_part", sa.String(length=32), nullable=False),
        sa.Column("people", sa.Integer()),
        sa.Column("population", sa.BigInteger()),
        sa.CheckConstraint("people IS NULL OR people >= 10", name=op.f("ck_participation_people")),
        sa.CheckConstraint(
            "population IS NULL OR population > 0", name=op.f("ck_participation_population")
        ),
        sa.ForeignKeyConstraint(
            ["month"], ["participation_month.month"], name="fk_participation_month"
        ),
        sa.PrimaryKeyConstraint("month", "area_code", "took_part", name="pk_participation"),
    )
    op.create_index("ix_participation_area_code", "participation", ["area_code", "month"])


def _key_task_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("goal", sa.String(length=500), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _key_task() -> None:
    op.create_table(
        "key_task",
        *_key_task_columns(),
        sa.CheckConstraint("version >= 1", name=op.f("ck_key_task_version")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_key_task_area_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_key_task_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_key_task"),
        sa.UniqueConstraint("number", name="uq_key_task_number"),
    )
    op.create_index("ix_key_task_state", "key_task", ["state", "due_on"])


def _key_task_change() -> None:
    op.create_table(
        "key_task_change",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("changed_by", sa.Uuid()),
        sa.ForeignKeyConstraint(["task_id"], ["key_task.id"], name="fk_key_task_change_task_id"),
        sa.PrimaryKeyConstraint("task_id", "version", name="pk_key_task_change"),
    )
