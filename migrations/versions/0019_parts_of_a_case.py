"""Parts of a case, what units dispute before the joint meeting, and service contracts."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _parts()
    _disputes()
    _service_contract()
    _case_contract()


def _of_cases(table: str, column: str = "case_id", name: str = "case") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district", column], ["cases.district", "cases.id"], name=f"fk_{table}_{name}"
    )


def _parts() -> None:
    op.create_table(
        "case_part",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("whole_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("case_id <> whole_id", name=op.f("ck_case_part_whole")),
        _of_cases("case_part"),
        _of_cases("case_part", "whole_id", "whole"),
        sa.PrimaryKeyConstraint("district", "case_id", name=op.f("pk_case_part")),
    )
    op.create_index("ix_case_part_whole", "case_part", ["district", "whole_id"], unique=False)


def _disputes() -> None:
    op.create_table(
        "case_dispute",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("resolution", sa.String(length=80), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (unit_id IS NULL) AND (decided_at IS NULL) = (held_on IS NULL)"
            " AND (decided_at IS NULL) = (resolution IS NULL)",
            name=op.f("ck_case_dispute_decided"),
        ),
        _of_cases("case_dispute"),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_case_dispute")),
    )
    waiting = sa.text("decided_at IS NULL")
    op.create_index(
        "ix_case_dispute_waiting",
        "case_dispute",
        ["district", "case_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(
        "ix_case_dispute_case", "case_dispute", ["district", "case_id", "id"], unique=False
    )


def _service_contract() -> None:
    op.create_table(
        "service_contract",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("contractor", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("function_group", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_service_contract_dates")
        ),
        sa.CheckConstraint(
            "(category_code IS NULL) <> (function_group IS NULL)",
            name=op.f("ck_service_contract_one_kind"),
        ),
        sa.CheckConstraint(
            "contractor <> department", name=op.f("ck_service_contract_two_parties")
        ),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_service_contract_category_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service_contract")),
    )


def _case_contract() -> None:
    op.create_table(
        "case_contract",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("contract_code", sa.String(length=16), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "contract_code IS NOT NULL OR reason IS NOT NULL", name=op.f("ck_case_contract_reason")
        ),
        _of_cases("case_contract"),
        sa.ForeignKeyConstraint(
            ["contract_code"],
            ["service_contract.code"],
            name=op.f("fk_case_contract_contract_code"),
        ),
        sa.PrimaryKeyConstraint("district", "case_id", name=op.f("pk_case_contract")),
    )
    op.create_index(
        "ix_case_contract_contract_code", "case_contract", ["contract_code"], unique=False
    )


def downgrade() -> None:
    for table in ("case_contract", "service_contract", "case_dispute", "case_part"):
        op.drop_table(table)
