"""Signatures under conventions, and consents apart from them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _convention_consent()
    _convention_sign_on()


def _convention_consent() -> None:
    op.create_table(
        "convention_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("text_code", sa.String(length=40), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= given_at",
            name="ck_convention_consent_withdrawn",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["convention_version.id"], name="fk_convention_consent_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_consent"),
    )
    op.create_index("ix_convention_consent_person_id", "convention_consent", ["person_id"])
    op.create_index(
        "uq_convention_consent_now",
        "convention_consent",
        ["version_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND person_id IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND person_id IS NOT NULL"),
    )


def _convention_sign_on_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("signer", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("sealed_household", sa.Text()),
        sa.Column("household_hash", sa.String(length=64)),
        sa.Column("paper_key", sa.String(length=80)),
        sa.Column("paper_thumbnail_key", sa.String(length=80)),
        sa.Column("typed_by", sa.Uuid()),
        sa.Column("named_at", MOMENT),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
    ]


def _convention_sign_on() -> None:
    op.create_table(
        "convention_sign_on",
        *_convention_sign_on_columns(),
        sa.CheckConstraint(
            "(signer = 'unit') = (organisation_id IS NOT NULL)",
            name="ck_convention_sign_on_unit",
        ),
        sa.CheckConstraint(
            "signer <> 'household' OR household_hash IS NOT NULL OR withdrawn_at IS NOT NULL",
            name="ck_convention_sign_on_household",
        ),
        sa.CheckConstraint(
            "way = 'screen' OR typed_by IS NOT NULL", name="ck_convention_sign_on_typed"
        ),
        sa.CheckConstraint(
            "(paper_key IS NULL) = (paper_thumbnail_key IS NULL)",
            name="ck_convention_sign_on_paper",
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= signed_at",
            name="ck_convention_sign_on_withdrawn",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_convention_sign_on_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["convention_version.id"], name="fk_convention_sign_on_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_convention_sign_on"),
        sa.UniqueConstraint("number", name="uq_convention_sign_on_number"),
    )
    _convention_sign_on_indexes()


def _convention_sign_on_indexes() -> None:
    op.create_index("ix_convention_sign_on_paper_key", "convention_sign_on", ["paper_key"])
    op.create_index(
        "ix_convention_sign_on_paper_thumbnail_key",
        "convention_sign_on",
        ["paper_thumbnail_key"],
    )
    op.create_index("ix_convention_sign_on_person_id", "convention_sign_on", ["person_id"])
    op.create_index(
        "ix_convention_sign_on_version_id",
        "convention_sign_on",
        ["version_id", "signed_at"],
    )
    op.create_index(
        "uq_convention_sign_on_household",
        "convention_sign_on",
        ["version_id", "household_hash"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND household_hash IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND household_hash IS NOT NULL"),
    )
    op.create_index(
        "uq_convention_sign_on_person",
        "convention_sign_on",
        ["version_id", "person_id", "signer"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND person_id IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND person_id IS NOT NULL"),
    )
    op.create_index(
        "uq_convention_sign_on_unit",
        "convention_sign_on",
        ["version_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND organisation_id IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND organisation_id IS NOT NULL"),
    )
