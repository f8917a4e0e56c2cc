"""Work orders handed in on a page: how far a file has come, and how long it is kept. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

LARGEST_FILE = 10_000_000
MOST_ROWS_SHOWN, MOST_COLUMNS = 200, 120
KEEP_FILE = timedelta(days=3)
KEEP_RUN = timedelta(days=180)
# whoever worked on a file and said nothing for so long is gone: another takes it up again
SILENT = timedelta(minutes=10)
EXTENSIONS = {"csv": "csv", "xlsx": "xlsx"}


class RunState(StrEnum):
    """Where a file stands."""

    HANDED = "handed"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DONE = "done"
    REFUSED = "refused"
    DROPPED = "dropped"


# what waits for a job
WAITING = frozenset({RunState.HANDED, RunState.CONFIRMED})


class RunRefusal(StrEnum):
    """Why a file is not taken, or not taken over."""

    NO_FILE = "import.no_file"
    TOO_LARGE = "import.too_large"
    WRONG_KIND = "import.wrong_kind"
    EMPTY = "import.empty"
    STALE = "import.stale"
    HAS_BAD_ROWS = "import.has_bad_rows"
    NOTHING_GOOD = "import.nothing_good"


def extension_of(name: str) -> str | None:
    """csv or xlsx, by the name of a file."""
    return EXTENSIONS.get(name.lower().rpartition(".")[2]) if "." in name else None


def why_not_file(name: str, size: int) -> RunRefusal | None:
    """Whether a file can be handed in."""
    if not name:
        return RunRefusal.NO_FILE
    if extension_of(name) is None:
        return RunRefusal.WRONG_KIND
    if size == 0:
        return RunRefusal.EMPTY
    return RunRefusal.TOO_LARGE if size > LARGEST_FILE else None


def why_not_confirm(state: RunState, rows: int, bad: int, *, partial: bool) -> RunRefusal | None:
    """Whether the rows of a checked file can be taken over."""
    if state is not RunState.CHECKED:
        return RunRefusal.STALE
    if bad and not partial:
        return RunRefusal.HAS_BAD_ROWS
    return RunRefusal.NOTHING_GOOD if rows == bad else None


def can_be_mapped(state: RunState, found: Mapping[str, Any], blob_key: str | None) -> bool:
    """Whether somebody may say what its columns are: its header is known, and it is kept still."""
    return state is RunState.REFUSED and bool(found.get("header")) and blob_key is not None
