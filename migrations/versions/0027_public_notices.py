"""Public notices: what stands on every page for a while, and how far its followers were told."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "public_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("words_zh_hans", sa.String(200), nullable=False),
        sa.Column("words_zh_hant", sa.String(200)),
        sa.Column("words_en", sa.String(200)),
        sa.Column("issuer", sa.String(80), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.Column("told_after", sa.Uuid()),
        sa.Column("told_at", MOMENT),
        sa.CheckConstraint("ends_at > begins_at", name="ck_public_notice_times"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_public_notice_area_id_area"),
        sa.PrimaryKeyConstraint("id", name="pk_public_notice"),
    )
    op.create_index("ix_public_notice_ends_at", "public_notice", ["ends_at"])
