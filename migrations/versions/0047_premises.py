"""The register of premises: doors, operators, claims, history; clause sets and their versions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _premises()
    _premises_operator()
    _premises_claim()
    _premises_event()
    _clause_set()
    _clause_version()
    _clause()


def _key(table: str) -> list[Any]:
    """A key that begins with the district's code (decision 0040)."""
    return [
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=f"pk_{table}"),
    ]


def _within(table: str, column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district", column],
        [f"{target}.district", f"{target}.id"],
        name=f"fk_{table}_{column}",
        **options,
    )


def _only_one(name: str, table: str, columns: list[str], where: str) -> None:
    when = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=when, postgresql_where=when)


def _premises_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("trade", sa.String(40), nullable=False),
        sa.Column("road", sa.String(80), nullable=False),
        sa.Column("door", sa.String(60), nullable=False),
        sa.Column("door_key", sa.String(200), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("within_id", sa.Uuid()),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        sa.Column("duty_words", sa.String(300)),
        sa.Column("duty_geojson", sa.Text()),
        sa.Column("duty_version", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer()),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("gone_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _premises_constraints() -> list[Any]:
    return [
        sa.CheckConstraint(
            "duty_version = 0 OR duty_words IS NOT NULL OR duty_geojson IS NOT NULL",
            name="ck_premises_duty",
        ),
        sa.CheckConstraint("duty_version >= 0", name="ck_premises_duty_version"),
        sa.CheckConstraint("(state = 'gone') = (gone_on IS NOT NULL)", name="ck_premises_gone"),
        sa.CheckConstraint("heads BETWEEN 0 AND 100000", name="ck_premises_heads"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name="ck_premises_lat"),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name="ck_premises_lon"),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="ck_premises_point"),
        sa.CheckConstraint("within_id IS NULL OR within_id <> id", name="ck_premises_within"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_premises_area_id"),
        _within("premises", "within_id", "premises"),
        sa.UniqueConstraint("number", name="uq_premises_number"),
    ]


def _premises() -> None:
    op.create_table(
        "premises",
        *_key("premises"),
        *_premises_columns(),
        *_premises_constraints(),
    )
    op.create_index("ix_premises_place_path", "premises", ["place_path", "state", "id"])
    op.create_index("ix_premises_road", "premises", ["district", "road", "id"])
    op.create_index("ix_premises_within_id", "premises", ["district", "within_id"])
    _only_one("uq_premises_door", "premises", ["district", "door_key"], "state <> 'gone'")


def _premises_operator_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("sole_trader", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("sealed_phone", sa.Text()),
        sa.Column("phone_hash", sa.String(64)),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("speaks_since", MOMENT),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("ended_why", sa.String(32)),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Uuid()),
    ]


def _premises_operator() -> None:
    op.create_table(
        "premises_operator",
        *_key("premises_operator"),
        *_premises_operator_columns(),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name="ck_premises_operator_days"
        ),
        sa.CheckConstraint(
            "(ends_on IS NULL) = (ended_why IS NULL)", name="ck_premises_operator_ended"
        ),
        sa.CheckConstraint(
            "(sealed_phone IS NULL) = (phone_hash IS NULL)", name="ck_premises_operator_phone"
        ),
        sa.CheckConstraint(
            "NOT (sole_trader AND organisation_id IS NOT NULL)",
            name="ck_premises_operator_sole_trader",
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) = (speaks_since IS NULL)", name="ck_premises_operator_speaks"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_premises_operator_organisation_id"
        ),
        _within("premises_operator", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_premises_operator_number"),
    )
    _premises_operator_indexes()


def _premises_operator_indexes() -> None:
    op.create_index("ix_premises_operator_ends_on", "premises_operator", ["ends_on"])
    op.create_index(
        "ix_premises_operator_organisation_id", "premises_operator", ["organisation_id"]
    )
    op.create_index("ix_premises_operator_person_id", "premises_operator", ["person_id"])
    op.create_index("ix_premises_operator_phone_hash", "premises_operator", ["phone_hash"])
    op.create_index(
        "ix_premises_operator_premises_id",
        "premises_operator",
        ["district", "premises_id", "starts_on"],
    )
    _only_one(
        "uq_premises_operator_now",
        "premises_operator",
        ["district", "premises_id"],
        "ends_on IS NULL",
    )


def _premises_claim_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid()),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_name", sa.Text()),
        sa.Column("sealed_phone", sa.Text()),
        sa.Column("phone_hash", sa.String(64)),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
        sa.Column("reason", sa.String(300)),
    ]


def _premises_claim() -> None:
    op.create_table(
        "premises_claim",
        *_key("premises_claim"),
        *_premises_claim_columns(),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)", name="ck_premises_claim_ended"
        ),
        sa.CheckConstraint(
            "(sealed_phone IS NULL) = (phone_hash IS NULL)", name="ck_premises_claim_phone"
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR reason IS NOT NULL", name="ck_premises_claim_reason"
        ),
        _within("premises_claim", "operator_id", "premises_operator"),
        _within("premises_claim", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_premises_claim_number"),
    )
    op.create_index("ix_premises_claim_ended_at", "premises_claim", ["ended_at"])
    op.create_index("ix_premises_claim_person_id", "premises_claim", ["person_id"])
    op.create_index("ix_premises_claim_premises_id", "premises_claim", ["district", "premises_id"])
    op.create_index("ix_premises_claim_state", "premises_claim", ["state", "place_path", "id"])
    _only_one(
        "uq_premises_claim_waiting",
        "premises_claim",
        ["district", "premises_id", "person_id"],
        "state = 'waiting'",
    )


def _premises_event() -> None:
    op.create_table(
        "premises_event",
        *_key("premises_event"),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(300)),
        _within("premises_event", "premises_id", "premises"),
    )
    op.create_index(
        "ix_premises_event_premises_id", "premises_event", ["district", "premises_id", "at"]
    )


def _clause_set() -> None:
    op.create_table(
        "clause_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("letter", sa.String(32), nullable=False),
        sa.Column("extra", sa.Boolean(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32)),
        sa.Column("trade", sa.String(40)),
        sa.Column("name_zh_hans", sa.String(80), nullable=False),
        sa.Column("name_zh_hant", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_clause_set"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_clause_set_area_id"),
        sa.UniqueConstraint("code", name="uq_clause_set_code"),
    )
    op.create_index("ix_clause_set_place_path", "clause_set", ["place_path", "letter"])


def _clause_version() -> None:
    op.create_table(
        "clause_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by", sa.Uuid()),
        sa.Column("published_at", MOMENT),
        sa.Column("published_by", sa.Uuid()),
        sa.Column("digest", sa.String(64)),
        sa.Column("entry_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_clause_version"),
        sa.CheckConstraint(
            "(published_at IS NULL) = (digest IS NULL)", name="ck_clause_version_published"
        ),
        sa.CheckConstraint(
            "entry_id IS NULL OR published_at IS NOT NULL", name="ck_clause_version_sealed"
        ),
        sa.CheckConstraint("version >= 1", name="ck_clause_version_version"),
        sa.ForeignKeyConstraint(["set_id"], ["clause_set.id"], name="fk_clause_version_set_id"),
        sa.UniqueConstraint(
            "set_id", "effective_from", name="uq_clause_version_set_id_effective_from"
        ),
        sa.UniqueConstraint("set_id", "version", name="uq_clause_version_set_id_version"),
    )


def _clause() -> None:
    op.create_table(
        "clause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("axis", sa.String(32), nullable=False),
        sa.Column("pictogram", sa.String(40), nullable=False),
        sa.Column("text_zh_hans", sa.Text(), nullable=False),
        sa.Column("text_zh_hant", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_khb", sa.Text()),
        sa.Column("plain_zh_hans", sa.Text(), nullable=False),
        sa.Column("plain_zh_hant", sa.Text(), nullable=False),
        sa.Column("plain_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clause"),
        sa.CheckConstraint("position >= 1", name="ck_clause_position"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["clause_version.id"], name="fk_clause_version_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("version_id", "code", name="uq_clause_version_id_code"),
        sa.UniqueConstraint("version_id", "position", name="uq_clause_version_id_position"),
    )
