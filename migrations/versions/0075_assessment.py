"""Assessment: what people put down, what was frozen, objections and talks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"

MOMENT = sa.DateTime(timezone=True)
SQLITE = (
    "CREATE TRIGGER assessment_frozen_fixed_update BEFORE UPDATE ON assessment_frozen"
    " BEGIN SELECT RAISE(ABORT, 'a frozen assessment never changes'); END",
    "CREATE TRIGGER assessment_frozen_fixed_delete BEFORE DELETE ON assessment_frozen"
    " BEGIN SELECT RAISE(ABORT, 'a frozen assessment never changes'); END",
    "CREATE TRIGGER assessment_row_fixed_update BEFORE UPDATE ON assessment_row BEGIN"
    " SELECT RAISE(ABORT, 'a frozen assessment never changes'); END",
    "CREATE TRIGGER assessment_row_fixed_delete BEFORE DELETE ON assessment_row BEGIN"
    " SELECT RAISE(ABORT, 'a frozen assessment never changes'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION frozen_assessment_is_fixed() RETURNS trigger LANGUAGE"
    " plpgsql AS $$ BEGIN RAISE EXCEPTION 'a frozen assessment never changes'; END $$",
    "CREATE TRIGGER assessment_frozen_fixed BEFORE UPDATE OR DELETE ON "
    "assessment_frozen FOR EACH ROW EXECUTE FUNCTION frozen_assessment_is_fixed()",
    "CREATE TRIGGER assessment_row_fixed BEFORE UPDATE OR DELETE ON assessment_row "
    "FOR EACH ROW EXECUTE FUNCTION frozen_assessment_is_fixed()",
)


def upgrade() -> None:
    _assessment_check()
    _assessment_media()
    _assessment_period()
    _assessment_score()
    _assessment_frozen()
    _assessment_objection()
    _assessment_row()
    _assessment_talk()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _assessment_check_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("clean", sa.SmallInteger(), nullable=True),
        sa.Column("green", sa.SmallInteger(), nullable=True),
        sa.Column("orderly", sa.SmallInteger(), nullable=True),
        sa.Column("lit", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
    ]


def _assessment_check() -> None:
    op.create_table(
        "assessment_check",
        *_assessment_check_columns(),
        sa.CheckConstraint("clean BETWEEN 0 AND 100", name=op.f("ck_assessment_check_clean")),
        sa.CheckConstraint("green BETWEEN 0 AND 100", name=op.f("ck_assessment_check_green")),
        sa.CheckConstraint("lit BETWEEN 0 AND 100", name=op.f("ck_assessment_check_lit")),
        sa.CheckConstraint("orderly BETWEEN 0 AND 100", name=op.f("ck_assessment_check_orderly")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_check")),
        sa.UniqueConstraint("number", name=op.f("uq_assessment_check_number")),
    )
    op.create_index("ix_assessment_check_day", "assessment_check", ["day"], unique=False)


def _assessment_media() -> None:
    op.create_table(
        "assessment_media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("medium", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_media")),
    )
    op.create_index("ix_assessment_media_day", "assessment_media", ["day"], unique=False)


def _assessment_period() -> None:
    op.create_table(
        "assessment_period",
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 0", name=op.f("ck_assessment_period_version")),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_assessment_period")),
    )


def _assessment_score_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("by_group", sa.String(length=32), nullable=False),
        sa.Column("by_code", sa.String(length=64), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
    ]


def _assessment_score() -> None:
    op.create_table(
        "assessment_score",
        *_assessment_score_columns(),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_assessment_score_score")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_score")),
        sa.UniqueConstraint(
            "period",
            "by_group",
            "by_code",
            "unit_group",
            "unit_code",
            name=op.f("uq_assessment_score_period_by_group_by_code_unit_group_unit_code"),
        ),
    )


def _assessment_frozen_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("slug", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("set_code", sa.String(length=32), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("objections_until", MOMENT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("by_service", sa.Integer(), nullable=False),
        sa.Column("by_management", sa.Integer(), nullable=False),
        sa.Column("by_enforcement", sa.Integer(), nullable=False),
        sa.Column("inputs_json", sa.Text(), nullable=False),
        sa.Column("result_csv", sa.Text(), nullable=False),
        sa.Column("metadata_json", sa.Text(), nullable=False),
        sa.Column("recompute_py", sa.Text(), nullable=False),
    ]


def _assessment_frozen() -> None:
    op.create_table(
        "assessment_frozen",
        *_assessment_frozen_columns(),
        sa.CheckConstraint(
            "(version = 1) = (reason IS NULL)", name=op.f("ck_assessment_frozen_reason")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_assessment_frozen_version")),
        sa.ForeignKeyConstraint(
            ["period"], ["assessment_period.period"], name=op.f("fk_assessment_frozen_period")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_assessment_frozen")),
        sa.UniqueConstraint("period", "version", name=op.f("uq_assessment_frozen_period_version")),
    )


def _assessment_objection_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("slug", sa.String(length=16), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("was", sa.Integer(), nullable=True),
        sa.Column("becomes", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=400), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
    ]


def _assessment_objection() -> None:
    op.create_table(
        "assessment_objection",
        *_assessment_objection_columns(),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_assessment_objection_decided")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (why IS NULL)", name=op.f("ck_assessment_objection_why")
        ),
        sa.CheckConstraint(
            "(state = 'upheld') = (becomes IS NOT NULL)",
            name=op.f("ck_assessment_objection_becomes"),
        ),
        sa.CheckConstraint(
            "becomes BETWEEN 0 AND 10000000", name=op.f("ck_assessment_objection_value")
        ),
        sa.CheckConstraint("decided_by <> made_by", name=op.f("ck_assessment_objection_another")),
        sa.ForeignKeyConstraint(
            ["period"], ["assessment_period.period"], name=op.f("fk_assessment_objection_period")
        ),
        sa.ForeignKeyConstraint(
            ["slug"], ["assessment_frozen.slug"], name=op.f("fk_assessment_objection_slug")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_objection")),
        sa.UniqueConstraint("number", name=op.f("uq_assessment_objection_number")),
    )
    op.create_index(
        "ix_assessment_objection_period", "assessment_objection", ["period", "state"], unique=False
    )


def _assessment_row_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("slug", sa.String(length=16), nullable=False),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh_hans", sa.String(length=160), nullable=False),
        sa.Column("name_zh_hant", sa.String(length=160), nullable=True),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("fund", sa.String(length=32), nullable=True),
        sa.Column("fund_fen", sa.BigInteger(), nullable=True),
    ]


def _assessment_row() -> None:
    op.create_table(
        "assessment_row",
        *_assessment_row_columns(),
        sa.CheckConstraint(
            "(fund IS NULL) = (fund_fen IS NULL)", name=op.f("ck_assessment_row_fund")
        ),
        sa.CheckConstraint(
            "(points IS NULL) = (low IS NULL AND high IS NULL)",
            name=op.f("ck_assessment_row_whole_row"),
        ),
        sa.CheckConstraint("place IS NULL OR place >= 1", name=op.f("ck_assessment_row_place")),
        sa.CheckConstraint("points BETWEEN low AND high", name=op.f("ck_assessment_row_interval")),
        sa.ForeignKeyConstraint(
            ["slug"], ["assessment_frozen.slug"], name=op.f("fk_assessment_row_slug")
        ),
        sa.PrimaryKeyConstraint("slug", "unit_group", "unit_code", name=op.f("pk_assessment_row")),
    )
    op.create_index("ix_assessment_row_unit_code", "assessment_row", ["unit_code"], unique=False)


def _assessment_talk_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=16), nullable=False),
        sa.Column("rule_code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("promise", sa.String(length=400), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("followed", sa.String(length=400), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("unit_group", sa.String(length=32), nullable=False),
        sa.Column("unit_code", sa.String(length=32), nullable=False),
    ]


def _assessment_talk() -> None:
    op.create_table(
        "assessment_talk",
        *_assessment_talk_columns(),
        sa.CheckConstraint(
            "(state = 'due') = (held_on IS NULL)", name=op.f("ck_assessment_talk_held")
        ),
        sa.CheckConstraint(
            "(state = 'due') = (promise IS NULL)", name=op.f("ck_assessment_talk_promise")
        ),
        sa.CheckConstraint(
            "(state = 'followed') = (followed IS NOT NULL)",
            name=op.f("ck_assessment_talk_followed"),
        ),
        sa.ForeignKeyConstraint(
            ["slug"], ["assessment_frozen.slug"], name=op.f("fk_assessment_talk_slug")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_talk")),
        sa.UniqueConstraint("number", name=op.f("uq_assessment_talk_number")),
        sa.UniqueConstraint(
            "slug",
            "rule_code",
            "unit_code",
            name=op.f("uq_assessment_talk_slug_rule_code_unit_code"),
        ),
    )
    # ### end Alembic commands ###
