"""The command line: helpful, in one sentence when it fails, and nothing half done."""

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import inspect

from portal.areas.queries import area_by_code
from portal.kernel.config import CHECKOUT, Config
from portal.kernel.db import Database, open_database
from portal.kernel.instance import Instance
from portal.kernel.jobs import JobRun
from portal.kernel.outbox import Channel, post_message
from portal.site import commands, reindex, schema
from portal.site.cli import cli


@dataclass
class Tools:
    """What commands get, of the test's installation."""

    instance: Instance
    database: Database
    app: Flask

    @property
    def config(self) -> Config:
        return self.instance.config


@pytest.fixture
def tools(instance: Instance, database: Database, app: Flask) -> Tools:
    return Tools(instance, database, app)


def run(tools: Tools, line: str) -> Result:
    return CliRunner().invoke(cli, line.split(), obj=tools)


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from leaves(child, (*path, name))
    else:
        yield path


@pytest.mark.parametrize("path", sorted(set(leaves(cli))), ids=" ".join)
def test_every_command_helps_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, [*path, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert "gongzhi" in result.output.split("Example", 1)[1]


def gongzhi(tmp_path: Path, *line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own, with an empty installation."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")}
    return subprocess.run(
        [sys.executable, "-c", "from portal.site.cli import main; main()", *line],
        env=clean | {"GONGZHI_INSTANCE": str(tmp_path)} | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_nonsense_setting_stops_the_start_in_one_sentence(tmp_path: Path) -> None:
    ended = gongzhi(tmp_path, "db", "upgrade", DATABASE_URL="mysql://x/y")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("gongzhi: DATABASE_URL is not usable: expected sqlite:")
    assert ended.stderr.count("\n") == 1


def test_a_database_that_cannot_be_reached_is_said_in_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/no/such/folder/x.db"
    ended = gongzhi(tmp_path, "jobs", "list", DATABASE_URL=url)
    assert ended.returncode == 1
    assert ended.stderr.startswith("gongzhi: The database cannot do that: unable to open")
    assert ended.stderr.count("\n") == 1


def test_demo_accounts_are_never_served_to_others(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_options: object) -> None:
        pytest.fail("it was about to serve")

    monkeypatch.setattr(commands, "Granian", never)
    monkeypatch.setattr(commands, "demo_exists", lambda _session: True)
    for host in ("0.0.0.0", "192.0.2.1", "::", "gongzhi.example.cn"):
        result = run(tools, f"serve --host {host}")
        assert result.exit_code == 1
        assert "Demo accounts exist" in result.output


def test_a_server_that_runs_no_jobs_starts_without_an_application_of_its_own(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its workers make theirs, and wait for it."""
    served: list[object] = []

    class Stub:
        def __init__(self, target: str, **_options: object) -> None:
            served.append(target)

        def serve(self) -> None:
            pass

    monkeypatch.setattr(commands, "Granian", Stub)
    monkeypatch.setattr(commands, "configure_logging", lambda: None)
    monkeypatch.setattr(reindex, "stale", lambda _session: False)
    monkeypatch.setattr(multiprocessing, "set_start_method", lambda *_args, **_options: None)
    monkeypatch.setenv("GONGZHI_ORIGIN", tools.config.origin)
    bare = SimpleNamespace(config=tools.config, database=tools.database)
    result = CliRunner().invoke(cli, ["serve", "--no-jobs"], obj=bare)
    assert result.exit_code == 0, result.output
    assert served == ["portal.site.wsgi:build"]


def test_a_database_behind_its_migrations_is_not_served(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "head", lambda: "9999")
    for line in ("serve", "city init", "db check"):
        result = run(tools, line)
        assert result.exit_code == 1
        assert "gongzhi db upgrade" in result.output


def test_a_city_is_loaded_once_and_checked(tools: Tools) -> None:
    assert "run `gongzhi city init`" in run(tools, "city check").output
    first = run(tools, "city init")
    assert first.exit_code == 0, first.output
    assert "all places loaded" in run(tools, "city check").output
    with tools.database.read() as session:
        assert area_by_code(session, "370283") is not None
    assert run(tools, "city init").exit_code == 0, "a second call changes nothing"


def test_r293_the_city_check_names_communities_without_a_lead(tools: Tools) -> None:
    assert run(tools, "city init").exit_code == 0
    told = run(tools, "city check")
    assert told.exit_code == 0
    assert "communities have no grid lead" in told.output
    strict = run(tools, "city check --strict")
    assert strict.exit_code != 0
    assert "communities have no grid lead" in strict.output + str(strict.exception)


def test_a_damaged_city_file_is_refused_by_name(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("code = ")
    result = run(tools, f"city init {path}")
    assert result.exit_code != 0
    assert "GONGZHI_CITY" in str(result.exception)


def test_a_job_runs_by_name_and_is_listed(tools: Tools) -> None:
    now = datetime.now(UTC)
    with tools.database.write() as session:
        post_message(session, channel=Channel.SMS, to="13800001201", template="accounts.code",
                     facts={"code": "123456", "minutes": 10}, now=now, language="en")  # fmt: skip
    assert "never run" in run(tools, "jobs list").output
    result = run(tools, "jobs run site.deliver_messages")
    assert result.output == "Run: site.deliver_messages.\n"
    assert tools.config.outbox is not None
    (letter,) = tools.config.outbox.glob("*.json")
    assert "123456" in letter.read_text("utf-8")
    listed = run(tools, "jobs list").output.splitlines()
    assert next(line for line in listed if "site.deliver_messages" in line).endswith("ok")
    assert "There is no job nope" in run(tools, "jobs run nope").output


def test_a_job_that_somebody_else_runs_is_left_alone(tools: Tools) -> None:
    with tools.database.write() as session:
        session.add(
            JobRun(
                name="site.forget_old",
                due_at=datetime.now(UTC),
                leased_until=datetime(2999, 1, 1, tzinfo=UTC),
            )
        )
    result = run(tools, "jobs run site.forget_old")
    assert result.exit_code == 1
    assert "another process" in result.output


GOOD = """import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table("first", sa.Column("id", sa.Integer, primary_key=True))
"""
BAD = """import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.create_table("second", sa.Column("id", sa.Integer, primary_key=True))
    raise RuntimeError("half-way")
"""


def test_an_upgrade_happens_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    shutil.copy(CHECKOUT / "migrations" / "env.py", tmp_path / "migrations")
    monkeypatch.setattr(schema, "CHECKOUT", tmp_path)
    database = open_database(f"sqlite:///{tmp_path}/x.db")
    (versions / "a.py").write_text(GOOD)
    schema.upgrade(database)
    assert schema.revision(database) == schema.head() == "0001"
    (versions / "b.py").write_text(BAD)
    with pytest.raises(RuntimeError, match="half-way"):
        schema.upgrade(database)
    assert schema.revision(database) == "0001"
    assert inspect(database.reader).get_table_names() == ["alembic_version", "first"]
    with database.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.dispose()
