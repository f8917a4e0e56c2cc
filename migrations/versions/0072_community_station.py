"""Stations, heads, organisations, estates, owners' committees, handling."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _community_estate()
    _community_head()
    _community_station()
    _community_body()
    _community_estate_party()
    _community_owners_committee()
    _community_owners_member()
    _community_handling()


def _community_estate_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("homes", sa.Integer()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_estate() -> None:
    op.create_table(
        "community_estate",
        *_community_estate_columns(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_estate_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_estate"),
        sa.UniqueConstraint("number", name="uq_community_estate_number"),
    )
    op.create_index("ix_community_estate_place_path", "community_estate", ["place_path"])


def _community_head_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("covers", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("named_at", MOMENT),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_head() -> None:
    op.create_table(
        "community_head",
        *_community_head_columns(),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name="ck_community_head_days"
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_head_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_head"),
        sa.UniqueConstraint("number", name="uq_community_head_number"),
    )
    op.create_index("ix_community_head_person_id", "community_head", ["person_id"])
    op.create_index("ix_community_head_place_path", "community_head", ["place_path", "role"])


def _community_station_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("located", sa.String(length=160), nullable=False),
        sa.Column("hours", sa.String(length=160), nullable=False),
        sa.Column("office_phone", sa.String(length=40), nullable=False),
        sa.Column("markdown", sa.Text()),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_station() -> None:
    op.create_table(
        "community_station",
        *_community_station_columns(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_station_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_station"),
        sa.UniqueConstraint("number", name="uq_community_station_number"),
    )
    op.create_index("ix_community_station_place_path", "community_station", ["place_path"])
    op.create_index(
        "uq_community_station_now",
        "community_station",
        ["area_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def _community_body_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("members", sa.Integer()),
        sa.Column("does", sa.String(length=160)),
        sa.Column("founded_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_body() -> None:
    op.create_table(
        "community_body",
        *_community_body_columns(),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= founded_on", name="ck_community_body_days"
        ),
        sa.CheckConstraint("members IS NULL OR members >= 0", name="ck_community_body_members"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_body_area_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_community_body_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_body"),
        sa.UniqueConstraint("number", name="uq_community_body_number"),
    )
    op.create_index("ix_community_body_place_path", "community_body", ["place_path", "kind"])


def _community_estate_party() -> None:
    op.create_table(
        "community_estate_party",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("does", sa.Text(), nullable=False),
        sa.Column("office_phone", sa.String(length=40)),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["estate_id"],
            ["community_estate.id"],
            name="fk_community_estate_party_estate_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_community_estate_party_organisation_id",
        ),
        sa.PrimaryKeyConstraint("estate_id", "party", name="pk_community_estate_party"),
    )


def _community_owners_committee_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("elected_on", sa.Date(), nullable=False),
        sa.Column("term_starts_on", sa.Date(), nullable=False),
        sa.Column("term_ends_on", sa.Date(), nullable=False),
        sa.Column("filed_with", sa.String(length=80)),
        sa.Column("filing_number", sa.String(length=60)),
        sa.Column("filed_on", sa.Date()),
        sa.Column("document_key", sa.String(length=80)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("ended_on", sa.Date()),
    ]


def _community_owners_committee() -> None:
    op.create_table(
        "community_owners_committee",
        *_community_owners_committee_columns(),
        sa.CheckConstraint(
            "(filed_on IS NULL) = (filing_number IS NULL)",
            name="ck_community_owners_committee_filed",
        ),
        sa.CheckConstraint(
            "filed_on IS NULL OR filed_on >= elected_on",
            name="ck_community_owners_committee_filed_after",
        ),
        sa.CheckConstraint(
            "term_ends_on > term_starts_on", name="ck_community_owners_committee_term"
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"],
            ["community_estate.id"],
            name="fk_community_owners_committee_estate_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_owners_committee"),
        sa.UniqueConstraint("number", name="uq_community_owners_committee_number"),
    )
    op.create_index(
        "ix_community_owners_committee_document_key",
        "community_owners_committee",
        ["document_key"],
    )
    op.create_index(
        "uq_community_owners_committee_now",
        "community_owners_committee",
        ["estate_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def _community_owners_member() -> None:
    op.create_table(
        "community_owners_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("named_at", MOMENT),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name="ck_community_owners_member_days"
        ),
        sa.ForeignKeyConstraint(
            ["committee_id"],
            ["community_owners_committee.id"],
            name="fk_community_owners_member_committee_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_owners_member"),
    )
    op.create_index(
        "ix_community_owners_member_committee_id",
        "community_owners_member",
        ["committee_id"],
    )
    op.create_index(
        "ix_community_owners_member_person_id",
        "community_owners_member",
        ["person_id"],
    )


def _community_handling_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("clause_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("located", sa.String(length=160), nullable=False),
        sa.Column("sealed_note", sa.Text()),
        sa.Column("outcome", sa.String(length=32)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
    ]


def _community_handling() -> None:
    op.create_table(
        "community_handling",
        *_community_handling_columns(),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_handling_area_id"),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["convention_clause.id"], name="fk_community_handling_clause_id"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["convention_version.id"], name="fk_community_handling_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_handling"),
        sa.UniqueConstraint("number", name="uq_community_handling_number"),
    )
    op.create_index("ix_community_handling_clause_id", "community_handling", ["clause_id"])
    op.create_index("ix_community_handling_place_path", "community_handling", ["place_path", "at"])
