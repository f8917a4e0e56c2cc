"""The heirs of units are found by an index; highlights of a pilot."""

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0096"


MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _heirs()
    _pilot_highlight()


def _heirs() -> None:
    followed = sa.text("successor_id IS NOT NULL")
    # few units have ended, and every request of the staff asks whom theirs followed
    op.create_index(
        "ix_organisation_successor_id", "organisation", ["successor_id"],
        sqlite_where=followed, postgresql_where=followed,
    )  # fmt: skip


def _pilot_highlight() -> None:
    op.create_table(
        "pilot_highlight",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_why", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)",
            name=op.f("ck_pilot_highlight_approved"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> written_by",
            name=op.f("ck_pilot_highlight_second"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_pilot_highlight_ended")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_pilot_highlight_area_id_area")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"],
            name=op.f("fk_pilot_highlight_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_highlight")),
        sa.UniqueConstraint("number", name=op.f("uq_pilot_highlight_number")),
    )  # fmt: skip
    op.create_index("ix_pilot_highlight_month", "pilot_highlight", ["month"])
