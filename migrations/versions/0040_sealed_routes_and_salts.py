"""Where a proposal went, and the salts of details, are sealed: nobody reads them from the tables.

Details are opened for it, so where there are any the upgrade needs the installation's SECRET_KEY.
What stood in clear is overwritten by the same UPDATE that seals it.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

BATCH = 1_000
# a route is sealed with the place where it stands, filled up: its length tells nothing
ROUTE = "{table}:{row}:{route:<8}"


def upgrade() -> None:
    _seal_salts()
    _seal_routes_of_matters()
    _seal_routes_of_outcomes()


def _vault() -> Any:
    config = op.get_context().config
    vault = config.attributes.get("vault") if config else None
    if vault is None:
        raise RuntimeError("what is sealed is upgraded only with the installation's SECRET_KEY")
    return vault


def _batches(columns: list[Any], key: list[Any], *which: Any) -> Iterator[list[Any]]:
    """Rows in the order of their key, some at a time."""
    after: tuple[Any, ...] | None = None
    while True:
        statement = sa.select(*columns).where(*which).order_by(*key).limit(BATCH)
        if after is not None:
            last = (sa.literal(value, one.type) for one, value in zip(key, after, strict=True))
            statement = statement.where(sa.tuple_(*key) > sa.tuple_(*last))
        rows = list(op.get_bind().execute(statement))
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = tuple(rows[-1][: len(key)])


def _seal_salts() -> None:
    detail = sa.table(
        "credit_detail", sa.column("district", sa.String()), sa.column("entry_id", sa.Uuid()),
        sa.column("salt", sa.LargeBinary()), sa.column("sealed_details", sa.Text()),
    ).c  # fmt: skip
    key = [detail.district, detail.entry_id]
    changing = (
        sa.update(detail.salt.table)
        .where(detail.district == sa.bindparam("a"), detail.entry_id == sa.bindparam("b"))
        .values(sealed_details=sa.bindparam("sealed"), salt=b"")
    )
    for rows in _batches([*key, detail.salt, detail.sealed_details], key):
        vault = _vault()
        changed = [
            {"a": row[0], "b": row[1], "sealed": vault.seal(_packed(row[2], vault.unseal(row[3])))}
            for row in rows
        ]
        op.get_bind().execute(changing, changed)
    op.drop_column("credit_detail", "salt")


def _packed(salt: bytes, details: str) -> str:
    """The salt, then the details as they were hashed (their names are ASCII)."""
    spelt = json.dumps(
        json.loads(details), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return salt.hex() + spelt


def _route_columns(table: str) -> Any:
    op.add_column(table, sa.Column("sealed_route", sa.String(length=200), nullable=True))
    return sa.table(
        table, sa.column("district", sa.String()), sa.column("id", sa.Uuid()),
        sa.column("state", sa.String()), sa.column("route", sa.String()),
        sa.column("sealed_route", sa.String()),
    ).c  # fmt: skip


def _seal(table: Any, row_id: Any, route: str) -> str:
    sealed: str = _vault().seal(ROUTE.format(table=table.name, row=row_id, route=route))
    return sealed


def _seal_routes_of_matters() -> None:
    """Only a proposal that still waits has a use for it."""
    matter = _route_columns("credit_matter")
    table, key = matter.id.table, [matter.id]
    waiting = (matter.state == "waiting", matter.route.is_not(None))
    changing = sa.update(table).where(matter.id == sa.bindparam("a"))
    changing = changing.values(sealed_route=sa.bindparam("sealed"))
    for rows in _batches([matter.id, matter.route], key, *waiting):
        changed = [{"a": row[0], "sealed": _seal(table, row[0], row[1])} for row in rows]
        op.get_bind().execute(changing, changed)
    op.execute(sa.update(table).where(matter.route.is_not(None)).values(route=None))
    op.drop_column("credit_matter", "route")


def _seal_routes_of_outcomes() -> None:
    outcome = _route_columns("credit_guard_outcome")
    table, key = outcome.id.table, [outcome.district, outcome.id]
    changing = (
        sa.update(table)
        .where(outcome.district == sa.bindparam("a"), outcome.id == sa.bindparam("b"))
        .values(sealed_route=sa.bindparam("sealed"), route="")
    )
    for rows in _batches([*key, outcome.route], key):
        changed = [
            {"a": row[0], "b": row[1], "sealed": _seal(table, row[1], row[2])} for row in rows
        ]
        op.get_bind().execute(changing, changed)
    with op.batch_alter_table("credit_guard_outcome") as batch:
        batch.drop_column("route")
        batch.alter_column("sealed_route", existing_type=sa.String(length=200), nullable=False)
