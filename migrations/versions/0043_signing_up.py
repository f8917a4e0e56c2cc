"""Swaps, qualifications, guardians and interests of volunteers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_guardian()
    _volunteer_qualification()
    _volunteer_interest()
    _volunteer_handover()
    _volunteer_handover_indexes()
    _volunteer_sign_up_event()


def _volunteer_guardian_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    ]


def _volunteer_guardian() -> None:
    op.create_table(
        "volunteer_guardian",
        *_volunteer_guardian_columns(),
        sa.CheckConstraint(
            "guardian_id <> child_id", name=op.f("ck_volunteer_guardian_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["person.id"], name=op.f("fk_volunteer_guardian_child_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_guardian")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_guardian_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_volunteer_guardian_token_hash")),
    )
    op.create_index(
        "ix_volunteer_guardian_guardian_id", "volunteer_guardian", ["guardian_id"], unique=False
    )
    op.create_index(
        "uq_volunteer_guardian_open",
        "volunteer_guardian",
        ["child_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _volunteer_qualification_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("blob_key", sa.String(length=80), nullable=True),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("handed_at", MOMENT, nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
    ]


def _volunteer_qualification() -> None:
    op.create_table(
        "volunteer_qualification",
        *_volunteer_qualification_columns(),
        sa.CheckConstraint(
            "(state = 'waiting') = (checked_at IS NULL)",
            name=op.f("ck_volunteer_qualification_checked"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_volunteer_qualification_dates"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_qualification_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_qualification")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_qualification_number")),
    )
    op.create_index(
        "ix_volunteer_qualification_person_id",
        "volunteer_qualification",
        ["person_id", "code"],
        unique=False,
    )
    op.create_index(
        "ix_volunteer_qualification_state",
        "volunteer_qualification",
        ["state", "place_path", "id"],
        unique=False,
    )
    op.create_index(
        "ix_volunteer_qualification_valid_to",
        "volunteer_qualification",
        ["state", "valid_to"],
        unique=False,
    )


def _volunteer_interest() -> None:
    op.create_table(
        "volunteer_interest",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["volunteer.person_id"], name=op.f("fk_volunteer_interest_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "tag", name=op.f("pk_volunteer_interest")),
    )


def _volunteer_handover_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("wanted_shift_id", sa.Uuid(), nullable=True),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    ]


def _volunteer_handover() -> None:
    op.create_table(
        "volunteer_handover",
        *_volunteer_handover_columns(),
        sa.CheckConstraint(
            "(kind = 'swap') = (wanted_shift_id IS NOT NULL)",
            name=op.f("ck_volunteer_handover_swap"),
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (taken_by_id IS NOT NULL)",
            name=op.f("ck_volunteer_handover_accepted"),
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["volunteer_sign_up.id"], name=op.f("fk_volunteer_handover_sign_up_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"],
            ["volunteer_sign_up.id"],
            name=op.f("fk_volunteer_handover_taken_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["wanted_shift_id"],
            ["volunteer_shift.id"],
            name=op.f("fk_volunteer_handover_wanted_shift_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_handover_number")),
    )


def _volunteer_handover_indexes() -> None:
    op.create_index(
        "ix_volunteer_handover_taken_by_id", "volunteer_handover", ["taken_by_id"], unique=False
    )
    op.create_index(
        "ix_volunteer_handover_wanted_shift_id",
        "volunteer_handover",
        ["wanted_shift_id", "state"],
        unique=False,
    )
    op.create_index(
        "uq_volunteer_handover_open",
        "volunteer_handover",
        ["sign_up_id"],
        unique=True,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )


def _volunteer_sign_up_event() -> None:
    op.add_column(
        "volunteer_sign_up_event", sa.Column("overridden", sa.String(length=200), nullable=True)
    )
