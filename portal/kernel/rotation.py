"""What is sealed is sealed with another SECRET_KEY: in batches, and any number of times.

A value that opens with the new key is done already, so a run that was killed is simply begun
again. Hashes that are looked up by the sealed value are computed anew beside it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from portal.kernel.db import Base, Database
from portal.kernel.instance import instance_of
from portal.kernel.vault import Vault

BATCH: Final = 500
_SEALED: Final = "sealed_"

Row = Mapping[str, Any]


class CannotOpen(Exception):
    """Something is sealed with neither key. Its text names the row."""


@dataclass(frozen=True)
class Lookup:
    """A column with a keyed hash of a sealed one: ``purpose`` of the hash by the row."""

    table: str
    column: str
    sealed: str
    purpose: Callable[[Row], str]
    needs: tuple[str, ...] = ()
    form: Callable[[str], str] = str


@dataclass(frozen=True)
class Change:
    """From which key to which, and what hangs on the sealed values."""

    old: Vault
    new: Vault
    lookups: tuple[Lookup, ...] = ()

    def again(self, sealed: str, where: str) -> str | None:
        """The text sealed with the new key; None when it is already. Raises CannotOpen."""
        try:
            self.new.unseal(sealed)
        except ValueError:
            try:
                return self.new.seal(self.old.unseal(sealed))
            except ValueError as error:
                raise CannotOpen(f"{where} is sealed with neither key, or damaged.") from error
        return None


def sealed_tables() -> Iterator[tuple[Table, list[str]]]:
    """Every table with sealed columns: they are called ``sealed_…``."""
    for table in Base.metadata.sorted_tables:
        names = [column.name for column in table.columns if column.name.startswith(_SEALED)]
        if names:
            yield table, names


def reseal(database: Database, change: Change, say: Callable[[str], None]) -> int:
    """Seal everything anew; how many values. Nobody may seal anything meanwhile."""
    total = 0
    for table, names in sealed_tables():
        after: Sequence[Any] | None = None
        while True:
            with database.write() as session:
                after, count = _batch(session, table, names, change, after)
            total += count
            say(f"{table.name}: {total} sealed anew")
            if after is None:
                break
    return total


def _batch(
    session: Session, table: Table, names: list[str], change: Change, after: Sequence[Any] | None
) -> tuple[Sequence[Any] | None, int]:
    """The rows behind a key; where to go on, or None at the end."""
    keys: list[Column[Any]] = list(table.primary_key.columns)
    lookups = [each for each in change.lookups if each.table == table.name]
    further = {name for each in lookups for name in each.needs}
    statement = select(*keys, *(table.c[name] for name in [*names, *sorted(further)]))
    statement = statement.where(or_(*(table.c[name].is_not(None) for name in names)))
    if after is not None:
        last = (literal(value, key.type) for key, value in zip(keys, after, strict=True))
        statement = statement.where(tuple_(*keys) > tuple_(*last))
    rows = session.execute(statement.order_by(*keys).limit(BATCH)).mappings().all()
    count = 0
    for row in rows:
        values = _anew(dict(row), table, keys, names, lookups, change)
        if values:
            count += sum(name in names for name in values)
            mine = [key == row[key.name] for key in keys]
            session.execute(update(table).where(*mine).values(values))
    reached = [rows[-1][key.name] for key in keys] if len(rows) == BATCH else None
    return reached, count


def _anew(
    row: Row,
    table: Table,
    keys: list[Column[Any]],
    names: list[str],
    lookups: list[Lookup],
    change: Change,
) -> dict[str, Any]:
    """What changes in a row; nothing when it was done already."""
    where = f"{table.name} {'/'.join(str(row[key.name]) for key in keys)}"
    values: dict[str, Any] = {}
    for name in names:
        again = change.again(row[name], where) if row[name] is not None else None
        if again is not None:
            values[name] = again
    for each in lookups:
        if each.sealed in values:
            text = each.form(change.new.unseal(values[each.sealed]))
            values[each.column] = change.new.keyed_hash(each.purpose(row), text)
    return values


def reseal_blobs(database: Database, change: Change, table: Table, column: str) -> int:
    """Files that are sealed as a whole, whose key is in a column; how many."""
    (key,) = table.primary_key.columns
    with database.read() as session:
        rows = session.execute(
            select(key, table.c[column]).where(table.c[column].is_not(None)).order_by(key)
        ).all()
    count = 0
    for found, name in rows:
        count += _reseal_blob(database, change, (table, column, key), found, name)
    return count


def _reseal_blob(
    database: Database, change: Change, where: tuple[Table, str, Column[Any]], found: Any, name: str
) -> int:
    table, column, key = where
    with database.write() as session:
        blobs = instance_of(session).blobs
        again = change.again(blobs.open(name).decode(), f"{table.name} {found}")
        if again is None:
            return 0
        fresh = blobs.put(again.encode(), name.partition(".")[2])
        session.execute(update(table).where(key == found).values({column: fresh}))
    blobs.delete(name)
    return 1
