"""Service companies: their standing, spot checks and scores."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _company_check()
    _company_score()
    _company_step()
    _organisation()


def _hearing() -> list[sa.Column[Any]]:
    """What each of the three tables has: when it was made, and how the company is heard."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("answer_until", MOMENT, nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
    ]


def _company_check_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("contract_code", sa.String(length=16), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("spot", sa.String(length=200), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        *_hearing(),
    ]


def _company_check() -> None:
    op.create_table(
        "company_check",
        *_company_check_columns(),
        sa.CheckConstraint(
            "(said IS NULL) = (said_at IS NULL)", name=op.f("ck_company_check_said")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_company_check_settled")
        ),
        sa.CheckConstraint(
            "made_by IS NULL OR settled_by <> made_by", name=op.f("ck_company_check_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["contract_code"],
            ["service_contract.code"],
            name=op.f("fk_company_check_contract_code"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.id"], name=op.f("fk_company_check_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_check")),
        sa.UniqueConstraint("number", name=op.f("uq_company_check_number")),
    )
    op.create_index(
        "ix_company_check_unit_id", "company_check", ["unit_id", "checked_on"], unique=False
    )


def _company_score_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("formula", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        *_hearing(),
    ]


def _company_score() -> None:
    op.create_table(
        "company_score",
        *_company_score_columns(),
        sa.CheckConstraint(
            "(said IS NULL) = (said_at IS NULL)", name=op.f("ck_company_score_said")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_company_score_settled")
        ),
        sa.CheckConstraint(
            "made_by IS NULL OR settled_by <> made_by", name=op.f("ck_company_score_two_people")
        ),
        sa.CheckConstraint("points BETWEEN 0 AND 1000", name=op.f("ck_company_score_points")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_company_score_revision")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.id"], name=op.f("fk_company_score_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_score")),
        sa.UniqueConstraint("number", name=op.f("uq_company_score_number")),
    )
    op.create_index(
        "uq_company_score_quarter", "company_score", ["unit_id", "quarter", "revision"], unique=True
    )


def _company_step_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("before", sa.String(length=32), nullable=True),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        *_hearing(),
    ]


def _company_step() -> None:
    op.create_table(
        "company_step",
        *_company_step_columns(),
        sa.CheckConstraint("(said IS NULL) = (said_at IS NULL)", name=op.f("ck_company_step_said")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_company_step_settled")
        ),
        sa.CheckConstraint(
            "made_by IS NULL OR settled_by <> made_by", name=op.f("ck_company_step_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.id"], name=op.f("fk_company_step_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_step")),
        sa.UniqueConstraint("number", name=op.f("uq_company_step_number")),
    )
    op.create_index("ix_company_step_unit_id", "company_step", ["unit_id", "made_at"], unique=False)
    op.create_index(
        "uq_company_step_open",
        "company_step",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _organisation() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("standing", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("standing_since", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_organisation_standing"), "(standing IS NULL) = (standing_since IS NULL)"
        )
