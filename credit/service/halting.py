"""Whether the ledger goes on: when database and state file contradict each other, nobody posts.

Every wish asks. A good answer is believed for a few seconds as long as the state file is the same
file: that costs one look at its name and no query. A bad answer is never kept, so the ledger goes
on with the first wish after the matter was put right.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from credit.queries.log import checkpoint_at, current_log
from credit.rules.note import BadNote
from credit.rules.standing import LogState, LogStop, Noted, stop_of
from credit.service.logfiles import Stamp, log_files

# how long a database that is exchanged under a running server can be posted to
BELIEVED_SECONDS: Final = 5.0


@dataclass(frozen=True)
class _Good:
    """All was well with this state file at this moment."""

    stamp: Stamp
    until: float


_GOOD: dict[Path, _Good] = {}


def why_stopped(session: Session) -> LogStop | None:
    """Why nothing is posted or sealed; None when all is well."""
    files = log_files(session)
    try:
        # the file first: a sealing that ends meanwhile leaves the database ahead, which is well
        noted = files.noted()
    except BadNote:
        # not signed by our key: it is somebody else's, or was written over
        return LogStop.OTHER_LOG
    return stop_at(session, noted, current_log(session))


def stop_at(session: Session, noted: Noted | None, log: LogState | None) -> LogStop | None:
    """What the database says to a noted checkpoint."""
    then = checkpoint_at(session, log.number, noted.size) if log and noted else None
    return stop_of(log, noted, then.root if then else None)


def is_halted(session: Session) -> bool:
    """Whether nothing may be posted now; cheap as long as all is well."""
    files = log_files(session)
    stamp, known = files.state_stamp(), _GOOD.get(files.folder)
    if stamp and known and known.stamp == stamp and time.monotonic() < known.until:
        return False
    if why_stopped(session) is not None:
        _GOOD.pop(files.folder, None)
        return True
    if stamp:
        # that there is no file yet is not believed: a file that is gone looks the same
        _GOOD[files.folder] = _Good(stamp, time.monotonic() + BELIEVED_SECONDS)
    return False
