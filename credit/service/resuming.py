"""After a loss: a new log under a new name, whose first statement says what is gone.

The old files stay as they are, and so does what the database has of the old log: receipts for it
are as good as before. What waits is sealed into the new log.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from credit.models import Log
from credit.queries.log import current_log, first_origin, leaf_stream
from credit.rules.bodies import Statement
from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
from credit.rules.note import BadNote
from credit.rules.resuming import Lost, ResumeRefusal, next_origin
from credit.rules.standing import LogState, Noted
from credit.rules.tiles import BadTile, TiledTree
from credit.service.halting import why_stopped
from credit.service.logfiles import LogFiles, files_of_log, log_files
from credit.service.posting import Details, new_salts
from credit.service.sealing import first_name, last_note, seal_first
from credit.service.writing import write_entry
from portal.kernel.audit import note_action
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class Resumed:
    """The log that was begun, and what its first statement says is gone."""

    number: int
    origin: str
    lost: tuple[Lost, ...]


def resume_after_loss(
    database: Database, by: Sequence[UUID], reason: str, *, now: datetime
) -> Resumed:
    """Begin a new log. ``by`` are two different people who were asked. Raises Refused.

    A run that was cut off after its commit is finished: its log is noted and served.
    """
    if len(set(by)) < 2:
        raise Refused(ResumeRefusal.ONE_PERSON)
    if not reason.strip():
        raise Refused(ResumeRefusal.NO_REASON)
    with database.read() as session:
        old = log_files(session)
    with old.alone() as is_alone:
        if not is_alone:
            raise Refused(ResumeRefusal.SEALING)
        with database.write() as session:
            files, note, resumed = _begin(session, old, now)
            for person_id in by:
                note_action(
                    session, at=now, actor_id=person_id, action="ledger:resume",
                    subject=f"log:{resumed.number}", reason=reason.strip(),
                )  # fmt: skip
        # noted last: until then the old note stands, and the ledger with it
        files.publish(note)
        files.note(note)
    return resumed


def _begin(session: Session, old: LogFiles, now: datetime) -> tuple[LogFiles, bytes, Resumed]:
    log = current_log(session, lock=True)
    if why_stopped(session) is None:
        raise Refused(ResumeRefusal.GOES_ON)
    if log is not None and log.number > old.number:
        files, note = files_of_log(session, log.number), last_note(session, log)
        if files.state_stamp() is None and note is not None and files.verifier() is not None:
            return files, note, Resumed(log.number, log.origin, ())
    number = max(log.number if log else 0, old.number) + 1
    origin = next_origin(first_origin(session) or first_name(session), number)
    lost = tuple(_losses(session, log, old))
    files = files_of_log(session, number)
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    session.execute(
        insert(Log).values(number=number, origin=origin, size=0, frontier=b"", started_at=now)
    )
    statement = _state(session, origin, lost, now)
    note = seal_first(session, LogState(number, origin, 0, b""), files, statement, now)
    return files, note, Resumed(number, origin, lost)


def _state(session: Session, origin: str, lost: tuple[Lost, ...], now: datetime) -> UUID:
    """The statement. It goes round the door that is shut, as the only one."""
    content: dict[str, Json] = {"lost": [each.content() for each in lost], "origin": origin}
    wish = Statement(
        instance_of(session).city.roots[0], new_id(), Kind.LOG_RESUMED,
        sha256(canonical(content)).digest(),
    )  # fmt: skip
    details = Details(f"log:{origin}", {"content": content}).content()
    write_entry(session, wish, details, new_salts(), at=now, account_id=None)
    return wish.id


def _losses(session: Session, log: LogState | None, old: LogFiles) -> Iterator[Lost]:
    """What was noted of each log that the database has not, or not all of."""
    newest = max(old.number, log.number if log else 0)
    for number in range(log.number if log else 1, newest + 1):
        files = files_of_log(session, number)
        told = _told(files)
        here = log if log is not None and log.number == number else None
        if told is None:
            if here is not None:
                yield Lost(here.origin, here.size, here.size, None)
            continue
        begin = _in_common(session, here, files, told) if here else 0
        yield Lost(told.origin, begin, told.size, told.root)


def _told(files: LogFiles) -> Noted | None:
    """The largest checkpoint that is known outside the database: noted, or else served."""
    for read in (files.noted, files.served):
        try:
            found = read()
        except BadNote:
            continue
        if found is not None:
            return found
    return None


def _in_common(session: Session, log: LogState, files: LogFiles, told: Noted) -> int:
    """How many of the first entries are those that were signed for, found in the public tiles."""
    tree = TiledTree(told.size, files.read_tile)
    try:
        if tree.root() != told.root:
            return 0
        same = 0
        with closing(leaf_stream(session, log.number)) as leaves:
            for leaf in leaves:
                if same == told.size or tree.leaf(same) != leaf:
                    break
                same += 1
    except (BadTile, FileNotFoundError):
        # without tiles only what is certainly here is counted: nothing
        return 0
    return same
