"""Community benefits: what is offered for points, its history, and what is kept for whom."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

MOMENT = sa.DateTime(timezone=True)
HELD = sa.text("state = 'held'")


def upgrade() -> None:
    _benefit()
    _event()
    _redemption()


def _benefit() -> None:
    op.create_table("credit_benefit", *_what(), *_terms(), *_rules())
    op.create_index(
        "ix_credit_benefit_state_place", "credit_benefit", ["state", "place_path", "id"]
    )


def _what() -> list[sa.Column[Any]]:
    return [
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("title_zh_hans", sa.String(length=60), nullable=True),
        sa.Column("title_zh_hant", sa.String(length=60), nullable=True),
        sa.Column("title_en", sa.String(length=60), nullable=True),
        sa.Column("words_zh_hans", sa.Text(), nullable=True),
        sa.Column("words_zh_hant", sa.Text(), nullable=True),
        sa.Column("words_en", sa.Text(), nullable=True),
        sa.Column("pick_up", sa.String(length=200), nullable=False),
        sa.Column("offered_by", sa.String(length=80), nullable=False),
    ]


def _terms() -> list[sa.Column[Any]]:
    return [
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("in_stock", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Integer(), nullable=True),
        sa.Column("hold_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
    ]


def _rules() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint("price >= 1", name=op.f("ck_credit_benefit_price")),
        sa.CheckConstraint("in_stock >= 0", name=op.f("ck_credit_benefit_in_stock")),
        sa.CheckConstraint("per_person >= 1", name=op.f("ck_credit_benefit_per_person")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_credit_benefit_dates")
        ),
        sa.CheckConstraint(
            "checker_id IS NULL OR checker_id <> writer_id",
            name=op.f("ck_credit_benefit_two_people"),
        ),
        sa.CheckConstraint(
            "(checker_id IS NULL) = (checked_at IS NULL)", name=op.f("ck_credit_benefit_checked")
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR checker_id IS NOT NULL", name=op.f("ck_credit_benefit_offered")
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_benefit")),
        sa.UniqueConstraint("code", name=op.f("uq_credit_benefit_code")),
    ]


def _event() -> None:
    op.create_table(
        "credit_benefit_event",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "benefit_id"],
            ["credit_benefit.district", "credit_benefit.id"],
            name="fk_credit_benefit_event_benefit",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_benefit_event")),
    )
    op.create_index(
        "ix_credit_benefit_event_benefit",
        "credit_benefit_event",
        ["district", "benefit_id", "id"],
    )


def _redemption() -> None:
    op.create_table(
        "credit_redemption",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'held') = (ended_at IS NULL)", name=op.f("ck_credit_redemption_ended")
        ),
        sa.CheckConstraint("until > made_at", name=op.f("ck_credit_redemption_until")),
        sa.ForeignKeyConstraint(
            ["district", "benefit_id"],
            ["credit_benefit.district", "credit_benefit.id"],
            name="fk_credit_redemption_benefit",
        ),
        sa.ForeignKeyConstraint(
            ["district", "id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_redemption_entry",
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_credit_redemption")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_credit_redemption_code_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_redemption_number")),
    )
    _redemption_indexes()


def _redemption_indexes() -> None:
    op.create_index(
        "ix_credit_redemption_account",
        "credit_redemption",
        ["district", "account_id", "benefit_id"],
    )
    op.create_index(
        "ix_credit_redemption_held",
        "credit_redemption",
        ["district", "benefit_id"],
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
