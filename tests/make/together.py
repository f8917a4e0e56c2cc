"""Several at once: each in a thread, all let go in the same moment."""

import threading
from collections.abc import Callable
from typing import Any


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them returned, in their order; the first failure is raised."""
    barrier = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)
    failed: list[BaseException] = []

    def run(at: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            found[at] = act()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return found
