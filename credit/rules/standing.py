"""Whether the database and what was noted outside it tell the same of the log. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from credit.rules.merkle import EMPTY_ROOT


class LogStop(StrEnum):
    """Why nothing is sealed: the database is not the one whose checkpoints went out."""

    NO_STATE = "log_stop.no_state"
    OTHER_LOG = "log_stop.other_log"
    DATABASE_BEHIND = "log_stop.database_behind"
    OTHER_ROOT = "log_stop.other_root"


@dataclass(frozen=True)
class Noted:
    """A checkpoint as it was noted: of which log, how large, with which root."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class LogState:
    """The log as the database has it."""

    number: int
    origin: str
    size: int
    frontier: bytes


def stop_of(log: LogState | None, noted: Noted | None, root_then: bytes | None) -> LogStop | None:
    """Why sealing must stop, or None. ``root_then`` is the database's root at the noted size.

    A database that is ahead is well: a process died between its commit and its note.
    """
    if noted is None:
        return None if log is None else LogStop.NO_STATE
    if log is None:
        return LogStop.DATABASE_BEHIND if noted.size else None
    if noted.origin != log.origin:
        return LogStop.OTHER_LOG
    if noted.size > log.size:
        return LogStop.DATABASE_BEHIND
    then = root_then if noted.size else EMPTY_ROOT
    return None if then == noted.root else LogStop.OTHER_ROOT
