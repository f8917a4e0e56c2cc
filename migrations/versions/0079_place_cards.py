"""The card that hangs at a meeting place of volunteers."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _volunteer_place_card()


def _volunteer_place_card() -> None:
    op.create_table(
        "volunteer_place_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_place", sa.String(length=200), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ender_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ender_id IS NULL)", name=op.f("ck_volunteer_place_card_ended")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_place_card_activity_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_place_card")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_volunteer_place_card_code_hash")),
    )
    op.create_index(
        "uq_volunteer_place_card_hangs",
        "volunteer_place_card",
        ["activity_id", "meeting_place"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
