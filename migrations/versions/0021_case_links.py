"""Links that open one case to a helper or a body outside, and prepared words for answers."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    _passes()
    _entries()
    _photos()
    _replies()


def _passes() -> None:
    op.create_table(
        "case_pass",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("made_for", sa.Uuid(), nullable=True),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_name", sa.Text(), nullable=True),
        sa.Column("sealed_phone", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("body", sa.String(length=40), nullable=True),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'outside') = (body IS NOT NULL)", name=op.f("ck_case_pass_body")
        ),
        sa.CheckConstraint(
            "kind = 'outside' OR consent IS NULL", name=op.f("ck_case_pass_consent")
        ),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_case_pass_uses")),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_pass_case"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_pass")),
        sa.UniqueConstraint("code", name=op.f("uq_case_pass_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_case_pass_token_hash")),
    )
    op.create_index("ix_case_pass_case", "case_pass", ["district", "case_id"], unique=False)
    op.create_index(op.f("ix_case_pass_expires_at"), "case_pass", ["expires_at"], unique=False)


def _entries() -> None:
    op.create_table(
        "case_pass_entry",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('taken', 'set_aside')) = (decided_at IS NOT NULL)",
            name=op.f("ck_case_pass_entry_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "pass_id"],
            ["case_pass.district", "case_pass.id"],
            name="fk_case_pass_entry_pass",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_pass_entry")),
        sa.UniqueConstraint("code", name=op.f("uq_case_pass_entry_code")),
    )
    op.create_index(
        "ix_case_pass_entry_case", "case_pass_entry", ["district", "case_id"], unique=False
    )
    op.create_index("ix_case_pass_entry_state", "case_pass_entry", ["state", "kind"], unique=False)


def _photos() -> None:
    op.create_table(
        "case_pass_photo",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "entry_id"],
            ["case_pass_entry.district", "case_pass_entry.id"],
            name="fk_case_pass_photo_entry",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_pass_photo")),
        sa.UniqueConstraint("code", name=op.f("uq_case_pass_photo_code")),
    )
    op.create_index(
        "ix_case_pass_photo_entry", "case_pass_photo", ["district", "entry_id"], unique=False
    )
    for column in ("blob_key", "thumbnail_key"):
        op.create_index(
            op.f(f"ix_case_pass_photo_{column}"), "case_pass_photo", [column], unique=False
        )


def _replies() -> None:
    op.create_table(
        "reply_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("place_path", sa.String(length=200), nullable=True),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("times_used", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(unit_id IS NULL) <> (place_path IS NULL)", name=op.f("ck_reply_template_owner")
        ),
        sa.CheckConstraint("times_used >= 0", name=op.f("ck_reply_template_times_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_template")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_reply_template_code_version")),
    )
    in_use = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_reply_template_in_use",
        "reply_template",
        ["code"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )


def downgrade() -> None:
    op.drop_table("reply_template")
    op.drop_table("case_pass_photo")
    op.drop_table("case_pass_entry")
    op.drop_table("case_pass")
