"""Photos of spot checks of service companies."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _company_check_photo()


def _company_check_photo() -> None:
    op.create_table(
        "company_check_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["company_check.id"], name=op.f("fk_company_check_photo_check_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_check_photo")),
        sa.UniqueConstraint("code", name=op.f("uq_company_check_photo_code")),
    )
    op.create_index(
        "ix_company_check_photo_blob_key", "company_check_photo", ["blob_key"], unique=False
    )
    op.create_index(
        "ix_company_check_photo_check_id", "company_check_photo", ["check_id"], unique=False
    )
    op.create_index(
        "ix_company_check_photo_thumbnail_key",
        "company_check_photo",
        ["thumbnail_key"],
        unique=False,
    )
