"""A ledger that stands still, for tests: its state file is put away, and put back."""

from collections.abc import Iterator
from contextlib import contextmanager

from credit.service.sealing import seal
from portal.kernel.db import Database
from tests.credit.test_sealing import files_of
from tests.make.credit import NOW


@contextmanager
def halted(database: Database) -> Iterator[None]:
    """Everything is sealed, then the note beside the database is gone until the block ends."""
    seal(database, NOW)
    state = files_of(database).folder / "state"
    kept = state.rename(state.with_name("kept"))
    try:
        yield
    finally:
        kept.rename(state)
