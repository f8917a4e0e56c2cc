"""Signatures on paper sheets; the ledger's yes to a convention; matters of a building.

Nothing has written any of the three tables yet: they are made anew.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"

MOMENT = sa.DateTime(timezone=True)
_MARKED = "marker IS NOT NULL AND revoked_at IS NULL"


def upgrade() -> None:
    # whose yes stands is written in credit_basis_consent alone
    for table in ("convention_consent", "convention_sign_on", "community_handling"):
        op.drop_table(table)
    _convention_sign_on()
    _community_handling()
    op.add_column("credit_basis", sa.Column("marker", sa.String(length=40)))
    op.create_index(
        "uq_credit_basis_marker",
        "credit_basis",
        ["marker"],
        unique=True,
        sqlite_where=sa.text(_MARKED),
        postgresql_where=sa.text(_MARKED),
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
        sa.Column("sheet", sa.String(length=16)),
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
            "(way = 'paper') = (sheet IS NOT NULL)", name="ck_convention_sign_on_sheet"
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
    op.create_index("ix_convention_sign_on_sheet", "convention_sign_on", ["sheet"])
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


def _community_handling_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("version_id", sa.Uuid()),
        sa.Column("clause_id", sa.Uuid()),
        sa.Column("head_id", sa.Uuid()),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("located", sa.String(length=160), nullable=False),
        sa.Column("sealed_note", sa.Text()),
        sa.Column("outcome", sa.String(length=32)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("closed_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_handling() -> None:
    op.create_table(
        "community_handling",
        *_community_handling_columns(),
        sa.CheckConstraint(
            "(version_id IS NULL) = (clause_id IS NULL)", name="ck_community_handling_clause"
        ),
        sa.CheckConstraint(
            "clause_id IS NOT NULL OR way = 'put_right'", name="ck_community_handling_way"
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (closed_at IS NULL)", name="ck_community_handling_closed"
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_handling_area_id"),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["convention_clause.id"], name="fk_community_handling_clause_id"
        ),
        sa.ForeignKeyConstraint(
            ["head_id"], ["community_head.id"], name="fk_community_handling_head_id"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["convention_version.id"], name="fk_community_handling_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_handling"),
        sa.UniqueConstraint("number", name="uq_community_handling_number"),
    )
    op.create_index("ix_community_handling_clause_id", "community_handling", ["clause_id"])
    op.create_index("ix_community_handling_head_id", "community_handling", ["head_id"])
    op.create_index("ix_community_handling_place_path", "community_handling", ["place_path", "at"])
