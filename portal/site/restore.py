"""A backup put back into an empty database of either engine.

The whole archive is read and compared first; then every row is loaded in one transaction. What
follows can be done twice: photos, the log's files, upgrade, *erasures*, search. Until all of it is
done a file in the instance folder keeps everybody else out, and the same command goes on.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from credit.rules.standing import LogStop
from credit.service.halting import why_stopped
from credit.service.logfiles import log_of_part, logs_in
from credit.service.restored import stop_what_revived
from portal.accounts.service import (
    add_erasures,
    apply_erasures,
    erasure_list,
    forget_in_time,
    parse_erasures,
    read_erasure_list,
)
from portal.kernel.archive import Damaged, Manifest, Part, read_manifest, read_parts
from portal.kernel.db import Database
from portal.kernel.dump import (
    LooseReferences,
    count_rows,
    filled_tables,
    go_on_counting,
    load_part,
)
from portal.kernel.instance import Instance
from portal.publicity.service.taken_back import end_again
from portal.satisfaction.service.storing import lost_copies, nobody_looked, note_unseen
from portal.site import reindex, schema
from portal.site.backup import ERASURES, LEFT_OUT
from portal.site.unfinished import RESTORE

Say = Callable[[str], None]
_NOT_DATA: Final = {"alembic_version", *LEFT_OUT}


class CannotRestore(Exception):
    """Why an archive is not put back. Its text is a sentence."""


@dataclass
class Restored:
    """What came of it, for whoever did it."""

    made_at: str
    rows: int = 0
    erased: int = 0
    forgotten: int = 0
    stopped: int = 0  # what would have lived again
    stop: LogStop | None = None
    needs_log_key: bool = False
    needs_look: bool = False  # nobody here can know which months were published


def check_archive(instance: Instance, path: Path) -> Manifest:
    """Read an archive from end to end. Raises Damaged, CannotRestore; changes nothing."""
    manifest = read_manifest(path)
    key = manifest.facts.get("key")
    if key != instance.vault.key_id:
        raise CannotRestore(f"This backup was made with another SECRET_KEY (its name is {key}).")
    told = instance.vault.keyed_hash("backup", manifest.text.decode())
    if not hmac.compare_digest(told.encode(), manifest.mac.encode()):
        raise CannotRestore("The manifest was changed by somebody who has not the SECRET_KEY.")
    if not schema.knows(manifest.facts["revision"]):
        raise CannotRestore("This backup was made by a newer version: update the program first.")
    return manifest


def restore_backup(
    database: Database,
    instance: Instance,
    path: Path,
    *,
    erasures: Mapping[str, str],
    now: datetime,
    say: Say = lambda _: None,
) -> Restored:
    """Put an archive back, or go on where the last try came to. ``erasures`` are those of a list
    that was kept elsewhere; those of the instance folder and of the archive count anyway."""
    say("Reading the archive")
    manifest = check_archive(instance, path)
    unfinished = instance.config.instance / RESTORE
    mine = hashlib.sha256(manifest.text).hexdigest()
    filled = _filled(database)
    if filled and not _is_ours(unfinished, mine):
        raise CannotRestore(f"The database is not empty: {', '.join(filled[:5])}.")
    if not filled:
        _note(unfinished, mine)
        try:
            _load(database, path, manifest, say)
        except BaseException:
            # nothing was loaded, so nothing has to be ended
            unfinished.unlink()
            raise
    restored = Restored(manifest.facts["made_at"], sum(manifest.facts["tables"].values()))
    say("Photos and the log")
    lists = _put_files(instance, path)
    say("Bringing it up to date")
    schema.upgrade(database)
    _forget_again(database, {**lists, **erasures}, restored, now)
    say("Search")
    reindex.bring_up(database)
    _what_waits(database, instance, manifest, restored)
    unfinished.unlink(missing_ok=True)
    return restored


def _what_waits(
    database: Database, instance: Instance, manifest: Manifest, restored: Restored
) -> None:
    with database.read() as session:
        restored.stop = why_stopped(session)
        restored.needs_look = nobody_looked(session) or bool(lost_copies(session))
    newest = logs_in(instance.config.instance)[-1]
    restored.needs_log_key = bool(manifest.facts["checkpoint"]) and newest.verifier() is None


def _filled(database: Database) -> list[str]:
    with database.reader.connect() as connection:
        return _with_rows(connection)


def _with_rows(connection: Connection) -> list[str]:
    """Tables of data that hold any row; those of the search do not count."""
    return [name for name in filled_tables(connection, _NOT_DATA) if "_fts" not in name]


def _is_ours(unfinished: Path, mine: str) -> bool:
    return unfinished.exists() and unfinished.read_text("ascii").strip() == mine


def _note(unfinished: Path, mine: str) -> None:
    with unfinished.open("w", encoding="ascii") as file:
        file.write(f"{mine}\n")
        file.flush()
        os.fsync(file.fileno())


def _load(database: Database, path: Path, manifest: Manifest, say: Say) -> None:
    """Every row in one transaction, in the shape in which it was kept."""
    facts = manifest.facts
    schema.upgrade(database, facts["revision"])
    if schema.revision(database) != facts["revision"]:
        raise CannotRestore(
            f"This database has newer tables than the backup ({facts['revision']}): give it none."
        )
    with database.reshape() as connection:
        schema.take_turn(connection)
        if _with_rows(connection):
            raise CannotRestore("Somebody else has just filled the database.")
        references = LooseReferences(connection)
        references.loosen()
        found = _load_parts(connection, path, facts["tables"], say)
        for name, told in facts["tables"].items():
            if not found.get(name, 0) == told == count_rows(connection, name):
                raise Damaged(f"tables/{name}", f"{found.get(name, 0)} rows where {told} were told")
            go_on_counting(connection, name)
        references.tighten()


def _load_parts(
    connection: Connection, path: Path, tables: dict[str, Any], say: Say
) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in read_parts(path):
        if part.group != "tables":
            continue
        name, rows = load_part(connection, part)
        if name not in tables:
            raise Damaged(part.name, "a table that the manifest does not know", line=1)
        found[name] = found.get(name, 0) + rows
        say(f"{sum(found.values())} rows")
    return found


def _put_files(instance: Instance, path: Path) -> dict[str, str]:
    """Photos, and the log where there is none here; the erasures that the archive knows."""
    folder = instance.config.instance
    # a state that is here knows more than any backup
    known = {log.folder for log in logs_in(folder) if log.state_stamp()}
    states: list[Part] = []
    found: dict[str, str] = {}
    for part in read_parts(path):
        if part.group == "blobs":
            _put_photo(instance, part)
        elif part.name.endswith("/state"):
            states.append(part)
        elif part.group == "ledger":
            _put_log_file(folder, part, known)
        elif part.name == ERASURES:
            found = parse_erasures(part.content.decode("ascii"))
    # the very last: with them the folder is whole
    for part in states:
        _put_log_file(folder, part, known)
    return found


def _put_log_file(folder: Path, part: Part, known: Collection[Path]) -> None:
    log, name = log_of_part(folder, part.name.removeprefix("ledger/"))
    if log.folder not in known:
        log.put_back(name, part.content)


def _put_photo(instance: Instance, part: Part) -> None:
    key = part.name.removeprefix("blobs/")
    if instance.blobs.put(part.content, key.partition(".")[2]) != key:
        raise Damaged(part.name, "its name is not that of its content")


def _forget_again(
    database: Database, erasures: Mapping[str, str], restored: Restored, now: datetime
) -> None:
    """Erase whoever was erased since, stop what the backup revived, delete what is past its time;
    nobody has looked yet."""
    with database.write() as session:
        add_erasures(session, erasures)
        known = read_erasure_list(erasure_list(session))
        restored.erased = apply_erasures(session, known, now=now)
        restored.stopped = stop_what_revived(session, known, now=now)
        note_unseen(session)
        restored.stopped += end_again(session, known, now=now)
    restored.forgotten = forget_in_time(database, now=now)


def knows_erasures(session: Session) -> bool:
    """Whether this installation has kept a list of erasures of its own."""
    return erasure_list(session).exists()
