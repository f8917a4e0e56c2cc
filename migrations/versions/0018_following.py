"""Following: receivers and what they follow; the history by moment, for their news."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_case_event_at", "case_event", ["at"], unique=False)
    op.create_table(
        "follower",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("sealed_to", sa.Text(), nullable=True),
        sa.Column("to_hash", sa.String(length=64), nullable=True),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=False),
        sa.Column("told_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) = (to_hash IS NOT NULL)", name=op.f("ck_follower_receiver")
        ),
        sa.CheckConstraint(
            "(to_hash IS NULL) = (sealed_to IS NULL)", name=op.f("ck_follower_sealed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint("person_id", "way", name=op.f("uq_follower_person_id_way")),
        sa.UniqueConstraint("way", "to_hash", name=op.f("uq_follower_way_to_hash")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_follower_stop_hash")),
    )
    op.create_index("ix_follower_digest_on", "follower", ["digest_on", "id"], unique=False)
    _follow()
    _indexes_of_follow()


def _follow() -> None:
    op.create_table(
        "follow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirm_hash", sa.String(length=64), nullable=True),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.Column("told_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(case_id IS NULL) = (district IS NULL)", name=op.f("ck_follow_case_key")
        ),
        sa.CheckConstraint("NOT at_once OR case_id IS NOT NULL", name=op.f("ck_follow_at_once")),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_follow_case"
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_follow_follower_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("follower_id", "what", name=op.f("uq_follow_follower_id_what")),
        sa.UniqueConstraint("number", name=op.f("uq_follow_number")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_follow_confirm_hash")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_follow_stop_hash")),
    )


def _indexes_of_follow() -> None:
    op.create_index("ix_follow_case", "follow", ["district", "case_id"], unique=False)
    unconfirmed, at_once = sa.text("confirmed_at IS NULL"), sa.text("at_once")
    op.create_index(
        "ix_follow_unconfirmed",
        "follow",
        ["created_at"],
        unique=False,
        sqlite_where=unconfirmed,
        postgresql_where=unconfirmed,
    )
    op.create_index(
        "ix_follow_at_once",
        "follow",
        ["id"],
        unique=False,
        sqlite_where=at_once,
        postgresql_where=at_once,
    )


def downgrade() -> None:
    op.drop_table("follow")
    op.drop_table("follower")
    op.drop_index("ix_case_event_at", table_name="case_event")
