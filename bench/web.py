"""A small loopback client: one kept connection for latency, several threads for throughput."""

import re
import socket
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from statistics import median
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

_FIELD = re.compile(r"<input[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r'(name|value|type)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def queries(self) -> int:
        return int(self.headers.get("x-bench-queries", "0"))

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's forms; the last form's win."""
        found = {}
        for tag in _FIELD.findall(self.body.decode()):
            values = dict(_ATTRIBUTE.findall(tag))
            if values.get("type") == "hidden" and "name" in values:
                found[values["name"]] = unescape(values.get("value", ""))
        return found


@dataclass
class Line:
    """One kept connection with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def get(self, path: str) -> Answer:
        return self._ask(f"GET {path}", b"", {})

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(f"POST {path}", urlencode(fields).encode(), kind | headers)

    def _ask(self, what: str, body: bytes, headers: dict[str, str]) -> Answer:
        lines = [f"{what} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {pairs}")
        start = time.perf_counter()
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        status, heads, content = self._receive()
        seconds = time.perf_counter() - start
        return Answer(status, heads, content, seconds)

    def _receive(self) -> tuple[int, dict[str, str], bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        heads: dict[str, str] = {}
        for line in rest:
            name, _, value = line.partition(": ")
            heads[name.lower()] = value
            if name.lower() == "set-cookie":
                key, _, kept = value.split(";")[0].partition("=")
                self.cookies[key] = kept
        while len(body) < int(heads["content-length"]):
            body += self._more()
        return int(first.split()[1]), heads, body

    def _more(self) -> bytes:
        data = self._socket.recv(262_144)
        if not data:
            raise ConnectionError("the server hung up")
        return data


def latencies(port: int, paths: list[str], rounds: int) -> list[float]:
    """The median seconds of each path, asked in turn, so that a busy minute hurts all alike."""
    found: list[list[float]] = [[] for _ in paths]
    with Line(port) as line:
        for at in range(rounds + 2):
            for path, seconds in zip(paths, found, strict=True):
                answer = line.get(path)
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
                if at >= 2:  # the first two warm caches
                    seconds.append(answer.seconds)
    return [median(seconds) for seconds in found]


def throughputs(
    targets: list[tuple[int, str]], rounds: int, seconds: float, threads: int = 4
) -> list[float]:
    """The median requests a second of each (port, path), in turn."""
    found: list[list[float]] = [[] for _ in targets]
    for _ in range(rounds):
        for (port, path), rates in zip(targets, found, strict=True):
            rates.append(_rate(port, path, seconds, threads))
    return [median(rates) for rates in found]


def _rate(port: int, path: str, seconds: float, threads: int) -> float:
    counts: list[int] = []
    end = time.perf_counter() + seconds

    def work() -> None:
        count = 0
        with Line(port) as line:
            while time.perf_counter() < end:
                if line.get(path).status != 200:
                    raise RuntimeError(path)
                count += 1
        counts.append(count)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if len(counts) < threads:
        raise RuntimeError(f"{path} failed under load")
    return sum(counts) / seconds
