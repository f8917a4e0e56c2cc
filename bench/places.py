"""Where the bench runs: a PostgreSQL of its own, databases, and servers of one engine each."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from portal.kernel.clock import now
from portal.kernel.config import load_config
from portal.kernel.db import Database
from portal.kernel.instance import open_for
from portal.kernel.photos import CleanPhoto
from portal.reports.jobs import close_months
from portal.site import reindex, schema
from portal.site.demo.load import load_demo
from portal.site.demo.words import load_words
from portal.site.packages import load_city_data
from portal.site.waiting import THREADS
from portal.site.wsgi import open_instance

PICTURE = CleanPhoto(b"no picture", b"none", 960, 720)
DEMO_CASES, DEMO_RESIDENTS = 500, 50


@dataclass(frozen=True)
class Place:
    """One installation of the bench: where its data lies, and which engine keeps it."""

    name: str
    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings of its server; a proxy is trusted, so that reports come from many sides."""
        return {
            "GONGZHI_INSTANCE": str(self.folder),
            "DATABASE_URL": self.url,
            "GONGZHI_TRUSTED_PROXIES": "1",
        }

    def open(self) -> Database:
        """Its database."""
        return open_for(open_instance(load_config(self.environment)))


def prepare(place: Place) -> Database:
    """Migrations, the city and a small demo: accounts, a few hundred cases, closed months."""
    database = place.open()
    schema.upgrade(database)
    with database.write() as session:
        list(load_city_data(session, database.info["instance"].city, now()))
        load_demo(
            session,
            {kind: [(PICTURE, PICTURE)] for kind in load_words().categories},
            now=now(),
            residents=DEMO_RESIDENTS,
            cases=DEMO_CASES,
        )
    close_months(database, now())
    reindex.bring_up(database)
    return database


def _binary(name: str) -> str:
    found = shutil.which(name)
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if not found and not there:
        raise SystemExit("PostgreSQL is not installed; give one by --postgres, or leave it out.")
    return found or str(there[0])


def _nobody() -> dict[str, int]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid}


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that keeps its promises (fsync on) and has the memory of a small server."""
    identity, data = _nobody(), folder / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if identity:
        os.chown(folder, identity["user"], identity["group"])

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=folder,
            user=identity.get("user"),
            group=identity.get("group"),
        )

    if not data.exists():
        run(_binary("initdb"), "-D", "data", "-U", "gongzhi", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8")  # fmt: skip
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c shared_buffers=1GB "
        "-c max_wal_size=4GB -c maintenance_work_mem=1GB -c max_connections=60"
    )
    run(_binary("pg_ctl"), "-D", "data", "-w", "-l", "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://gongzhi@/postgres?host={folder}"
    finally:
        run(_binary("pg_ctl"), "-D", "data", "-m", "fast", "stop")


def create_postgres_database(server: str, name: str) -> str:
    """The address of a database, made when it is not there yet."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.exec_driver_sql(known, (name,)).first() is None:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(place: Place, workers: int) -> Iterator[int]:
    """A server as ``gongzhi serve`` makes it, without the recurring work; its port."""
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")}
    environment: Mapping[str, str] = clean | place.environment
    log = (place.folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "bench.app:build",
         "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--no-ws",
         "--blocking-threads", str(THREADS)],
        env=environment, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
        log.close()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the server did not start; see server.log in its folder")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start in a minute")
