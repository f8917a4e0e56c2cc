"""Whether details open their commitments: half of all the work of verifying, so a large ledger has
it done by other processes while the first one reads on."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final, TypeAlias

from credit.queries.whole import Line
from credit.rules.leaf import commitment_of
from portal.kernel.vault import Vault

# below this a process costs more than it saves
LARGE: Final = 100_000
WORKERS: Final = 2
_AHEAD: Final = 2 * WORKERS

Job: TypeAlias = list[tuple[int, str, bytes]]
"""Number, sealed details, commitment."""
Answer: TypeAlias = Callable[[], int | None]

_known: list[Vault] = []


def _set_up(vault: Vault) -> None:
    _known[:] = [vault]


def _first_wrong_of(job: Job) -> int | None:
    return first_wrong(_known[0], job)


def first_wrong(vault: Vault, job: Job) -> int | None:
    """The first number whose details are not those that were sealed."""
    for seq, sealed, promised in job:
        try:
            if commitment_of(vault.unseal(sealed)) != promised:
                return seq
        except ValueError:
            return seq
    return None


class Opener:
    """Takes parts of a log in their order, and gives their answers in their order."""

    def __init__(self, vault: Vault, pool: ProcessPoolExecutor | None) -> None:
        self._vault = vault
        self._pool = pool
        self._waiting: deque[Answer] = deque()

    def take(self, lines: Sequence[Line]) -> None:
        """One more part. Details that were erased are missed by nobody."""
        job: Job = [
            (line.seq, line.sealed_details, line.entry.commitment)
            for line in lines
            if line.entry and line.sealed_details is not None
        ]
        if self._pool is None:
            found = first_wrong(self._vault, job)
            self._waiting.append(lambda: found)
        else:
            self._waiting.append(self._pool.submit(_first_wrong_of, job).result)

    def first_wrong(self, *, all_of_it: bool) -> int | None:
        """The first wrong number so far; waits for every part, or only while many are under way."""
        while len(self._waiting) > (0 if all_of_it or self._pool is None else _AHEAD):
            found = self._waiting.popleft()()
            if found is not None:
                return found
        return None


@contextmanager
def opener(vault: Vault, size: int) -> Iterator[Opener]:
    """An opener for a log of this size; its processes end with the block."""
    if size < LARGE:
        yield Opener(vault, None)
        return
    # spawned, not forked: a fork would share the database's connections
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _set_up, (vault,)) as pool:
        yield Opener(vault, pool)
