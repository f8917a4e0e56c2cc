"""A slow upload waits in a thread of its own, and only whole requests take a working turn.

The server gives each request a thread from its first byte on. With as many threads as may work at
once, a handful of phones on a bad line would stop everybody; with many working threads the pages of
everybody become slower. So there are many threads, and few turns.
"""

import threading
from collections.abc import Iterable
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TURNS: Final = 4  # measured: the best number of threads that work at once
THREADS: Final = 32  # those and the ones that wait for a body to arrive
IN_MEMORY: Final = 1024 * 1024
CHUNK: Final = 64 * 1024


class ReadFirst:
    """Takes a request's body in before the application's turn begins."""

    def __init__(self, app: "WSGIApplication", *, limit: int, turns: int = TURNS) -> None:
        self._app = app
        self._limit = limit
        self._turns = threading.BoundedSemaphore(turns)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        length = _length(environ)
        if not 0 < length <= self._limit:  # what is too large is refused unread
            return self._work(environ, start_response)
        body = _taken_in(environ["wsgi.input"], length)
        environ["wsgi.input"] = body
        return ClosingIterator(self._work(environ, start_response), [body.close])

    def _work(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._turns:
            return self._app(environ, start_response)


def _length(environ: "WSGIEnvironment") -> int:
    text = str(environ.get("CONTENT_LENGTH") or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _taken_in(stream: Any, length: int) -> IO[bytes]:
    """The whole body, or what came of it: the application notices that it is short."""
    body: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed at the end
    left = length
    with suppress(OSError):  # a line that broke
        while left > 0 and (chunk := stream.read(min(left, CHUNK))):
            body.write(chunk)
            left -= len(chunk)
    body.seek(0)
    return body
