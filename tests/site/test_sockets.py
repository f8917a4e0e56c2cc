"""Over real sockets: several slow uploads are under way, and everybody else is still served."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

# more than the two workers may do at once; and chance may send every upload to the same one
SLOW_UPLOADS = 12
PATIENCE = 30  # seconds
TO_START = 180  # seconds; on a busy machine every process reads the whole portal first
BODY = b"--x\r\nContent-Disposition: form-data; name=words\r\n\r\nlitter\r\n--x--\r\n"
GONGZHI = [sys.executable, "-c", "from portal.site.cli import main; main()"]


@dataclass(frozen=True)
class Server:
    """``gongzhi serve`` as people start it."""

    port: int
    database_url: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each engine that nobody has prepared."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/sockets.db"
        return
    server = str(request.getfixturevalue("postgres_server"))
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"gongzhi_sockets_{uuid.uuid4().hex[:8]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    admin.dispose()


@pytest.fixture
def server(empty_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server of two workers; ended with all its processes."""
    port = free_port()
    settings = {"DATABASE_URL": empty_url, "GONGZHI_INSTANCE": str(tmp_path)}
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")}
    # as installed: what was compiled once is read by all processes, not compiled by each again
    clean.pop("PYTHONDONTWRITEBYTECODE", None)
    environment = clean | settings
    subprocess.run([*GONGZHI, "db", "upgrade"], env=environment, check=True, capture_output=True)
    log = tmp_path / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*GONGZHI, "serve", "--port", str(port), "--workers", "2", "--no-jobs"],
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        _wait_until_up(port, process, log)
        yield Server(port, empty_url)
    finally:
        # an upload that is still open would hold a worker until its time is over
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def _wait_until_up(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with suppress(OSError):
            if ask(port, "GET", "/healthz")[0] == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()}")


def ask(
    port: int,
    method: str,
    path: str,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), answer.headers
    finally:
        connection.close()


def hidden_fields(page: str) -> dict[str, str]:
    fields = BeautifulSoup(page, "html5lib").select("main input[type=hidden]")
    return {str(field["name"]): str(field["value"]) for field in fields}


def begin_slow_upload(port: int) -> socket.socket:
    """A phone on a bad line: only the headers have arrived when others are served."""
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    head = (
        f"POST /reports/new HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(BODY)}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    line.sendall(head.encode())
    return line


def a_code_is_asked_for(server: Server) -> int:
    """A write by a form, as a browser sends it; its status."""
    status, page, headers = ask(server.port, "GET", "/sign-in")
    assert status == 200
    cookie = "; ".join(line.split(";")[0] for line in headers.get_all("Set-Cookie", []))
    fields = hidden_fields(page) | {"phone": "13800001299"}
    sent = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return ask(server.port, "POST", "/sign-in", urlencode(fields), sent)[0]


def codes_written(server: Server) -> int:
    engine = create_engine(server.database_url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM sign_in_code").scalar_one()
    engine.dispose()
    return int(found)


def test_reads_and_writes_are_answered_while_slow_uploads_are_under_way(server: Server) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(begin_slow_upload(server.port)) for _ in range(SLOW_UPLOADS)]
        for _ in range(10):
            assert ask(server.port, "GET", "/reports/")[0] == 200
        assert a_code_is_asked_for(server) == 303
        assert codes_written(server) == 1
        for line in lines:
            line.setblocking(False)
            with pytest.raises(BlockingIOError):  # neither answered nor cut off meanwhile
                line.recv(1)
            line.settimeout(PATIENCE)
            line.sendall(BODY)
            # the slow phone is answered too; what it sent has no form token
            assert line.recv(4096).startswith(b"HTTP/1.1 4"), "not answered at the end"
