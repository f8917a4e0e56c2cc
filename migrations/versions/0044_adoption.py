"""The register of adoptable things, adoptions with their people, care, checks, plaques."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

MOMENT = sa.DateTime(timezone=True)
APPLIES = sa.text("state = 'applied'")
HOLDS = sa.text("state IN ('offered', 'signed', 'active', 'reminded', 'to_rectify', 'leaving')")
LEADS = sa.text("role = 'lead' AND left_at IS NULL")
STAYS = sa.text("left_at IS NULL")


def upgrade() -> None:
    _adoption_plot()
    _adoption_model()
    _adoption()
    _adoption_member()
    _adoption_event()
    _adoption_care()
    _adoption_photo()
    _adoption_inspection()
    _adoption_score()
    _adoption_plaque()
    _adoption_dry_week()


def _adoption_plot() -> None:
    op.create_table(
        "adoption_plot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("register_number", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("square_metres", sa.Integer()),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("adoptable", sa.Boolean(), nullable=False),
        sa.Column("heritage", sa.Boolean(), nullable=False),
        sa.Column("new_green", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("listed_from", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_plot"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_adoption_plot_area_id_area"),
        sa.UniqueConstraint("number", name="uq_adoption_plot_number"),
        sa.UniqueConstraint("register_number", name="uq_adoption_plot_register_number"),
        sa.CheckConstraint("NOT (heritage AND adoptable)", name="ck_adoption_plot_heritage"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name="ck_adoption_plot_lat"),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name="ck_adoption_plot_lon"),
        sa.CheckConstraint(
            "square_metres IS NULL OR square_metres > 0", name="ck_adoption_plot_square_metres"
        ),
    )
    op.create_index("ix_adoption_plot_listed", "adoption_plot", ["state", "listed_from"])
    op.create_index("ix_adoption_plot_place_path", "adoption_plot", ["place_path"])


def _adoption_model() -> None:
    op.create_table(
        "adoption_model",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("text_zh_hans", sa.Text(), nullable=False),
        sa.Column("text_zh_hant", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("version", name="pk_adoption_model"),
        sa.CheckConstraint("version >= 1", name="ck_adoption_model_version"),
    )


def _adoption() -> None:
    op.create_table("adoption", *_adoption_columns(), *_adoption_rules())
    op.create_index("ix_adoption_applicant_id", "adoption", ["applicant_id"])
    op.create_index("ix_adoption_plot_id", "adoption", ["plot_id"])
    op.create_index("ix_adoption_state", "adoption", ["state", "applied_at"])
    op.create_index(
        "uq_adoption_applies", "adoption", ["plot_id", "applicant_id"], unique=True,
        sqlite_where=APPLIES, postgresql_where=APPLIES,
    )  # fmt: skip
    op.create_index(
        "uq_adoption_holds", "adoption", ["plot_id"], unique=True,
        sqlite_where=HOLDS, postgresql_where=HOLDS,
    )  # fmt: skip


def _adoption_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("party", sa.String(32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("cost_percent", sa.SmallInteger(), nullable=False),
        sa.Column("applicant_id", sa.Uuid()),
        sa.Column("sealed_group", sa.Text()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("sealed_plot_name", sa.Text()),
        sa.Column("named_until", sa.Date()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.Column("checked_by", sa.Uuid()),
        sa.Column("offered_until", sa.Date()),
        sa.Column("model_version", sa.Integer()),
        sa.Column("signed_at", MOMENT),
        sa.Column("countersigned_by", sa.Uuid()),
        sa.Column("countersigned_at", MOMENT),
        sa.Column("salt", sa.String(64)),
        sa.Column("digest", sa.String(64)),
        sa.Column("starts_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("renewal_asked_at", MOMENT),
        sa.Column("step_from", sa.Date()),
        sa.Column("rectify_by", sa.Date()),
        sa.Column("leaves_on", sa.Date()),
        sa.Column("ended_at", MOMENT),
        sa.Column("first_right_until", sa.Date()),
        sa.Column("first_right_of", sa.Uuid()),
    ]


def _adoption_rules() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name="pk_adoption"),
        sa.ForeignKeyConstraint(
            ["model_version"],
            ["adoption_model.version"],
            name="fk_adoption_model_version_adoption_model",
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["adoption_plot.id"], name="fk_adoption_plot_id_adoption_plot"
        ),
        sa.UniqueConstraint("number", name="uq_adoption_number"),
        sa.CheckConstraint("cost_percent BETWEEN 0 AND 100", name="ck_adoption_cost_percent"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ck_adoption_days"),
        sa.CheckConstraint("people >= 1", name="ck_adoption_people"),
    ]


def _adoption_member() -> None:
    op.create_table(
        "adoption_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
        sa.Column("sealed_signature", sa.Text()),
        sa.Column("signed_at", MOMENT),
        sa.Column("sealed_public_name", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_member"),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoption.id"],
            name="fk_adoption_member_adoption_id_adoption",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["adoption_plot.id"], name="fk_adoption_member_plot_id_adoption_plot"
        ),
        sa.UniqueConstraint("number", name="uq_adoption_member_number"),
    )
    op.create_index("ix_adoption_member_person_id", "adoption_member", ["person_id"])
    op.create_index(
        "uq_adoption_member_lead", "adoption_member", ["plot_id"], unique=True,
        sqlite_where=LEADS, postgresql_where=LEADS,
    )  # fmt: skip
    op.create_index(
        "uq_adoption_member_once", "adoption_member", ["adoption_id", "person_id"], unique=True,
        sqlite_where=STAYS, postgresql_where=STAYS,
    )  # fmt: skip


def _adoption_event() -> None:
    op.create_table(
        "adoption_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_event"),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoption.id"],
            name="fk_adoption_event_adoption_id_adoption",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_adoption_event_adoption_id", "adoption_event", ["adoption_id", "at"])


def _adoption_care() -> None:
    op.create_table(
        "adoption_care",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("deed", sa.String(40), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", MOMENT),
        sa.Column("void_reason", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_care"),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoption.id"],
            name="fk_adoption_care_adoption_id_adoption",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["adoption_plot.id"], name="fk_adoption_care_plot_id_adoption_plot"
        ),
        sa.UniqueConstraint("number", name="uq_adoption_care_number"),
        sa.CheckConstraint(
            "(state = 'void') = (void_reason IS NOT NULL)", name="ck_adoption_care_void"
        ),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1440", name="ck_adoption_care_minutes"),
    )
    op.create_index("ix_adoption_care_adoption_id", "adoption_care", ["adoption_id"])
    op.create_index("ix_adoption_care_person_id", "adoption_care", ["person_id"])
    op.create_index("ix_adoption_care_plot_id", "adoption_care", ["plot_id", "done_on"])
    op.create_index("ix_adoption_care_state", "adoption_care", ["state", "at"])


def _adoption_photo() -> None:
    op.create_table(
        "adoption_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("care_id", sa.Uuid()),
        sa.Column("blob_key", sa.String(80), nullable=False),
        sa.Column("thumbnail_key", sa.String(80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_photo"),
        sa.ForeignKeyConstraint(
            ["care_id"],
            ["adoption_care.id"],
            name="fk_adoption_photo_care_id_adoption_care",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["adoption_plot.id"], name="fk_adoption_photo_plot_id_adoption_plot"
        ),
        sa.UniqueConstraint("code", name="uq_adoption_photo_code"),
        sa.CheckConstraint("width > 0 AND height > 0", name="ck_adoption_photo_size"),
    )
    op.create_index("ix_adoption_photo_blob_key", "adoption_photo", ["blob_key"])
    op.create_index("ix_adoption_photo_care_id", "adoption_photo", ["care_id"])
    op.create_index("ix_adoption_photo_plot_id", "adoption_photo", ["plot_id"])
    op.create_index("ix_adoption_photo_thumbnail_key", "adoption_photo", ["thumbnail_key"])


def _adoption_inspection() -> None:
    op.create_table(
        "adoption_inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_inspection"),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoption.id"],
            name="fk_adoption_inspection_adoption_id_adoption",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["adoption_plot.id"], name="fk_adoption_inspection_plot_id_adoption_plot"
        ),
    )
    op.create_index(
        "ix_adoption_inspection_adoption_id", "adoption_inspection", ["adoption_id", "at"]
    )
    op.create_index("ix_adoption_inspection_plot_id", "adoption_inspection", ["plot_id", "at"])


def _adoption_score() -> None:
    op.create_table(
        "adoption_score",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("axis", sa.String(40), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("inspection_id", "axis", name="pk_adoption_score"),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["adoption_inspection.id"],
            name="fk_adoption_score_inspection_id_adoption_inspection",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="ck_adoption_score_score"),
    )


def _adoption_plaque() -> None:
    op.create_table(
        "adoption_plaque",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("adoption_id", sa.Uuid()),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("code", name="pk_adoption_plaque"),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoption.id"],
            name="fk_adoption_plaque_adoption_id_adoption",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plot_id"], ["adoption_plot.id"], name="fk_adoption_plaque_plot_id_adoption_plot"
        ),
    )
    op.create_index("ix_adoption_plaque_adoption_id", "adoption_plaque", ["adoption_id"])
    op.create_index("ix_adoption_plaque_plot_id", "adoption_plaque", ["plot_id"])


def _adoption_dry_week() -> None:
    op.create_table(
        "adoption_dry_week",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("marked_by", sa.Uuid()),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_adoption_dry_week"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_adoption_dry_week_area_id_area"),
        sa.UniqueConstraint("place_path", "monday", name="uq_adoption_dry_week_place_path_monday"),
    )


def downgrade() -> None:
    for table in (
        "adoption_dry_week",
        "adoption_plaque",
        "adoption_score",
        "adoption_inspection",
        "adoption_photo",
        "adoption_care",
        "adoption_event",
        "adoption_member",
        "adoption",
        "adoption_model",
        "adoption_plot",
    ):
        op.drop_table(table)
