"""Reports: categories, cases and their history, drafts, links, the search."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# the history is only added to, and the public's search: as models/triggers.py and models/search.py
SQLITE = (
    (
        "CREATE TRIGGER case_event_no_update BEFORE UPDATE ON case_event BEGIN SELECT "
        "RAISE(ABORT, 'the history of a case is only added to'); END"
    ),
    (
        "CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event BEGIN SELECT "
        "RAISE(ABORT, 'the history of a case is only added to'); END"
    ),
    (
        "CREATE VIRTUAL TABLE case_search_fts USING fts5(words, content='case_search', "
        "content_rowid='key', columnsize=0, tokenize=\"ascii tokenchars '~|_'\")"
    ),
    (
        "CREATE TRIGGER case_search_added AFTER INSERT ON case_search BEGIN INSERT INTO "
        "case_search_fts(rowid, words) VALUES (new.key, new.words); END"
    ),
    (
        "CREATE TRIGGER case_search_removed AFTER DELETE ON case_search BEGIN INSERT INTO "
        "case_search_fts(case_search_fts, rowid, words) VALUES ('delete', old.key, "
        "old.words); END"
    ),
    (
        "CREATE TRIGGER case_search_changed AFTER UPDATE OF key, words ON case_search BEGIN "
        "INSERT INTO case_search_fts(case_search_fts, rowid, words) VALUES ('delete', "
        "old.key, old.words); INSERT INTO case_search_fts(rowid, words) VALUES (new.key, "
        "new.words); END"
    ),
)
POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION case_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the history of a case is only added to'; END $$"
    ),
    (
        "CREATE TRIGGER case_event_no_change BEFORE UPDATE OR DELETE ON case_event FOR EACH "
        "ROW EXECUTE FUNCTION case_event_is_kept()"
    ),
    (
        "CREATE TRIGGER case_event_no_truncate BEFORE TRUNCATE ON case_event FOR EACH "
        "STATEMENT EXECUTE FUNCTION case_event_is_kept()"
    ),
    ("CREATE INDEX ix_case_search_tokens ON case_search USING gin (string_to_array(words, ' '))"),
)


def upgrade() -> None:
    _case_search()
    _cases()
    _indexes_of_cases()
    _category()
    _draft()
    _case_event()
    _case_photo()
    _case_reporter()
    _case_text()
    _category_limit()
    _case_link()
    _case_urge()
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


def _case_search() -> None:
    op.create_table(
        "case_search",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_search")),
    )
    op.create_index(
        "ix_case_search_district_case_id", "case_search", ["district", "case_id"], unique=True
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("external_number", sa.String(length=64), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("dispatcher_id", sa.Uuid(), nullable=True),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("verifier_id", sa.Uuid(), nullable=True),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("round_the_clock", sa.Boolean(), nullable=False),
        *_moments_of_cases(),
        sa.Column("times_returned", sa.Integer(), nullable=False),
        sa.Column("times_sent_back", sa.Integer(), nullable=False),
        sa.Column("times_urged", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_cases_point")),
        sa.CheckConstraint("cycle >= 1", name=op.f("ck_cases_cycle")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )


def _moments_of_cases() -> list[sa.Column[Any]]:
    """What stands in the table in this order."""
    return [
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_days", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fed_back_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _indexes_of_cases() -> None:
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"], unique=False)
    op.create_index("ix_cases_found_at", "cases", ["found_at"], unique=False)
    op.create_index(
        "ix_cases_listed_category_code_id", "cases", ["listed", "category_code", "id"], unique=False
    )
    op.create_index("ix_cases_listed_id", "cases", ["listed", "id"], unique=False)
    op.create_index("ix_cases_listed_state_id", "cases", ["listed", "state", "id"], unique=False)
    op.create_index("ix_cases_place_path_id", "cases", ["place_path", "id"], unique=False)
    op.create_index("ix_cases_state_place_path", "cases", ["state", "place_path"], unique=False)
    op.create_index("ix_cases_unit_id_state", "cases", ["unit_id", "state"], unique=False)


def _category() -> None:
    op.create_table(
        "category",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("function_group", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh_Hans", sa.String(length=80), nullable=False),
        sa.Column("name_zh_Hant", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("name_khb", sa.String(length=80), nullable=True),
        sa.Column("hint_zh_Hans", sa.String(length=200), nullable=False),
        sa.Column("hint_zh_Hant", sa.String(length=200), nullable=False),
        sa.Column("hint_en", sa.String(length=200), nullable=False),
        sa.Column("synonyms", sa.Text(), nullable=False),
        sa.Column("event_codes", sa.String(length=200), nullable=False),
        sa.Column("component_codes", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("place_precision", sa.String(length=32), nullable=False),
        sa.Column("closing", sa.String(length=32), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_answers", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_number", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_draft_token_hash")),
    )
    op.create_index(op.f("ix_draft_expires_at"), "draft", ["expires_at"], unique=False)
    op.create_index(op.f("ix_draft_person_id"), "draft", ["person_id"], unique=False)


def _case_event() -> None:
    op.create_table(
        "case_event",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_event_case"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_case", "case_event", ["district", "case_id", "id"], unique=False)


def _case_photo() -> None:
    op.create_table(
        "case_photo",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("review", sa.String(length=32), nullable=False),
        sa.Column("review_reason", sa.String(length=200), nullable=True),
        sa.Column("by_reporter", sa.Boolean(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_photo_case"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_photo")),
        sa.UniqueConstraint("code", name=op.f("uq_case_photo_code")),
    )
    op.create_index("ix_case_photo_blob_key", "case_photo", ["blob_key"], unique=False)
    op.create_index("ix_case_photo_case", "case_photo", ["district", "case_id", "id"], unique=False)
    op.create_index("ix_case_photo_review", "case_photo", ["review"], unique=False)


def _case_reporter() -> None:
    op.create_table(
        "case_reporter",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=True),
        sa.Column("sealed_name", sa.Text(), nullable=True),
        sa.Column("sealed_phone", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("lookup_hash", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failed_tries >= 0", name=op.f("ck_case_reporter_failed_tries")),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_reporter_case"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_reporter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_case_reporter_token_hash")),
    )
    op.create_index(
        "ix_case_reporter_case", "case_reporter", ["district", "case_id", "id"], unique=False
    )
    op.create_index(
        "ix_case_reporter_person_id_id", "case_reporter", ["person_id", "id"], unique=False
    )
    op.create_index("ix_case_reporter_phone_hash", "case_reporter", ["phone_hash"], unique=False)


def _case_text() -> None:
    op.create_table(
        "case_text",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=True),
        sa.Column("review", sa.String(length=32), nullable=False),
        sa.Column("review_reason", sa.String(length=200), nullable=True),
        sa.Column("by_reporter", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_text_case"
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_text")),
    )
    op.create_index("ix_case_text_case", "case_text", ["district", "case_id", "id"], unique=False)
    op.create_index("ix_case_text_review", "case_text", ["review"], unique=False)


def _category_limit() -> None:
    op.create_table(
        "category_limit",
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("round_the_clock", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_category_limit_minutes")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_category_limit_category_code")
        ),
        sa.PrimaryKeyConstraint("category_code", "valid_from", name=op.f("pk_category_limit")),
    )


def _case_link() -> None:
    op.create_table(
        "case_link",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_case_link_reporter",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_case_link_token_hash")),
    )
    op.create_index(op.f("ix_case_link_expires_at"), "case_link", ["expires_at"], unique=False)
    op.create_index("ix_case_link_reporter", "case_link", ["district", "reporter_id"], unique=False)


def _case_urge() -> None:
    op.create_table(
        "case_urge",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_case_urge_reporter",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district", "reporter_id", "day", name=op.f("pk_case_urge")),
    )
