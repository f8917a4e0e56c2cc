"""The queue of what waits to be sealed has one tree, in the order in which numbers are given."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
TABLE, KEY, INDEX = "credit_unsealed", "pk_credit_unsealed", "ix_credit_unsealed_entry_id"


def upgrade() -> None:
    op.drop_index(INDEX, TABLE)
    _turn(["entry_id", "district"], with_rowid=False)


def _turn(key: list[str], *, with_rowid: bool) -> None:
    """Another order of the key; what waits meanwhile goes on waiting."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(KEY, TABLE, type_="primary")
        op.create_primary_key(KEY, TABLE, key)
        return
    op.create_table(
        f"{TABLE}_new",
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f(KEY)),
        sqlite_with_rowid=with_rowid,
    )
    op.execute(
        f"INSERT INTO {TABLE}_new SELECT district, entry_id, leaf_hash FROM {TABLE}"  # noqa: S608  names of ours
    )
    op.drop_table(TABLE)
    op.rename_table(f"{TABLE}_new", TABLE)


def downgrade() -> None:
    _turn(["district", "entry_id"], with_rowid=True)
    op.create_index(INDEX, TABLE, ["entry_id", "district"], unique=False)
