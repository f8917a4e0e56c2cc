"""Deductions on their way through due process: bases, matters, words, photos, steps, objections."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

MOMENT = sa.DateTime(timezone=True)
CODE = sa.String(length=32)
OPEN = sa.text("decided_at IS NULL")
CONFIRMED = "'announced', 'contested', 'disputed', 'in_effect', 'repaired', 'reversed'"


def upgrade() -> None:
    _basis()
    _consent()
    _matter()
    _objection()
    _text()
    _file()
    _step()


def _basis() -> None:
    op.create_table(
        "credit_basis",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_because", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_credit_basis_dates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_basis")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_basis_number")),
    )
    op.create_index("ix_credit_basis_district", "credit_basis", ["district"])


def _consent() -> None:
    op.create_table(
        "credit_basis_consent",
        sa.Column("basis_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["basis_id"], ["credit_basis.id"],
            name=op.f("fk_credit_basis_consent_basis_id_credit_basis"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_credit_basis_consent_person_id_person")
        ),
        sa.PrimaryKeyConstraint("basis_id", "person_id", name=op.f("pk_credit_basis_consent")),
    )  # fmt: skip
    op.create_index("ix_credit_basis_consent_person_id", "credit_basis_consent", ["person_id"])


def _who_and_what() -> list[sa.Column[Any]]:
    """Whom and what a matter is about, who stands behind it, its entries."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("subject_person_id", sa.Uuid(), nullable=True),
        sa.Column("subject_shop_id", sa.Uuid(), nullable=True),
        sa.Column("basis_id", sa.Uuid(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("proposer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_place", sa.String(length=200), nullable=True),
        sa.Column("route", CODE, nullable=True),
        sa.Column("confirmer_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("posted_id", sa.Uuid(), nullable=True),
        sa.Column("end_id", sa.Uuid(), nullable=True),
    ]


def _moments() -> list[sa.Column[Any]]:
    """When each of its steps was, or will be."""
    return [
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirm_by", MOMENT, nullable=True),
        sa.Column("announced_at", MOMENT, nullable=True),
        sa.Column("object_until", MOMENT, nullable=True),
        sa.Column("lapses_at", MOMENT, nullable=True),
        sa.Column("effective_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("basis_ended_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_event", CODE, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
    ]


def _matter() -> None:
    op.create_table(
        "credit_matter",
        *_who_and_what(),
        *_moments(),
        sa.CheckConstraint(
            "subject_person_id IS NULL OR subject_shop_id IS NULL",
            name=op.f("ck_credit_matter_one_subject"),
        ),
        sa.CheckConstraint(
            "erased_at IS NOT NULL OR subject_person_id IS NOT NULL OR subject_shop_id IS NOT NULL",
            name=op.f("ck_credit_matter_subject"),
        ),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_credit_matter_amount")),
        sa.CheckConstraint("confirmer_id <> proposer_id", name=op.f("ck_credit_matter_two_people")),
        sa.CheckConstraint(
            f"state NOT IN ({CONFIRMED}) OR confirmer_id IS NOT NULL",
            name=op.f("ck_credit_matter_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["basis_id"], ["credit_basis.id"], name=op.f("fk_credit_matter_basis_id_credit_basis")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_matter")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_matter_number")),
    )
    for name, columns in (
        ("state", ["district", "state"]),
        ("subject_person_id", ["subject_person_id"]),
        ("proposer_id", ["proposer_id"]),
        ("source", ["district", "source"]),
        ("basis_id", ["basis_id"]),
    ):
        op.create_index(f"ix_credit_matter_{name}", "credit_matter", columns)


def _objection() -> None:
    op.create_table(
        "credit_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("typed_by", sa.Uuid(), nullable=True),
        sa.Column("answer_by", MOMENT, nullable=True),
        sa.Column("taken_on_at", MOMENT, nullable=True),
        sa.Column("extended_at", MOMENT, nullable=True),
        sa.Column("opened_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", CODE, nullable=True),
        sa.Column("decided_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL)", name=op.f("ck_credit_objection_decided")
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["credit_matter.id"],
            name=op.f("fk_credit_objection_matter_id_credit_matter"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_objection")),
        sa.UniqueConstraint("matter_id", "step", "attempt", name="uq_credit_objection_step"),
    )  # fmt: skip
    op.create_index(
        "uq_credit_objection_open", "credit_objection", ["matter_id"], unique=True,
        sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip


def _beside(table: str, *columns: sa.Column[Any], objection: bool = True) -> None:
    """A table of rows about one matter."""
    own = [sa.Column("objection_id", sa.Uuid(), nullable=True)] if objection else []
    keys = [
        sa.ForeignKeyConstraint(
            ["matter_id"], ["credit_matter.id"], name=op.f(f"fk_{table}_matter_id_credit_matter")
        )
    ]
    if objection:
        keys.append(
            sa.ForeignKeyConstraint(
                ["objection_id"], ["credit_objection.id"],
                name=op.f(f"fk_{table}_objection_id_credit_objection"),
            )
        )  # fmt: skip
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        *own,
        *columns,
        sa.Column("at", MOMENT, nullable=False),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_matter_id", table, ["matter_id"])


def _text() -> None:
    _beside(
        "credit_matter_text",
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("sealed_words", sa.Text(), nullable=False),
    )


def _file() -> None:
    _beside(
        "credit_matter_file",
        sa.Column("code", sa.String(length=40), nullable=False, unique=True),
        sa.Column("blob_key", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
    )
    for column in ("blob_key", "thumbnail_key"):
        op.create_index(f"ix_credit_matter_file_{column}", "credit_matter_file", [column])


def _step() -> None:
    _beside(
        "credit_matter_step",
        sa.Column("event", CODE, nullable=False),
        sa.Column("after", CODE, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("office", sa.String(length=40), nullable=True),
        sa.Column("no_interest", sa.Boolean(), nullable=False),
        objection=False,
    )


def downgrade() -> None:
    for table in (
        "credit_matter_step",
        "credit_matter_file",
        "credit_matter_text",
        "credit_objection",
        "credit_matter",
        "credit_basis_consent",
        "credit_basis",
    ):
        op.drop_table(table)
