"""The exposure column."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _exposure()


def _exposure_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("basis_number", sa.String(length=16), nullable=False),
        sa.Column("about_person", sa.Boolean(), nullable=False),
        sa.Column("act", sa.String(length=120), nullable=False),
        sa.Column("located", sa.String(length=80), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("blob_key", sa.String(length=80)),
        sa.Column("thumbnail_key", sa.String(length=80)),
        sa.Column("width", sa.Integer()),
    ]


def _exposure_column_ends() -> list[sa.Column[Any]]:
    return [
        sa.Column("height", sa.Integer()),
        sa.Column("public_key", sa.String(length=80)),
        sa.Column("public_thumbnail_key", sa.String(length=80)),
        sa.Column("covers", sa.String(length=1000)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("first_at", MOMENT),
        sa.Column("first_by", sa.Uuid()),
        sa.Column("second_by", sa.Uuid()),
        sa.Column("shown_at", MOMENT),
        sa.Column("expires_at", MOMENT),
        sa.Column("back_why", sa.String(length=300)),
        sa.Column("down_why", sa.String(length=300)),
        sa.Column("down_at", MOMENT),
        sa.Column("down_by", sa.Uuid()),
    ]


def _exposure() -> None:
    op.create_table(
        "exposure",
        *_exposure_columns(),
        *_exposure_column_ends(),
        sa.CheckConstraint("(state = 'down') = (down_why IS NOT NULL)", name="ck_exposure_down"),
        sa.CheckConstraint(
            "blob_key IS NULL OR state IN ('draft', 'down') OR covers IS NOT NULL",
            name="ck_exposure_covered",
        ),
        sa.CheckConstraint(
            "state <> 'shown' OR (first_by IS NOT NULL AND second_by IS NOT NULL AND shown_at "
            "IS NOT NULL AND expires_at IS NOT NULL)",
            name="ck_exposure_approved",
        ),
        sa.CheckConstraint("(covers IS NULL) = (public_key IS NULL)", name="ck_exposure_public"),
        sa.CheckConstraint(
            "(second_by IS NULL OR first_by <> second_by) AND (first_by IS NULL OR first_by <> "
            "made_by) AND (second_by IS NULL OR second_by <> made_by)",
            name="ck_exposure_two_people",
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 30", name="ck_exposure_days"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_exposure_area_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exposure"),
        sa.UniqueConstraint("code", name="uq_exposure_code"),
        sa.UniqueConstraint("number", name="uq_exposure_number"),
    )
    op.create_index("ix_exposure_blob_key", "exposure", ["blob_key"])
    op.create_index("ix_exposure_place_path", "exposure", ["place_path", "state", "expires_at"])
    op.create_index("ix_exposure_public_key", "exposure", ["public_key"])
    op.create_index("ix_exposure_public_thumbnail_key", "exposure", ["public_thumbnail_key"])
    op.create_index("ix_exposure_state", "exposure", ["state", "expires_at"])
    op.create_index("ix_exposure_thumbnail_key", "exposure", ["thumbnail_key"])
