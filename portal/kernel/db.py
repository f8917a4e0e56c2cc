"""The database: two engines, typed columns, one committer.

Nothing else in the house commits (a house test reads for it). Reads go through engines that refuse
to write; a write takes its turn in a fair queue and begins IMMEDIATE on SQLite, so that two writers
never meet half-way (with DEFERRED 98 % of racing writes died with "database is locked").
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    UpdateBase,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from portal.kernel.errors import Busy, Counted

WAIT_SECONDS = 5.0
KEPT = "kept"  # what a request's session keeps of its reads, among what sessions know
# of a statement whose plan is the same for whatever it is asked: PostgreSQL plans it once
PLANNED_ONCE = {"planned_once": True}
Found = TypeVar("Found")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. Refuses naive datetimes, because nobody knows when those are."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the house. Constraint names are fixed: migrations speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime(), UUID: Uuid()}


def code_type(codes: type[StrEnum], length: int = 32) -> Enum:
    """A column type for a StrEnum: stored by value as text, refused in Python when unknown."""
    return Enum(
        codes,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=False,
        validate_strings=True,
        length=length,
    )


def code_column(codes: type[StrEnum], **options: Any) -> Any:
    """``mapped_column`` for a StrEnum by value."""
    return mapped_column(code_type(codes), **options)


class Turnstile:
    """A fair lock: threads pass in the order of their coming (a plain lock starved some 1.35 s)."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held = False
        self._queue: deque[threading.Event] = deque()

    def enter(self, timeout: float = WAIT_SECONDS) -> None:
        """Wait for one's turn; raises Busy when it does not come in time."""
        with self._mutex:
            if not self._held:
                self._held = True
                return
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(timeout):
            return
        with self._mutex:
            if mine.is_set():  # the turn came while we were giving up
                return
            self._queue.remove(mine)
        raise Busy

    def leave(self) -> None:
        """Hand the turn to whoever has waited longest."""
        with self._mutex:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        self.enter()
        try:
            yield
        finally:
            self.leave()


@dataclass
class Database:
    """One city's data. ``read()`` cannot write; ``write()`` commits when its block ends well."""

    url: URL
    reader: Engine
    writer: Engine
    info: dict[str, Any]

    def __post_init__(self) -> None:
        self._turnstile = Turnstile() if self.url.get_backend_name() == "sqlite" else None
        self._reading = sessionmaker(self.reader, expire_on_commit=False, info=self.info)
        self._at_once = self.reader if self.is_sqlite else _at_once(self.reader)
        self._writing = sessionmaker(self.writer, expire_on_commit=False, info=self.info)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def open_reader(self) -> Session:
        """A session for reading that the caller closes (requests do so at their end).

        It keeps what it was told to keep (``once``). On PostgreSQL each of its statements stands
        alone: there a transaction of reads shows no single moment either.
        """
        return self._reading(bind=self._at_once, info={KEPT: {}})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose statements the database itself refuses to let write."""
        with self._reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one way to change anything: commits at the end of the block, or nothing happened.

        A Counted refusal commits too: otherwise no wrong code would ever be counted.
        """
        with self._turnstile.turn() if self._turnstile else nullcontext():
            session = self._writing()
            try:
                yield session
                session.commit()
            except Counted:
                session.commit()
                raise
            except OperationalError as error:
                session.rollback()
                if _is_taken(error):
                    raise Busy from error
                raise
            except BaseException:
                session.rollback()
                raise
            finally:
                session.close()

    @contextmanager
    def reshape(self) -> Iterator[Connection]:
        """A connection for migrations, whose tables change whole or not at all.

        A batch migration on SQLite rebuilds tables, which must not cascade into others: foreign
        keys rest meanwhile. Their pragma does nothing inside a transaction, hence the driver.
        """
        with self.writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if self.is_sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                if self.is_sqlite:
                    driver.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one moment, however long it is read and whatever is written."""
        with self.reader.connect() as plain:
            options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection = plain.execution_options(**options)
            with connection.begin():
                # the moment is that of the first read
                first = "SELECT count(*) FROM sqlite_master" if self.is_sqlite else "SELECT 1"
                connection.execute(text(first))
                yield connection

    def ping(self) -> None:
        """Raises when the database cannot answer."""
        with self.reader.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def once(session: Session, key: Hashable, read: Callable[[], Found]) -> Found:
    """What a request has read it need not ask for again: its page shows one moment.

    Any other session asks each time: it may change what it reads, or live long.
    """
    kept: dict[Hashable, Any] | None = session.info.get(KEPT)
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    return cast("Found", kept[key])


def recall(session: Session, key: Hashable) -> Any:
    """What ``once`` has kept under a key; None when nobody asked yet, or nothing is kept."""
    return session.info.get(KEPT, {}).get(key)


def changed_rows(session: Session, statement: UpdateBase) -> int:
    """Run a conditional UPDATE (INSERT, DELETE) and say how many rows it met: 0 lost the race."""
    # without preserve_rowcount an INSERT on PostgreSQL says -1, whatever it did
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result = session.execute(statement, execution_options=options)
    return cast("CursorResult[Any]", result).rowcount


def _is_taken(error: OperationalError) -> bool:
    """Somebody else holds what this write needs: it waited too long, or each waits for the other
    (PostgreSQL ends one of them: ``lock_not_available``, ``deadlock_detected``)."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in {"55P03", "40P01"}


def open_database(url: str, info: dict[str, Any] | None = None) -> Database:
    """Engines for a URL, set up as the house needs them. Connects to nothing yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        reader, writer = _sqlite_engine(parsed, write=False), _sqlite_engine(parsed, write=True)
    else:
        reader, writer = _postgres_engine(parsed, write=False), _postgres_engine(parsed, write=True)
    return Database(parsed, reader, writer, info if info is not None else {})


def _postgres_engine(url: URL, *, write: bool) -> Engine:
    options = "-c lock_timeout=5000 -c timezone=UTC -c plan_cache_mode=auto"
    if not write:
        options += " -c default_transaction_read_only=on"
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,  # an error that is logged must not name people
        connect_args={"options": options},
    )
    event.listen(engine, "do_execute", _execute_as_planned)
    return engine


def _at_once(reader: Engine) -> Engine:
    """The same connections without BEGIN and ROLLBACK, two round trips fewer a page.

    A ROLLBACK also made the driver forget what was prepared. Only what says so is prepared: a plan
    for any values is wrong for some of them in a list that is searched.
    """
    return reader.execution_options(isolation_level="AUTOCOMMIT", at_once=True)


def _execute_as_planned(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Execute what stands alone, prepared or not as it says; tells whether it did."""
    options = context.execution_options
    if "at_once" not in options:
        return False
    cursor.execute(statement, parameters, prepare=options.get("planned_once", False))
    return True


def _sqlite_engine(url: URL, *, write: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        hide_parameters=True,
        connect_args={"timeout": WAIT_SECONDS},
    )
    begin = "BEGIN IMMEDIATE" if write else "BEGIN DEFERRED"

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA journal_mode=WAL")
        # NORMAL acknowledged writes before they were on disk; FULL survives kill -9 and power loss
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # what is erased shall not lie readable in a free page of the file (L14)
        connection.execute("PRAGMA secure_delete=ON")
        if not write:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
