"""Alliances of shops; off-peak parking."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _alliance()
    _alliance_member()
    _alliance_head()
    _alliance_link()
    _alliance_covenant()
    _alliance_sign_on()
    _alliance_notice()
    _alliance_help()
    _alliance_help_answer()
    _parking_offer()
    _parking_hours()


def _key(table: str) -> list[Any]:
    """A key that begins with the district's code (decision 0040)."""
    return [
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=f"pk_{table}"),
    ]


def _within(table: str, column: str, target: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district", column],
        [f"{target}.district", f"{target}.id"],
        name=f"fk_{table}_{column}",
        **options,
    )


def _only_one(name: str, table: str, columns: list[str], where: str) -> None:
    when = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=when, postgresql_where=when)


def _alliance() -> None:
    op.create_table(
        "alliance",
        *_key("alliance"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("name_zh_hans", sa.String(80), nullable=False),
        sa.Column("name_zh_hant", sa.String(80)),
        sa.Column("name_en", sa.String(80)),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= founded_on", name="ck_alliance_days"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_alliance_area_id"),
        sa.UniqueConstraint("number", name="uq_alliance_number"),
    )
    op.create_index("ix_alliance_place_path", "alliance", ["place_path", "id"])


def _alliance_member() -> None:
    op.create_table(
        "alliance_member",
        *_key("alliance_member"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
        sa.CheckConstraint(
            "left_at IS NULL OR left_at >= joined_at", name="ck_alliance_member_left"
        ),
        _within("alliance_member", "alliance_id", "alliance"),
        _within("alliance_member", "operator_id", "premises_operator"),
        _within("alliance_member", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_alliance_member_number"),
    )
    op.create_index(
        "ix_alliance_member_operator_id", "alliance_member", ["district", "operator_id"]
    )
    op.create_index(
        "ix_alliance_member_premises_id", "alliance_member", ["district", "premises_id"]
    )
    _only_one(
        "uq_alliance_member_there",
        "alliance_member",
        ["district", "alliance_id", "premises_id"],
        "left_at IS NULL",
    )


def _alliance_head() -> None:
    op.create_table(
        "alliance_head",
        *_key("alliance_head"),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("elected_on", sa.Date(), nullable=False),
        sa.Column("votes", sa.Integer()),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid()),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint("ends_on > starts_on", name="ck_alliance_head_days"),
        sa.CheckConstraint("votes >= 0", name="ck_alliance_head_votes"),
        _within("alliance_head", "alliance_id", "alliance"),
        _within("alliance_head", "member_id", "alliance_member"),
    )
    op.create_index("ix_alliance_head_member_id", "alliance_head", ["district", "member_id"])
    op.create_index("ix_alliance_head_person_id", "alliance_head", ["person_id"])
    _only_one(
        "uq_alliance_head_now", "alliance_head", ["district", "alliance_id"], "ended_at IS NULL"
    )


def _alliance_link() -> None:
    op.create_table(
        "alliance_link",
        *_key("alliance_link"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("sealed_link", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        _within("alliance_link", "alliance_id", "alliance"),
        sa.UniqueConstraint("number", name="uq_alliance_link_number"),
    )
    op.create_index("ix_alliance_link_alliance_id", "alliance_link", ["district", "alliance_id"])


def _alliance_covenant() -> None:
    op.create_table(
        "alliance_covenant",
        *_key("alliance_covenant"),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_zh_hans", sa.Text(), nullable=False),
        sa.Column("text_zh_hant", sa.Text()),
        sa.Column("text_en", sa.Text()),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("digest", sa.String(64)),
        sa.CheckConstraint(
            "(published_at IS NULL) = (digest IS NULL)", name="ck_alliance_covenant_published"
        ),
        sa.CheckConstraint("version >= 1", name="ck_alliance_covenant_version"),
        _within("alliance_covenant", "alliance_id", "alliance"),
        sa.UniqueConstraint(
            "district", "alliance_id", "version", name="uq_alliance_covenant_version"
        ),
    )


def _alliance_sign_on() -> None:
    op.create_table(
        "alliance_sign_on",
        *_key("alliance_sign_on"),
        sa.Column("covenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_signature", sa.Text()),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        _within("alliance_sign_on", "covenant_id", "alliance_covenant"),
        _within("alliance_sign_on", "member_id", "alliance_member"),
    )
    op.create_index("ix_alliance_sign_on_member_id", "alliance_sign_on", ["district", "member_id"])
    op.create_index("ix_alliance_sign_on_person_id", "alliance_sign_on", ["person_id"])
    _only_one(
        "uq_alliance_sign_on_now",
        "alliance_sign_on",
        ["district", "covenant_id", "member_id"],
        "withdrawn_at IS NULL",
    )


def _alliance_notice() -> None:
    op.create_table(
        "alliance_notice",
        *_key("alliance_notice"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        _within("alliance_notice", "alliance_id", "alliance"),
        sa.UniqueConstraint("number", name="uq_alliance_notice_number"),
    )
    op.create_index(
        "ix_alliance_notice_alliance_id", "alliance_notice", ["district", "alliance_id", "made_at"]
    )


def _alliance_help() -> None:
    op.create_table(
        "alliance_help",
        *_key("alliance_help"),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name="ck_alliance_help_closed"
        ),
        _within("alliance_help", "alliance_id", "alliance"),
        _within("alliance_help", "member_id", "alliance_member"),
        sa.UniqueConstraint("number", name="uq_alliance_help_number"),
    )
    op.create_index(
        "ix_alliance_help_alliance_id",
        "alliance_help",
        ["district", "alliance_id", "state", "made_at"],
    )
    op.create_index("ix_alliance_help_person_id", "alliance_help", ["person_id"])


def _alliance_help_answer() -> None:
    op.create_table(
        "alliance_help_answer",
        *_key("alliance_help_answer"),
        sa.Column("help_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("sealed_words", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        _within("alliance_help_answer", "help_id", "alliance_help"),
        _within("alliance_help_answer", "member_id", "alliance_member"),
    )
    op.create_index(
        "ix_alliance_help_answer_help_id", "alliance_help_answer", ["district", "help_id", "at"]
    )
    op.create_index("ix_alliance_help_answer_person_id", "alliance_help_answer", ["person_id"])


def _parking_offer_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid()),
        sa.Column("place_path", sa.String(255), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("spaces", sa.Integer(), nullable=False),
        sa.Column("open_to", sa.String(32), nullable=False),
        sa.Column("fee", sa.String(32), nullable=False),
        sa.Column("fee_note", sa.String(200)),
        sa.Column("entrance", sa.String(200)),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _parking_offer() -> None:
    op.create_table(
        "parking_offer",
        *_key("parking_offer"),
        *_parking_offer_columns(),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ck_parking_offer_days"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name="ck_parking_offer_lat"),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name="ck_parking_offer_lon"),
        sa.CheckConstraint(
            "state NOT IN ('offered', 'paused') OR pledge_id IS NOT NULL",
            name="ck_parking_offer_signed",
        ),
        sa.CheckConstraint("spaces BETWEEN 1 AND 100000", name="ck_parking_offer_spaces"),
        _within("parking_offer", "pledge_id", "pledge"),
        _within("parking_offer", "premises_id", "premises"),
        sa.UniqueConstraint("number", name="uq_parking_offer_number"),
    )
    op.create_index("ix_parking_offer_place_path", "parking_offer", ["state", "place_path", "id"])
    op.create_index("ix_parking_offer_premises_id", "parking_offer", ["district", "premises_id"])


def _parking_hours() -> None:
    op.create_table(
        "parking_hours",
        sa.Column("district", sa.String(12), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("opens", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district", "offer_id", "weekday", "opens", name="pk_parking_hours"
        ),
        sa.CheckConstraint(
            "closes > opens AND closes <= opens + 1440", name="ck_parking_hours_closes"
        ),
        sa.CheckConstraint("opens BETWEEN 0 AND 1439", name="ck_parking_hours_opens"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 7", name="ck_parking_hours_weekday"),
        _within("parking_hours", "offer_id", "parking_offer", ondelete="CASCADE"),
    )
