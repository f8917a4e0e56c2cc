"""Tables in a form of no engine: by their metadata out, by what a part says of itself in.

A part is lines: first the table and its columns with their kinds, then a row each. What comes in
needs no model, so that an older backup can be loaded into the shape it was made in, and upgraded.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    TableClause,
    Text,
    Uuid,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from portal.kernel.archive import Damaged, Part, pack_lines, unpack_lines
from portal.kernel.db import UtcDateTime

ROWS: Final = 10_000
CHARACTERS: Final = 8 * 1024 * 1024
AT_ONCE: Final = 1_000

Change = Callable[[dict[str, Any]], dict[str, Any]]
# in this order: an Enum is a String, and what is neither has no kind yet
_KINDS: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (Uuid, "uuid"), (UtcDateTime, "time"), (Date, "day"), (Boolean, "bool"), (Integer, "int"),
    (Float, "float"), (LargeBinary, "bytes"), (String, "text"),
)  # fmt: skip
_TYPES: Final[Mapping[str, TypeEngine[Any]]] = {
    "uuid": Uuid(), "time": UtcDateTime(), "day": Date(), "bool": Boolean(), "int": BigInteger(),
    "float": Float(), "bytes": LargeBinary(), "text": Text(),
}  # fmt: skip
_WRITE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "uuid": str, "time": datetime.isoformat, "day": date.isoformat,
    "bytes": lambda value: b64encode(value).decode(),
}  # fmt: skip
_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "uuid": UUID, "time": datetime.fromisoformat, "day": date.fromisoformat,
    "bytes": lambda value: b64decode(value, validate=True),
}  # fmt: skip


def kind_of(found: TypeEngine[Any]) -> str:
    """The kind of a column; TypeError for a type that has none yet."""
    for known, kind in _KINDS:
        if isinstance(found, known):
            return kind
    raise TypeError(f"a backup knows no columns of the type {found!r}")


def table_parts(
    connection: Connection, source: Table, change: Change | None = None
) -> Iterator[tuple[Part, int]]:
    """A table, ordered by its key, as parts with their numbers of rows. Streamed."""
    kinds = {found.name: kind_of(found.type) for found in source.columns}
    head = json.dumps({"table": source.name, "columns": kinds}, ensure_ascii=False)
    lines, length, first = [head], 0, 1
    for row in _rows(connection, source, kinds):
        values = change(dict(row)) if change else row
        lines.append(_line(values, kinds))
        length += len(lines[-1])
        if len(lines) > ROWS or length > CHARACTERS:
            yield _part(source.name, first, lines), len(lines) - 1
            first += len(lines) - 1
            lines, length = [head], 0
    if len(lines) > 1:
        yield _part(source.name, first, lines), len(lines) - 1


def _part(name: str, first: int, lines: list[str]) -> Part:
    return Part(f"tables/{name}/{first:010d}.jsonl.gz", pack_lines(lines))


def _plain(name: str, kinds: Mapping[str, str]) -> TableClause:
    return table(name, *(column(each, _TYPES[kind]) for each, kind in kinds.items()))


def _rows(
    connection: Connection, source: Table, kinds: Mapping[str, str]
) -> Iterator[Mapping[str, Any]]:
    plain = _plain(source.name, kinds)
    order = [plain.c[each.name] for each in source.primary_key.columns]
    statement = select(plain).order_by(*order).execution_options(yield_per=AT_ONCE)
    for row in connection.execute(statement).mappings():
        yield dict(row)


def _line(row: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    values = [
        value if value is None or kind not in _WRITE else _WRITE[kind](value)
        for value, kind in ((row[name], kind) for name, kind in kinds.items())
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def load_part(connection: Connection, part: Part) -> tuple[str, int]:
    """Insert the rows of a part; the table and their number. Raises Damaged with the line."""
    lines = unpack_lines(part)
    name, kinds = _head(connection, part, lines)
    target, count = _plain(name, kinds), 0
    batch: list[tuple[int, dict[str, Any]]] = []
    for number, line in lines:
        batch.append((number, _row(part, number, line, kinds)))
        if len(batch) == AT_ONCE:
            count += _insert(connection, target, part, batch)
            batch = []
    return name, count + _insert(connection, target, part, batch)


def _head(
    connection: Connection, part: Part, lines: Iterator[tuple[int, str]]
) -> tuple[str, dict[str, str]]:
    """The table of a part and its columns, which must be exactly those that are here."""
    try:
        head = json.loads(next(lines)[1])
        name, kinds = str(head["table"]), dict(head["columns"])
        here = {found["name"] for found in inspect(connection).get_columns(name)}
    except (ValueError, KeyError, TypeError, StopIteration, SQLAlchemyError) as error:
        raise Damaged(part.name, "it names no table that is here", line=1) from error
    if here != set(kinds) or not set(kinds.values()) <= set(_TYPES):
        raise Damaged(part.name, f"not the columns that {name} has here", line=1)
    return name, kinds


def _row(part: Part, number: int, line: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    try:
        values = json.loads(line)
        return {
            name: value if value is None or kind not in _READ else _READ[kind](value)
            for (name, kind), value in zip(kinds.items(), values, strict=True)
        }
    except (ValueError, TypeError) as error:
        raise Damaged(part.name, "no row of this table", line=number) from error


def _insert(
    connection: Connection,
    target: TableClause,
    part: Part,
    batch: Sequence[tuple[int, dict[str, Any]]],
) -> int:
    """Many rows at once; when the database refuses them, one by one to find which."""
    if not batch:
        return 0
    try:
        with connection.begin_nested():
            connection.execute(insert(target), [row for _, row in batch])
    except SQLAlchemyError:
        for number, row in batch:
            _insert_one(connection, target, Damaged(part.name, "", line=number), row)
    return len(batch)


def _insert_one(
    connection: Connection, target: TableClause, at: Damaged, row: dict[str, Any]
) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(target), [row])
    except SQLAlchemyError as error:
        # its words may hold the row, which is personal
        why = f"the database refuses this row ({type(error).__name__})"
        raise Damaged(at.part, why, line=at.line) from None


def count_rows(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(table(name))) or 0


def filled_tables(connection: Connection, but: set[str]) -> list[str]:
    """The tables that hold any row, apart from some."""
    names = sorted(set(inspect(connection).get_table_names()) - but)
    # names are the database's own
    return [
        n
        for n in names
        if connection.execute(select(text("1")).select_from(table(n)).limit(1)).first()
    ]


class LooseReferences:
    """Foreign keys rest while tables are loaded, and are checked at the end.

    On SQLite ``Database.reshape`` sees to the first half. On PostgreSQL they are taken off and put
    on again as they were; only the owner of the tables can do that.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._taken: list[tuple[str, str, str]] = []

    def loosen(self) -> None:
        if self._connection.dialect.name != "postgresql":
            return
        found = self._connection.execute(
            text(
                "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) "
                "FROM pg_constraint WHERE contype = 'f' "
                "AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
            )
        )
        self._taken = [(row[0], row[1], row[2]) for row in found]
        for name, constraint, _ in self._taken:
            self._connection.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {constraint}")

    def tighten(self) -> None:
        """Raises Damaged when a row refers to one that is not there."""
        if self._connection.dialect.name == "sqlite":
            broken = self._connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise Damaged(
                    f"tables/{broken[0]}", f"a row refers to one of {broken[2]} that is not there"
                )
            return
        for name, constraint, words in self._taken:
            try:
                self._connection.exec_driver_sql(
                    f"ALTER TABLE {name} ADD CONSTRAINT {constraint} {words}"
                )
            except SQLAlchemyError as error:
                raise Damaged(f"tables/{name}", f"a row breaks {constraint}") from error


def go_on_counting(connection: Connection, name: str) -> None:
    """Let a counter of PostgreSQL go on behind the keys that were loaded."""
    if connection.dialect.name != "postgresql":
        return
    for found in inspect(connection).get_pk_constraint(name)["constrained_columns"]:
        counter = connection.scalar(
            text("SELECT pg_get_serial_sequence(quote_ident(:t), :c)"), {"t": name, "c": found}
        )
        if counter is not None:
            most = connection.scalar(select(func.max(column(found))).select_from(table(name)))
            if most is not None:
                connection.execute(text("SELECT setval(:s, :m)"), {"s": counter, "m": most})
