"""Certified time of service, certificates, the volunteer cloud's numbers, calendar links."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_calendar()
    _volunteer_certificate()
    _volunteer_cloud_link()
    _volunteer_hours()
    _volunteer_hours_indexes()
    _volunteer_certificate_line()


def _volunteer_calendar() -> None:
    op.create_table(
        "volunteer_calendar",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_calendar_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteer_calendar")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_volunteer_calendar_token_hash")),
    )


def _volunteer_certificate_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("issuer_zh_hans", sa.String(length=120), nullable=False),
        sa.Column("issuer_zh_hant", sa.String(length=120), nullable=True),
        sa.Column("issuer_en", sa.String(length=120), nullable=True),
        sa.Column("sealed_snapshot", sa.Text(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=200), nullable=True),
    ]


def _volunteer_certificate() -> None:
    op.create_table(
        "volunteer_certificate",
        *_volunteer_certificate_columns(),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoke_reason IS NULL)",
            name=op.f("ck_volunteer_certificate_revoked"),
        ),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_volunteer_certificate_days")),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_volunteer_certificate_minutes")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_certificate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_certificate_number")),
    )
    op.create_index(
        "ix_volunteer_certificate_person_id", "volunteer_certificate", ["person_id"], unique=False
    )


def _volunteer_cloud_link() -> None:
    op.create_table(
        "volunteer_cloud_link",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cloud_id", sa.String(length=40), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_cloud_link_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_volunteer_cloud_link")),
        sa.UniqueConstraint("cloud_id", name=op.f("uq_volunteer_cloud_link_cloud_id")),
    )


def _volunteer_hours_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("sign_up_id", sa.Uuid(), nullable=True),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("title_zh_hans", sa.String(length=60), nullable=True),
        sa.Column("title_zh_hant", sa.String(length=60), nullable=True),
        sa.Column("title_en", sa.String(length=60), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("outside_id", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
    ]


def _volunteer_hours() -> None:
    op.create_table(
        "volunteer_hours",
        *_volunteer_hours_columns(),
        sa.CheckConstraint(
            "(source = 'cloud') = (confirmed_by IS NULL)", name=op.f("ck_volunteer_hours_confirmed")
        ),
        sa.CheckConstraint(
            "(source = 'cloud') = (outside_id IS NOT NULL)", name=op.f("ck_volunteer_hours_outside")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)"
            " AND (voided_at IS NULL) = (voided_by IS NULL)",
            name=op.f("ck_volunteer_hours_void"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_volunteer_hours_ends")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 960", name=op.f("ck_volunteer_hours_minutes")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_hours_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["volunteer_shift.id"], name=op.f("fk_volunteer_hours_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_hours")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_hours_number")),
    )


def _volunteer_hours_indexes() -> None:
    op.create_index(
        "ix_volunteer_hours_person_id", "volunteer_hours", ["person_id", "starts_at"], unique=False
    )
    op.create_index(
        "ix_volunteer_hours_place", "volunteer_hours", ["place_path", "confirmed_at"], unique=False
    )
    op.create_index("ix_volunteer_hours_shift_id", "volunteer_hours", ["shift_id"], unique=False)
    op.create_index("uq_volunteer_hours_outside", "volunteer_hours", ["outside_id"], unique=True)
    op.create_index(
        "uq_volunteer_hours_sign_up",
        "volunteer_hours",
        ["sign_up_id"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )


def _volunteer_certificate_line() -> None:
    op.create_table(
        "volunteer_certificate_line",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("hours_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["volunteer_certificate.id"],
            name=op.f("fk_volunteer_certificate_line_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hours_id"],
            ["volunteer_hours.id"],
            name=op.f("fk_volunteer_certificate_line_hours_id"),
        ),
        sa.PrimaryKeyConstraint(
            "certificate_id", "hours_id", name=op.f("pk_volunteer_certificate_line")
        ),
    )
    op.create_index(
        "ix_volunteer_certificate_line_hours_id",
        "volunteer_certificate_line",
        ["hours_id"],
        unique=False,
    )
    # ### end Alembic commands ###
