"""A backup: every table in a form of no engine, the photos, the public log, the erasures.

What is in no backup: SECRET_KEY, the private key of the log, sessions and single-use links (a
restore would revive what was ended), what a message that waits says, and what is made anew.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, select

from credit.service.logfiles import LogFiles, logs_in
from portal.accounts.service import erasure_list, write_erasure_list
from portal.kernel.archive import ArchiveWriter
from portal.kernel.db import Base, Database
from portal.kernel.dump import Change, table_parts
from portal.kernel.errors import Busy
from portal.kernel.instance import Instance
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.site import schema

LEFT_OUT: Final[Mapping[str, str]] = {
    "case_search": "made anew from the cases",
    "search_index": "says how far that is",
    "map_cell": "counted again with the search",
    "map_change": "counted again with the search",
    "job_run": "made by whoever runs jobs",
    "rate_window": "over within a day",
    "login_session": "a session that was ended would live again",
    "sign_in_code": "over within minutes",
    "satisfaction_budget": "paid again by each release that is put back",
    "sign_in_link": "a link that was used would open again",
}
ERASURES: Final = "lists/erasures.txt"
LEDGER: Final = ("state", "keys", "log")
_SEALER_SECONDS: Final = 60

Say = Callable[[str], None]


@dataclass
class Written:
    """What a backup holds, for whoever made it."""

    rows: int = 0
    photos: int = 0
    silenced: int = 0  # messages that waited


def write_backup(
    database: Database, instance: Instance, to: Path, *, now: datetime, say: Say = lambda _: None
) -> Written:
    """Write an archive while the portal runs: all of one moment. Raises FileExistsError."""
    if to.exists():
        raise FileExistsError(17, "there is a file already", str(to))
    written = Written()
    with _new_file(to) as file:
        archive = ArchiveWriter(file)
        with database.read() as session:
            write_erasure_list(session)
            list_path = erasure_list(session)
        with ExitStack() as stack:
            snapshot = _one_moment(database, instance, archive, stack)
            facts = _facts(snapshot, database, instance, now)
            facts["tables"] = _put_tables(snapshot, archive, written, say)
        # after the database: what it names exists by now, and a key's content never changes
        for key in instance.blobs.every_key():
            _put_photo(instance, archive, key, written)
        list_path.touch(mode=0o600)
        archive.add(ERASURES, list_path.read_bytes())
        manifest = archive.finish(facts)
        archive.sign(instance.vault.keyed_hash("backup", manifest.decode()))
    return written


@contextmanager
def _new_file(to: Path) -> Iterator[IO[bytes]]:
    """A file for its owner only that is there whole, or not at all."""
    beside = to.with_name(f".{to.name}.part")
    # what a run that was killed left is nobody's
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)


def _one_moment(
    database: Database, instance: Instance, archive: ArchiveWriter, stack: ExitStack
) -> Connection:
    """A snapshot of the database, and the files of the log as they are at the same moment."""
    folder = instance.config.instance
    logs = logs_in(folder)
    with ExitStack() as locks:
        for files in logs:
            locks.enter_context(_no_sealing(files))
        snapshot = stack.enter_context(database.snapshot())
        for files in logs:
            for path in _log_parts(files):
                archive.add(str(path.relative_to(folder)), path.read_bytes())
    return snapshot


@contextmanager
def _no_sealing(files: LogFiles) -> Iterator[None]:
    """Wait for the sealer; while this is held it does not begin. Raises Busy."""
    until = time.monotonic() + _SEALER_SECONDS
    while True:
        with files.alone() as is_alone:
            if is_alone:
                yield
                return
        if time.monotonic() > until:
            raise Busy
        time.sleep(0.1)


def _log_parts(files: LogFiles) -> Iterator[Path]:
    """Every file of the log but the private key."""
    for name in LEDGER:
        path = files.folder / name
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file())
        elif path.is_file():
            yield path


def _facts(
    snapshot: Connection, database: Database, instance: Instance, now: datetime
) -> dict[str, Any]:
    told = Base.metadata.tables["credit_checkpoint"].c
    last = select(told.note).order_by(told.log.desc(), told.size.desc()).limit(1)
    return {
        "made_at": now.isoformat(),
        "engine": database.url.get_backend_name(),
        "revision": schema.revision_of(snapshot),
        "key": instance.vault.key_id,
        "checkpoint": snapshot.scalar(last),
        "left_out": sorted(LEFT_OUT),
    }


def _put_tables(
    snapshot: Connection, archive: ArchiveWriter, written: Written, say: Say
) -> dict[str, int]:
    """Every table but those left out; how many rows of each."""
    counts: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        counts[table.name] = 0
        for part, rows in table_parts(snapshot, table, _change(table.name, written)):
            archive.add(part.name, part.content)
            counts[table.name] += rows
            written.rows += rows
            say(f"{written.rows} rows")
    return counts


def _change(name: str, written: Written) -> Change | None:
    """Of a message that waits only its row is kept: links and codes are in no backup."""

    def silence(row: dict[str, Any]) -> dict[str, Any]:
        if row["state"] == OutboxState.WAITING.value:
            written.silenced += 1
            row["state"] = OutboxState.CANCELLED.value
        return {**row, "sealed_to": None, "sealed_facts": None}

    return silence if name == OutboxMessage.__tablename__ else None


def _put_photo(instance: Instance, archive: ArchiveWriter, key: str, written: Written) -> None:
    try:
        content = instance.blobs.open(key)
    except KeyError:
        # forgotten since it was listed
        return
    archive.add(f"blobs/{key}", content)
    written.photos += 1
