"""That somebody wants the list of what is to be put right switched on, until another decides."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pledge_list_wish()


def _pledge_list_wish() -> None:
    op.create_table(
        "pledge_list_wish",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("place_path", sa.String(length=255), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_pledge_list_wish_basis")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_pledge_list_wish_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_pledge_list_wish")),
    )
