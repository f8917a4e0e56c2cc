"""The database's shape: numbered migrations, one head, taken whole or not at all."""

import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from portal.kernel.config import CHECKOUT
from portal.kernel.db import Base, Database
from portal.kernel.vault import Vault

UPGRADE_LOCK: Final = 0x676F6E67  # any number of our own: "gong"


def _include_name(name: str | None, kind: str, _parents: Mapping[str, Any]) -> bool:
    """Tables that the search makes for itself (FTS5 and its shadows) are no models."""
    return not (kind == "table" and name is not None and "_fts" in name)


# alembic's comparison, the same for autogenerate and for ``gongzhi db check``
COMPARING: Final[Mapping[str, Any]] = {
    "compare_type": True,
    "render_as_batch": True,
    "include_name": _include_name,
}


def alembic_config(
    connection: Connection | None = None, vault: Vault | None = None
) -> AlembicConfig:
    """Alembic's configuration without a file: the migrations lie beside the packages.

    ``vault`` is for those that change what is sealed.
    """
    config = AlembicConfig()
    config.set_main_option("script_location", str(CHECKOUT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["vault"] = vault
    return config


def head() -> str | None:
    """The newest migration, read once: ``/readyz`` asks often. Raises when the migrations fork."""
    return _head(CHECKOUT)


@cache
def _head(_checkout: Path) -> str | None:
    return _scripts().get_current_head()


def revision(database: Database) -> str | None:
    """The migration that the database has reached."""
    with database.reader.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The migration that a connection sees."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(wanted: str) -> bool:
    """Whether a migration is one of ours."""
    return wanted in _known(CHECKOUT)


@cache
def _known(_checkout: Path) -> frozenset[str]:
    """Read once: to read them is to load a hundred modules."""
    return frozenset(found.revision for found in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def upgrade(database: Database, target: str = "head") -> None:
    """Bring the database to a migration. Servers that start together take turns."""
    with database.reshape() as connection:
        take_turn(connection)
        instance = database.info.get("instance")
        vault = instance.vault if instance is not None else None
        command.upgrade(alembic_config(connection, vault), target)
        _check_references(connection)


def take_turn(connection: Connection) -> None:
    """Wait for whoever else changes the tables. On SQLite BEGIN IMMEDIATE did it already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the upgrade would break references: {broken[:5]}")


def differences(database: Database) -> list[str]:
    """Where the models and the database disagree; nothing when all is well."""
    with database.reader.connect() as connection, warnings.catch_warnings():
        # SQLite cannot tell what an index over an expression is made of
        warnings.filterwarnings("ignore", "autogenerate skipping", UserWarning)
        context = MigrationContext.configure(connection, opts=dict(COMPARING))
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]
