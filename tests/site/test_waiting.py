"""A slow upload keeps a thread waiting, never a turn."""

import threading
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from portal.site.waiting import ReadFirst


class Drip:
    """A body that arrives when it is let go."""

    def __init__(self, content: bytes) -> None:
        self._stream = BytesIO(content)
        self.go = threading.Event()

    def read(self, size: int = -1) -> bytes:
        assert self.go.wait(10)
        return self._stream.read(size)


class Broken:
    """A line that breaks after a few bytes."""

    def __init__(self) -> None:
        self._parts = [b"abc"]

    def read(self, _size: int = -1) -> bytes:
        if self._parts:
            return self._parts.pop()
        raise OSError("reset by peer")


def echo(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(app: Any, stream: Any, length: object) -> bytes:
    answer = app({"wsgi.input": stream, "CONTENT_LENGTH": length}, lambda *_: None)
    try:
        return b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()


def test_others_are_served_while_slow_bodies_arrive() -> None:
    app = ReadFirst(echo, limit=1000, turns=1)
    drips = [Drip(f"body {n}".encode()) for n in range(5)]
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda d=drip: found.append(ask(app, d, "6"))) for drip in drips
    ]
    for thread in threads:
        thread.start()
    assert ask(app, BytesIO(b"quick"), "5") == b"quick"
    assert found == []
    for drip in drips:
        drip.go.set()
    for thread in threads:
        thread.join(10)
    assert sorted(found) == [f"body {n}".encode() for n in range(5)]


def test_no_more_work_at_once_than_there_are_turns() -> None:
    inside = threading.Semaphore(0)
    most, now = [0], [0]
    mutex = threading.Lock()

    def work(_environ: Any, start_response: Any) -> Iterable[bytes]:
        with mutex:
            now[0] += 1
            most[0] = max(most[0], now[0])
        inside.acquire(timeout=0.05)
        with mutex:
            now[0] -= 1
        start_response("200 OK", [])
        return [b""]

    app = ReadFirst(work, limit=10, turns=2)
    threads = [threading.Thread(target=ask, args=(app, BytesIO(), "")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [2]


def test_a_body_that_is_too_large_is_not_taken_in() -> None:
    def refuse(environ: Any, start_response: Any) -> Iterable[bytes]:
        assert isinstance(environ["wsgi.input"], Drip), "nothing was read"
        start_response("413 Content Too Large", [])
        return [b"too large"]

    assert ask(ReadFirst(refuse, limit=10), Drip(b"x" * 11), "11") == b"too large"


def test_a_broken_line_leaves_a_short_body() -> None:
    assert ask(ReadFirst(echo, limit=10), Broken(), "9") == b"abc"


def test_a_length_that_is_no_number_is_left_to_the_application() -> None:
    for length in ("", None, "x", "-1", "²"):
        assert ask(ReadFirst(echo, limit=10), BytesIO(b"abc"), length) == b"abc"
