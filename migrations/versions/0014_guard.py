"""Covered photos, decisions and objections on what is public, samples of auditors, retention."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    _covers()
    # who is still known, the oldest first: what the job of retention looks for
    op.create_index("ix_case_reporter_erased_at_id", "case_reporter", ["erased_at", "id"])
    _decisions()
    _objections()
    _draws()
    _sampled()


def _covers() -> None:
    with op.batch_alter_table("case_photo") as table:
        table.add_column(sa.Column("public_key", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("public_thumbnail_key", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("covers", sa.Text(), nullable=True))
        table.create_check_constraint(
            op.f("ck_case_photo_covers"), "(public_key IS NULL) = (covers IS NULL)"
        )
    op.create_index("ix_case_photo_public_key", "case_photo", ["public_key"])


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district", "case_id"], ["cases.district", "cases.id"], name=f"fk_{table}_case"
    )


def _decisions() -> None:
    op.create_table(
        "moderation_entry",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("by_reporter", sa.Boolean(), nullable=False),
        _of_case("moderation_entry"),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_moderation_entry")),
    )
    columns = ["district", "case_id", "id"]
    op.create_index("ix_moderation_entry_case", "moderation_entry", columns)


def _objections() -> None:
    op.create_table(
        "moderation_appeal",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_moderation_appeal_answered")
        ),
        _of_case("moderation_appeal"),
        sa.ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_moderation_appeal_reporter",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "reporter_id", name=op.f("pk_moderation_appeal")),
    )
    op.create_index("ix_moderation_appeal_case", "moderation_appeal", ["district", "case_id"])
    op.create_index("ix_moderation_appeal_outcome", "moderation_appeal", ["outcome"])


def _draws() -> None:
    op.create_table(
        "audit_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("seed_drawn", sa.Boolean(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_audit_draw_period")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_audit_draw_size")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_audit_draw_population")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_draw")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_draw_number")),
    )
    op.create_index(op.f("ix_audit_draw_at"), "audit_draw", ["at"])


def _sampled() -> None:
    op.create_table(
        "audit_sampled",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(finding IS NULL) = (found_at IS NULL)", name=op.f("ck_audit_sampled_found")
        ),
        _of_case("audit_sampled"),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["audit_draw.id"], name=op.f("fk_audit_sampled_draw_id")
        ),
        sa.PrimaryKeyConstraint("district", "draw_id", "case_id", name=op.f("pk_audit_sampled")),
    )
    columns = ["draw_id", "position"]
    op.create_index("ix_audit_sampled_draw_id_position", "audit_sampled", columns)
