"""Listed supervision, the day's digest of each street, and how a closed case was solved."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

OPEN_LISTING = sa.text("delisted_at IS NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("means", sa.String(length=32), nullable=True))
    _supervision_listing()
    _indexes_of_supervision_listing()
    _days()


def _supervision_listing() -> None:
    op.create_table(
        "supervision_listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("listed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("supervisor_path", sa.String(length=200), nullable=False),
        sa.Column("deadline_days", sa.Integer(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delisted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delisted_by", sa.Uuid(), nullable=True),
        sa.Column("ending", sa.String(length=32), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(delisted_at IS NULL) = (ending IS NULL)", name=op.f("ck_supervision_listing_ending")
        ),
        sa.ForeignKeyConstraint(
            ["district", "case_id"],
            ["cases.district", "cases.id"],
            name="fk_supervision_listing_case",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_listing")),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_listing_number")),
    )


def _indexes_of_supervision_listing() -> None:
    op.create_index(
        "uq_supervision_listing_open",
        "supervision_listing",
        ["district", "case_id"],
        unique=True,
        sqlite_where=OPEN_LISTING,
        postgresql_where=OPEN_LISTING,
    )
    for name, columns in (("delisted_at", ["delisted_at", "id"]),
                          ("listed_on", ["listed_on", "place_path"])):  # fmt: skip
        index = f"ix_supervision_listing_{name}"
        op.create_index(index, "supervision_listing", columns, unique=False)


def _days() -> None:
    op.create_table(
        "supervision_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_supervision_day")),
    )
    op.create_table(
        "street_digest",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=True),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "area_id", name=op.f("pk_street_digest")),
    )
    op.create_index(
        "ix_street_digest_place_path_day", "street_digest", ["place_path", "day"], unique=False
    )
