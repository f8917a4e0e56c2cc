"""Articles with versions, hands and photos."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _article()
    _article_version()
    _article_hand()
    _article_photo()


def _article_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("last_version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_version", sa.Integer(), nullable=True),
        sa.Column("agreed_sent", sa.Integer(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("sealed_name", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=300), nullable=True),
    ]


def _article() -> None:
    op.create_table(
        "article",
        *_article_columns(),
        sa.CheckConstraint(
            "(state = 'published') = (shown_version IS NOT NULL)", name=op.f("ck_article_shown")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_why IS NOT NULL)", name=op.f("ck_article_withdrawn")
        ),
        sa.CheckConstraint(
            "kind <> 'role_model' OR shown_version IS NULL OR (person_id IS NOT NULL AND "
            "sealed_name IS NOT NULL AND agreed_version >= shown_version)",
            name=op.f("ck_article_agreed"),
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR kind = 'role_model'", name=op.f("ck_article_person")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_article_published")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_article_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("number", name=op.f("uq_article_number")),
    )
    op.create_index("ix_article_person_id", "article", ["person_id"], unique=False)
    op.create_index("ix_article_place_path", "article", ["place_path"], unique=False)
    op.create_index("ix_article_seen", "article", ["state", "published_at"], unique=False)


def _article_version_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("provenance", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=True),
        sa.Column("origin_url", sa.String(length=300), nullable=True),
        sa.Column("origin_day", sa.Date(), nullable=True),
        sa.Column("case_number", sa.String(length=16), nullable=True),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("masked_why", sa.String(length=300), nullable=True),
        sa.Column("change_why", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("back_why", sa.String(length=300), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
    ]


def _article_version() -> None:
    op.create_table(
        "article_version",
        *_article_version_columns(),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_article_version_approved"),
        ),
        sa.CheckConstraint(
            "provenance <> 'reposted' OR (origin_url IS NOT NULL AND origin_day IS NOT NULL)",
            name=op.f("ck_article_version_origin"),
        ),
        sa.CheckConstraint(
            "version = 1 OR change_why IS NOT NULL", name=op.f("ck_article_version_change_why")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_version_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["article.id"], name=op.f("fk_article_version_policy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_version")),
        sa.UniqueConstraint(
            "article_id", "version", name=op.f("uq_article_version_article_id_version")
        ),
    )
    op.create_index("ix_article_version_policy_id", "article_version", ["policy_id"], unique=False)


def _article_hand() -> None:
    op.create_table(
        "article_hand",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name=op.f("fk_article_hand_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "actor_id", name=op.f("pk_article_hand")),
    )


def _article_photo() -> None:
    op.create_table(
        "article_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("alt", sa.String(length=120), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name=op.f("fk_article_photo_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_photo")),
        sa.UniqueConstraint("code", name=op.f("uq_article_photo_code")),
    )
    op.create_index("ix_article_photo_blob_key", "article_photo", ["blob_key"], unique=False)
    op.create_index(
        "ix_article_photo_thumbnail_key", "article_photo", ["thumbnail_key"], unique=False
    )
    op.create_index("ix_article_photo_version_id", "article_photo", ["version_id"], unique=False)
