"""Places: the tree, outlines, tags, cards, permitted places, switched features."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _area()
    _area_version()
    _loaded_list()
    _area_shape()
    _area_tag()
    _feature_switch()
    _grid_card()
    _permitted_place()


def _area() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("name_zh_hans", sa.String(length=80), nullable=False),
        sa.Column("name_zh_hant", sa.String(length=80), nullable=True),
        sa.Column("name_en", sa.String(length=80), nullable=True),
        sa.Column("name_khb", sa.String(length=80), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.String(length=32), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_area_point")),
        sa.CheckConstraint("lat IS NULL OR (lat BETWEEN -90 AND 90)", name=op.f("ck_area_lat")),
        sa.CheckConstraint("lon IS NULL OR (lon BETWEEN -180 AND 180)", name=op.f("ck_area_lon")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_area_dates")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    op.create_index(op.f("ix_area_level"), "area", ["level"], unique=False)
    op.create_index("ix_area_parent_id_code", "area", ["parent_id", "code"], unique=False)
    op.create_index(
        "ix_area_path",
        "area",
        ["path"],
        unique=True,
        postgresql_ops={"path": "varchar_pattern_ops"},
    )


def _area_version() -> None:
    op.create_table(
        "area_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_area_version_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_version")),
    )


def _loaded_list() -> None:
    op.create_table(
        "loaded_list",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_loaded_list")),
    )


def _area_shape() -> None:
    op.create_table(
        "area_shape",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("geojson", sa.Text(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_shape_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_shape")),
    )


def _area_tag() -> None:
    op.create_table(
        "area_tag",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_tag_area_id")),
        sa.PrimaryKeyConstraint("area_id", "tag", name=op.f("pk_area_tag")),
    )


def _feature_switch() -> None:
    op.create_table(
        "feature_switch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feature", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_feature_switch_dates")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_feature_switch_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_switch")),
        sa.UniqueConstraint("feature", "area_id", name=op.f("uq_feature_switch_feature_area_id")),
    )


def _grid_card() -> None:
    op.create_table(
        "grid_card",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("objects", sa.Text(), nullable=False),
        sa.Column("standards", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=120), nullable=False),
        sa.Column("duty_phone", sa.String(length=40), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_grid_card_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_grid_card")),
    )


def _permitted_place() -> None:
    op.create_table(
        "permitted_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name_zh_hans", sa.String(length=80), nullable=False),
        sa.Column("name_zh_hant", sa.String(length=80), nullable=True),
        sa.Column("name_en", sa.String(length=80), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "closes BETWEEN 1 AND 1440 AND closes <> opens", name=op.f("ck_permitted_place_closes")
        ),
        sa.CheckConstraint("opens BETWEEN 0 AND 1439", name=op.f("ck_permitted_place_opens")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_permitted_place_dates")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_permitted_place_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permitted_place")),
    )
    op.create_index("ix_permitted_place_area_id", "permitted_place", ["area_id"], unique=False)
