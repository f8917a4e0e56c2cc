"""The sealer: entries get dense numbers, the tree grows, a checkpoint is signed, noted, served.

The order is what makes it safe to be killed anywhere: tiles, commit, state file, and only then the
public checkpoint. Whatever was not finished is finished or overwritten by the next run.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from credit.models import Checkpoint, Log, Sealed, Unsealed
from credit.queries.log import (
    checkpoint_at,
    current_log,
    last_sealing,
    leaves_from,
    waiting,
)
from credit.rules import checkpoint as checkpoints
from credit.rules.merkle import EMPTY_ROOT, Frontier
from credit.rules.standing import LogState, LogStop
from credit.rules.tiles import BadTile, grow
from credit.service.halting import why_stopped
from credit.service.logfiles import LogFiles, log_files
from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of

BATCH: Final = 50_000
ENOUGH: Final = 1_000
EVERY: Final = timedelta(seconds=60)


class Stopped(Exception):
    """Nothing may be sealed: the database and the state file contradict each other."""

    def __init__(self, why: LogStop) -> None:
        super().__init__(why.value)
        self.why = why


def seal_due(database: Database, now: datetime) -> int:
    """Seal when a minute has passed or a thousand entries wait; how many were sealed."""
    with database.read() as session:
        count, last = waiting(session, ENOUGH), last_sealing(session)
        unserved = _is_unserved(session)
    is_time = last is None or now >= last + EVERY
    if unserved or count >= ENOUGH or (count and is_time):
        return seal(database, now)
    return 0


def _is_unserved(session: Session) -> bool:
    """Whether a run was cut off between its commit and the public checkpoint."""
    log = current_log(session)
    note = last_note(session, log) if log else None
    return note is not None and log_files(session).published() != note


def seal(database: Database, now: datetime) -> int:
    """Seal everything that waits, one sealer at a time; how many entries. Raises Stopped."""
    with database.read() as session:
        files = log_files(session)
    sealed = 0
    with files.alone() as is_alone:
        while is_alone:
            count = _seal_batch(database, files, now)
            sealed += count
            if count < BATCH:
                break
    return sealed


def _seal_batch(database: Database, files: LogFiles, now: datetime) -> int:
    """One transaction of sealing, and what follows it outside."""
    with database.write() as session:
        log = _open_log(session, files, now)
        count = _take(session, log)
        note = _grow(session, log, files, now) if count else last_note(session, log)
    if note is not None:
        files.note(note)
        files.publish(note)
    return count


def rewrite_tiles(database: Database) -> int:
    """Write every public tile anew from the database; how many leaves the log has.

    Raises Stopped when the leaves do not make the tree that was signed.
    """
    with database.read() as session:
        files, log = log_files(session), current_log(session)
        why = why_stopped(session)
        leaves = leaves_from(session, log.number, 0) if log else []
        last = checkpoint_at(session, log.number, log.size) if log and log.size else None
    frontier = Frontier()
    frontier.extend(leaves)
    if why is None and last is not None and frontier.root() != last.root:
        why = LogStop.OTHER_ROOT
    if why is not None:
        raise Stopped(why)
    files.write_tiles((tile.path, data) for tile, data in grow(0, leaves, files.read_tile))
    return len(leaves)


def _open_log(session: Session, files: LogFiles, now: datetime) -> LogState:
    """The log, locked. The first one is noted outside before it is there inside, so that a
    database with a log and no note beside it can only be one that came from elsewhere."""
    log = current_log(session, lock=True)
    why = why_stopped(session)
    if why is not None:
        raise Stopped(why)
    if log is not None:
        return log
    noted = files.noted()
    origin = noted.origin if noted else first_name(session)
    signer = files.signer(origin)
    if noted is None:
        files.note(checkpoints.Checkpoint(signer.name, 0, EMPTY_ROOT).signed(signer))
    session.execute(
        insert(Log).values(number=1, origin=signer.name, size=0, frontier=b"", started_at=now)
    )
    return LogState(1, signer.name, 0, b"")


def first_name(session: Session) -> str:
    """The name of a first log: where its files will be found."""
    return f"{urlsplit(instance_of(session).config.origin).netloc}/credit/log"


def seal_first(
    session: Session, log: LogState, files: LogFiles, entry_id: UUID, now: datetime
) -> bytes:
    """Make one entry the first of a new log, whatever waits longer; the checkpoint to note."""
    _take(session, log, Unsealed.entry_id == entry_id)
    return _grow(session, log, files, now)


def _take(session: Session, log: LogState, *only: ColumnElement[bool]) -> int:
    """Give numbers to what waits, in the order of their ids, and empty the queue of just those."""
    taken = (
        select(Unsealed.district, Unsealed.entry_id, Unsealed.leaf_hash)
        .where(*only)
        .order_by(Unsealed.entry_id, Unsealed.district)
        .limit(BATCH)
        .subquery()
    )
    if session.get_bind().dialect.name == "postgresql":
        # what is taken out is what gets numbers: one statement, and nothing is looked for twice
        gone = delete(Unsealed).where(
            Unsealed.entry_id == taken.c.entry_id, Unsealed.district == taken.c.district
        )
        columns = (Unsealed.district, Unsealed.entry_id, Unsealed.leaf_hash)
        return _number(session, log, gone.returning(*columns).cte("gone").c)
    count = _number(session, log, taken.c)
    if count:
        # nobody else writes meanwhile, so all up to the last are those that have numbers now
        last = select(Sealed.entry_id, Sealed.district).where(
            Sealed.log == log.number, Sealed.seq == log.size + count - 1
        )
        up_to_it = tuple_(Unsealed.entry_id, Unsealed.district) <= last.scalar_subquery()
        emptied = delete(Unsealed).where(up_to_it, *only)
        session.execute(emptied.execution_options(synchronize_session=False))
    return count


def _number(session: Session, log: LogState, rows: Any) -> int:
    """Write rows of the queue into the log, with the next numbers; how many."""
    position = func.row_number().over(order_by=(rows.entry_id, rows.district))
    numbered = select(
        literal(log.number, Integer),
        cast(literal(log.size - 1, BigInteger) + position, BigInteger),
        rows.district,
        rows.entry_id,
        rows.leaf_hash,
    )
    columns = ["log", "seq", "district", "entry_id", "leaf_hash"]
    return changed_rows(session, insert(Sealed).from_select(columns, numbered))


def _grow(session: Session, log: LogState, files: LogFiles, now: datetime) -> bytes:
    """Append the new leaves to the tree, write its tiles and sign how it stands."""
    leaves = leaves_from(session, log.number, log.size)
    frontier = Frontier.unpack(log.size, log.frontier)
    frontier.extend(leaves)
    _write_tiles(session, log, leaves, files)
    root = frontier.root()
    note = checkpoints.Checkpoint(log.origin, frontier.size, root).signed(files.signer(log.origin))
    session.execute(
        insert(Checkpoint).values(
            log=log.number, size=frontier.size, root=root, note=note.decode(), made_at=now
        )
    )
    session.execute(
        update(Log)
        .where(Log.number == log.number, Log.size == log.size)
        .values(size=frontier.size, frontier=frontier.pack())
    )
    return note


def _write_tiles(session: Session, log: LogState, leaves: Sequence[bytes], files: LogFiles) -> None:
    """The tiles that the new leaves make; all of them when the old ones are gone."""
    try:
        made = list(grow(log.size, leaves, files.read_tile))
    except BadTile:
        made = list(grow(0, leaves_from(session, log.number, 0), files.read_tile))
    files.write_tiles((tile.path, data) for tile, data in made)


def last_note(session: Session, log: LogState) -> bytes | None:
    """What a run that was cut off after its commit has still to note and to serve."""
    last = checkpoint_at(session, log.number, log.size)
    return last.note.encode() if last else None
