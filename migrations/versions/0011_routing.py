"""Who is responsible: dated rows, what communities may be given, and what cases keep of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _responsibility()
    _community_allowance()
    _of_cases()
    _co_units()


def _responsibility() -> None:
    op.create_table(
        "responsibility",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("function_group", sa.String(length=40), nullable=True),
        sa.Column("area_at_most", sa.Integer(), nullable=True),
        sa.Column("area_over", sa.Integer(), nullable=True),
        sa.Column("tag", sa.String(length=32), nullable=True),
        sa.Column("road_class", sa.String(length=32), nullable=True),
        sa.Column("on_permit", sa.Boolean(), nullable=False),
        sa.Column("lead", sa.String(length=80), nullable=False),
        sa.Column("co", sa.String(length=600), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_responsibility_dates")
        ),
        sa.CheckConstraint(
            "category_code IS NULL OR function_group IS NULL",
            name=op.f("ck_responsibility_one_kind"),
        ),
        sa.CheckConstraint(
            "area_at_most IS NULL OR area_at_most > 0", name=op.f("ck_responsibility_at_most")
        ),
        sa.CheckConstraint(
            "area_over IS NULL OR area_over >= 0", name=op.f("ck_responsibility_over")
        ),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_responsibility_category_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_responsibility")),
    )


def _community_allowance() -> None:
    op.create_table(
        "community_allowance",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("function_group", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_community_allowance_dates")
        ),
        sa.CheckConstraint(
            "(category_code IS NULL) <> (function_group IS NULL)",
            name=op.f("ck_community_allowance_one_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_community_allowance_category_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_community_allowance")),
    )


def _of_cases() -> None:
    """What decided where a case went."""
    op.create_table(
        "case_attribute",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_attribute_case"
        ),
        sa.PrimaryKeyConstraint("district", "case_id", "key", name=op.f("pk_case_attribute")),
    )
    op.create_table(
        "case_route",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("rule_code", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_route_case"
        ),
        sa.ForeignKeyConstraint(
            ["rule_code"], ["responsibility.code"], name=op.f("fk_case_route_rule_code")
        ),
        sa.PrimaryKeyConstraint("district", "event_id", name=op.f("pk_case_route")),
    )
    op.create_index("ix_case_route_case", "case_route", ["district", "case_id"], unique=False)


def _co_units() -> None:
    op.create_table(
        "case_co_unit",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "opinion_at IS NULL OR seen_at IS NOT NULL", name=op.f("ck_case_co_unit_seen")
        ),
        sa.ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_co_unit_case"
        ),
        sa.PrimaryKeyConstraint("district", "case_id", "unit_id", name=op.f("pk_case_co_unit")),
    )
    op.create_index(
        "ix_case_co_unit_unit_id", "case_co_unit", ["unit_id", "ended_at"], unique=False
    )
