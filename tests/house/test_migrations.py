"""Migrations: one line of numbered files, and at its end exactly the tables of the models."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from portal.kernel.db import Base, Database, open_database
from portal.site import schema
from tests.house import words
from tests.house.tree import ROOT, plant

# SQLite's expression indexes cannot be read back; PostgreSQL's side of the test compares them
pytestmark = pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified")
MIGRATIONS = ROOT / "migrations"


def heads(folder: Path) -> list[str]:
    return list(ScriptDirectory(str(folder)).get_heads())


def badly_numbered(folder: Path) -> list[str]:
    """Files are ``0001_words.py``, the number is the revision, and each follows the one before."""
    found, before = [], None
    for path in sorted((folder / "versions").glob("*.py")):
        facts = _facts(path)
        match = re.fullmatch(r"(\d{4})_[a-z0-9_]+", path.stem)
        if not match or facts != {"revision": match.group(1), "down_revision": before}:
            found.append(f"{path.name}: {facts}")
        before = facts.get("revision")
    return found


def _facts(path: Path) -> dict[str, object]:
    facts: dict[str, object] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(node, ast.Assign):
            target = node.targets[0]
        name = target.id if isinstance(target, ast.Name) else ""
        if name in {"revision", "down_revision"} and isinstance(node.value, ast.Constant):
            facts[name] = node.value.value
    return facts


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server = str(request.getfixturevalue("postgres_server"))
    name = f"gongzhi_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def test_there_is_one_head() -> None:
    assert len(heads(MIGRATIONS)) == 1


def test_migrations_are_numbered_in_one_line() -> None:
    assert list((MIGRATIONS / "versions").glob("*.py"))
    assert badly_numbered(MIGRATIONS) == []


def test_the_models_are_what_the_migrations_make(empty_url: str) -> None:
    words.import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database)
        assert schema.revision(database) == schema.head()
        assert schema.differences(database) == []


def test_a_planted_fork_is_seen(tmp_path: Path) -> None:
    line = 'revision = "{0}"\ndown_revision = {1}\n'
    plant(
        tmp_path,
        {
            "versions/0001_first.py": line.format("0001", None),
            "versions/0002_one.py": line.format("0002", '"0001"'),
            "versions/0003_fork.py": line.format("0003", '"0001"'),
        },
    )
    assert len(heads(tmp_path)) == 2
    assert len(badly_numbered(tmp_path)) == 1


def test_a_planted_column_is_seen(empty_url: str) -> None:
    words.import_everything()
    with opened(empty_url) as database, database.writer.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("ALTER TABLE spent_key ADD COLUMN planted VARCHAR(9)"))
    with opened(empty_url) as database:
        assert any("planted" in change for change in schema.differences(database))
