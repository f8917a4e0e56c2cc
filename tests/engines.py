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

from portal.kernel import db
from portal.kernel.db import Base, Database, open_database
from portal.kernel.instance import Instance, open_for


class Engines:
    """A reader's and a writer's engine for the one database of a session."""

    def __init__(self, url: str) -> None:
        self._kept = open_database(url)

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
        empty(self._kept)

    def close(self) -> None:
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


def empty(database: Database) -> None:
    """Delete every row of a PostgreSQL; much faster than TRUNCATE on small tables."""
    names = [f'"{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
    ask = f"SELECT {', '.join(f'EXISTS (SELECT FROM {name})' for name in names)}"
    with database.writer.begin() as connection:
        filled = connection.exec_driver_sql(ask).one()
        deletes = [f"DELETE FROM {name}" for name, rows in zip(names, filled, strict=True) if rows]
        # replica: no triggers, no foreign keys
        statements = ["SET LOCAL session_replication_role = replica", *deletes]
        connection.exec_driver_sql("; ".join(statements))


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
