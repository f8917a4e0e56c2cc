"""Grids: team, diary, patrol interval, sites inside them; fast alerts of new illegal building."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

STANDING = sa.text("until IS NULL AND person_id IS NOT NULL")
MOMENT = sa.DateTime(timezone=True)
SQLITE = (
    "CREATE TRIGGER grid_entry_no_update BEFORE UPDATE ON grid_entry "
    "BEGIN SELECT RAISE(ABORT, 'the diary of a grid is only added to'); END",
    "CREATE TRIGGER grid_entry_no_delete BEFORE DELETE ON grid_entry "
    "BEGIN SELECT RAISE(ABORT, 'the diary of a grid is only added to'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION grid_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the diary of a grid is only added to'; END $$",
    "CREATE TRIGGER grid_entry_no_change BEFORE UPDATE OR DELETE ON grid_entry "
    "FOR EACH ROW EXECUTE FUNCTION grid_entry_is_kept()",
    "CREATE TRIGGER grid_entry_no_truncate BEFORE TRUNCATE ON grid_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION grid_entry_is_kept()",
)
TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def upgrade() -> None:
    _sites()
    _team()
    _grid_entry()
    _grid_entry_text()
    _grid_entry_photo()
    _grid_entry_case()
    op.create_table(
        "case_alert",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_alert_case"
        ),
        sa.PrimaryKeyConstraint("district", "case_id", name=op.f("pk_case_alert")),
    )
    op.create_index("ix_case_alert_raised_at", "case_alert", ["raised_at"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _sites() -> None:
    op.create_table(
        "construction_site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("builder", sa.String(length=80), nullable=False),
        sa.Column("permit", sa.String(length=40), nullable=False),
        sa.Column("measures", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_construction_site_dates")
        ),
        sa.CheckConstraint(
            "(lon IS NULL) = (lat IS NULL)", name=op.f("ck_construction_site_point")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_construction_site_area_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_construction_site")),
        sa.UniqueConstraint("code", name=op.f("uq_construction_site_code")),
    )
    op.create_index("ix_construction_site_area_id", "construction_site", ["area_id"], unique=False)


def _team() -> None:
    op.create_table(
        "grid_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("core", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_grid_member_dates")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_grid_member_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_member")),
    )
    op.create_index("ix_grid_member_area_id", "grid_member", ["area_id", "id"], unique=False)
    op.create_index("ix_grid_member_until", "grid_member", ["until"], unique=False)
    op.create_index(
        "uq_grid_member_standing",
        "grid_member",
        ["area_id", "person_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_table(
        "grid_setting",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("patrol_days", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "patrol_days BETWEEN 1 AND 366", name=op.f("ck_grid_setting_patrol_days")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_grid_setting_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_grid_setting")),
    )


def _grid_entry() -> None:
    op.create_table(
        "grid_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_grid_entry_point")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_grid_entry_area_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["grid_entry.id"], name=op.f("fk_grid_entry_corrects_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_entry")),
        sa.UniqueConstraint("code", name=op.f("uq_grid_entry_code")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_grid_entry_corrects_id")),
    )
    for name, columns in (("area_id_at", ["area_id", "at", "id"]),
                          ("place_path", ["place_path", "at"])):  # fmt: skip
        op.create_index(f"ix_grid_entry_{name}", "grid_entry", columns, unique=False)


def _grid_entry_text() -> None:
    op.create_table(
        "grid_entry_text",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["grid_entry.id"], name=op.f("fk_grid_entry_text_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_grid_entry_text")),
    )


def _grid_entry_photo() -> None:
    op.create_table(
        "grid_entry_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["grid_entry.id"], name=op.f("fk_grid_entry_photo_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_entry_photo")),
        sa.UniqueConstraint("code", name=op.f("uq_grid_entry_photo_code")),
    )
    for column in ("entry_id", "blob_key"):
        op.create_index(f"ix_grid_entry_photo_{column}", "grid_entry_photo", [column], unique=False)


def _grid_entry_case() -> None:
    op.create_table(
        "grid_entry_case",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_grid_entry_case_case"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["grid_entry.id"], name=op.f("fk_grid_entry_case_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "district", "case_id", name=op.f("pk_grid_entry_case")),
    )
    op.create_index(
        "ix_grid_entry_case_case", "grid_entry_case", ["district", "case_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("case_alert")
    for table in ("grid_entry_case", "grid_entry_photo", "grid_entry_text", "grid_entry"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS grid_entry_is_kept()")
    op.drop_table("grid_setting")
    op.drop_table("grid_member")
    op.drop_table("construction_site")
