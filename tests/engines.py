"""Connections to the PostgreSQL of the tests, kept from one test to the next.

To open one and to meet the tables for the first time took longer than most tests. What a test may
leave behind, rows and settings of its connection, is taken away after it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from portal.kernel import db
from portal.kernel.db import Base, Database, open_database
from portal.kernel.instance import Instance, open_for


class Engines:
    """A reader's and a writer's engine for the one database of a session."""

    def __init__(self, url: str) -> None:
        self._kept = open_database(url)
        self._emptier = _Emptier(url)

    def open(self, instance: Instance) -> Database:
        """The database of a test; what listens to its engines ends with it."""

        def engine(_url: object, *, write: bool) -> Engine:
            return (self._kept.writer if write else self._kept.reader).execution_options()

        with patch.object(db, "_postgres_engine", engine):
            return open_for(instance)

    def clean(self) -> None:
        """After a test: no row, no setting, one connection each."""
        _keep_one(self._kept.reader)
        _keep_one(self._kept.writer)
        self._emptier.empty()

    def close(self) -> None:
        self._emptier.close()
        self._kept.dispose()


def _keep_one(engine: Engine) -> None:
    """Close all connections that lie idle but one, and give that the settings it began with."""
    pool = engine.pool
    idle = [pool.connect() for _ in range(pool.checkedin())]
    for connection in idle[1:]:
        connection.invalidate()
    for connection in idle[:1]:
        connection.cursor().execute("RESET SESSION AUTHORIZATION; RESET ALL")
        connection.commit()
        connection.close()


def _deletes() -> str:
    """Delete every row, in PL/pgSQL: much faster than TRUNCATE on small tables.

    A table without a page has no row: asking for its size opens it alone, and none of its indexes.
    """
    names = [f'"{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
    return " ".join(
        f"IF pg_relation_size('{name}') > 0 THEN"
        f" IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF; END IF;"
        for name in names
    )


# no triggers, no foreign keys
UNBOUND = "session_replication_role = replica"


class _Emptier:
    """A connection that empties the database time and again: it has met the tables before."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        self._connection.exec_driver_sql(
            "CREATE FUNCTION pg_temp.empty_all() RETURNS void LANGUAGE plpgsql"
            f" SET {UNBOUND} AS $$ BEGIN {_deletes()} END $$"
        )

    def empty(self) -> None:
        self._connection.exec_driver_sql("SELECT pg_temp.empty_all()")

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def empty(database: Database) -> None:
    """Delete every row of a PostgreSQL."""
    with database.writer.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL {UNBOUND}")
        connection.exec_driver_sql(f"DO $$ BEGIN {_deletes()} END $$")


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database of a server, a copy of another one of it."""
    name = f"gongzhi_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        admin.dispose()
