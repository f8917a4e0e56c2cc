"""Who works in an installation: many share it, and who changes its foundations has it alone.

A lock on a file of the instance folder, which the system lets go when its process dies.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

NAME: Final = "in-use.lock"


@contextmanager
def sharing(folder: Path) -> Iterator[bool]:
    """Held while a server or a runner of jobs works; False when somebody has it alone."""
    with _locked(folder, fcntl.LOCK_SH) as held:
        yield held


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Whether nobody works in the installation on this machine, and nobody begins meanwhile."""
    with _locked(folder, fcntl.LOCK_EX) as held:
        yield held


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[bool]:
    with (folder / NAME).open("a") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
