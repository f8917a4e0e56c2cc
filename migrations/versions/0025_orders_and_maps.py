"""A case can have several orders of hotlines; column maps are saved under names."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    _several_orders()
    _one_numbering()
    _column_map()


def _several_orders() -> None:
    name = "ix_external_order_district_case_id"
    op.drop_index(name, "external_order")
    op.create_index(name, "external_order", ["district", "case_id"], unique=False)


def _one_numbering() -> None:
    """What call takers typed had numberings of their own, so that the hotline's file made it again.

    Where both are here already, both stay: which one is the other's double is for the desk to say.
    """
    order = sa.table("external_order", sa.column("system"), sa.column("number"))
    other = order.alias("other")
    for typed, system in (("hotline_12319", "12319"), ("hotline_12345", "12345")):
        twice = (
            sa.select(other.c.number)
            .where(other.c.system == system, other.c.number == order.c.number)
            .exists()
        )
        op.execute(order.update().where(order.c.system == typed, ~twice).values(system=system))


def _column_map() -> None:
    op.create_table(
        "column_map",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_column_map")),
    )
    standing = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_column_map_standing",
        "column_map",
        ["name"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
