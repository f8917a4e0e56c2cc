"""The days of campaigns, and what belongs to them."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    _volunteer_campaign_days()
    _volunteer_campaign_part()


def _volunteer_campaign_days() -> None:
    op.create_table(
        "volunteer_campaign_days",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_volunteer_campaign_days_order")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_campaign_days_activity_id"),
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_volunteer_campaign_days")),
    )
    op.create_index(
        "ix_volunteer_campaign_days_last_on", "volunteer_campaign_days", ["last_on"], unique=False
    )


def _volunteer_campaign_part() -> None:
    op.create_table(
        "volunteer_campaign_part",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "activity_id <> campaign_id", name=op.f("ck_volunteer_campaign_part_other")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_campaign_part_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["volunteer_activity.id"],
            name=op.f("fk_volunteer_campaign_part_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_volunteer_campaign_part")),
    )
    op.create_index(
        "ix_volunteer_campaign_part_campaign_id",
        "volunteer_campaign_part",
        ["campaign_id"],
        unique=False,
    )
