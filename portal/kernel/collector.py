"""The garbage collector, one for the whole process, off while millions of rows are read."""

import gc
import threading
from types import TracebackType
from typing import Final, Self


class Uncollected:
    """No search for cycles in a ``with`` block of this: rows make none, and walking them takes up
    to a third of the time.

    Threads may be inside at once. Who asked the collector itself whether it is on could be told
    "off" because of another's block, and leave it off for ever: so the last one out puts it back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._was_on = True

    def __enter__(self) -> Self:
        with self._lock:
            if not self._inside:
                self._was_on = gc.isenabled()
                gc.disable()
            self._inside += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._was_on:
                gc.enable()


uncollected: Final = Uncollected()
