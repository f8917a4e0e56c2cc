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
from credit.rules.standing import LogStop, stop_of
from credit.service.logfiles import LogFiles, Stamp, log_files
from portal.kernel.instance import instance_of

# how long a database that is exchanged under a running server can be posted to
BELIEVED_SECONDS: Final = 5.0


@dataclass(frozen=True)
class _Good:
    """All was well with this state file at this moment."""

    files: LogFiles
    stamp: Stamp
    until: float


_GOOD: dict[Path, _Good] = {}


def why_stopped(session: Session) -> LogStop | None:
    """Why nothing is posted or sealed; None when all is well."""
    return _why(session, log_files(session))


def _why(session: Session, files: LogFiles) -> LogStop | None:
    stop = _compared(session, files)
    if stop is LogStop.NO_STATE:
        # the first sealing notes a new log outside before it is there inside: one that began after
        # we had looked for its note has left one by now, and a note that was lost stays away
        stop = _compared(session, files)
    return stop


def _compared(session: Session, files: LogFiles) -> LogStop | None:
    try:
        # the file first: a sealing that ends meanwhile leaves the database ahead, which is well
        noted = files.noted()
    except BadNote:
        # not signed by our key: it is somebody else's, or was written over
        return LogStop.OTHER_LOG
    log = current_log(session)
    then = checkpoint_at(session, log.number, noted.size) if log and noted else None
    return stop_of(log, noted, then.root if then else None)


def is_halted(session: Session) -> bool:
    """Whether nothing may be posted now; cheap as long as all is well."""
    home = instance_of(session).config.instance
    known = _GOOD.get(home)
    if known and time.monotonic() < known.until and known.files.state_stamp() == known.stamp:
        return False
    files = log_files(session)
    stamp = files.state_stamp()
    if _why(session, files) is not None:
        _GOOD.pop(home, None)
        return True
    if stamp:
        # that there is no file yet is not believed: a file that is gone looks the same
        _GOOD[home] = _Good(files, stamp, time.monotonic() + BELIEVED_SECONDS)
    return False
