"""What of the log lies outside the database: the key, the state, and the public files.

All of it is below ``ledger/`` of the instance. ``log/`` is what the public may read; ``state`` is
the last checkpoint that was committed, so that a database from yesterday is found out. A log that
was begun after a loss has a folder of its own in it, ``2/`` and so on; the older ones stay.
"""

import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from credit.rules.checkpoint import open_checkpoint, read_checkpoint
from credit.rules.merkle import HASH_LENGTH
from credit.rules.note import (
    BadNote,
    Signer,
    VerifierKey,
    read_note,
    read_signer,
    read_verifier_key,
)
from credit.rules.standing import Noted
from credit.rules.tiles import BadTile, parse_path, whole_tile
from portal.kernel.instance import instance_of

AT_ONCE: Final = 8
# a later log lies in a folder with its number
_OF_A_LOG: Final = re.compile(
    r"(?:(?:[2-9]|[1-9]\d+)/)?(?:state|keys|log/checkpoint|log/tile/(?!.*\.\.)[0-9x/.p]+)", re.ASCII
)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}\Z", re.ASCII)

Stamp = tuple[int, int, int]
"""Which file stands under a name now: its inode, its size and when it was written."""


@dataclass(frozen=True)
class FormerKey:
    """A key with which the log was signed until a moment: what it signed stays good."""

    verifier: VerifierKey
    until: datetime


@dataclass(frozen=True)
class LogFiles:
    """The files of one installation's log."""

    folder: Path
    number: int = 1

    @property
    def public(self) -> Path:
        return self.folder / "log"

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else on this machine is sealing; nobody begins while this is held."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def signer(self, origin: str) -> Signer:
        """The log's private key; made at its first use, readable by nobody else."""
        path = self.folder / "key"
        new = Signer.from_seed(origin, secrets.token_bytes(32))
        with suppress(FileExistsError):
            # exclusive: two that begin together agree on one key
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(new.secret_line() + "\n")
                file.flush()
                os.fsync(file.fileno())
        return read_signer(path.read_text("utf-8").strip())

    def verifier(self) -> VerifierKey | None:
        """What others check the log's signatures with; None before anything was sealed."""
        try:
            return read_signer((self.folder / "key").read_text("utf-8").strip()).verifier
        except FileNotFoundError:
            return None

    def former_keys(self) -> list[FormerKey]:
        """The keys that signed before, oldest first."""
        try:
            lines = (self.folder / "keys").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        parts = (line.split(" until ") for line in lines)
        return [FormerKey(read_verifier_key(k), datetime.fromisoformat(t)) for k, t in parts]

    def verifiers(self) -> list[VerifierKey]:
        """Every key that signed this log, the present one first. None when that is lost: a list
        of old keys must not make a log without its key look well."""
        now = self.verifier()
        return [now, *(former.verifier for former in reversed(self.former_keys()))] if now else []

    def change_key(self, now: datetime) -> VerifierKey | None:
        """A new private key under the same name; the old one is forgotten, its public half listed.
        None before anything was sealed. Only while one is ``alone``.
        """
        old = self.verifier()
        if old is None:
            return None
        new = Signer.from_seed(old.name, secrets.token_bytes(32))
        kept = [f"{each.verifier} until {each.until.isoformat()}\n" for each in self.former_keys()]
        # the list first: cut off between the two, it names the present key once too often
        lines = [line for line in kept if not line.startswith(f"{old} ")]
        lines.append(f"{old} until {now.isoformat()}\n")
        _replace(self.folder / "keys", "".join(lines).encode())
        _replace(self.folder / "key", f"{new.secret_line()}\n".encode())
        return new.verifier

    def put_back(self, name: str, data: bytes) -> None:
        """A file of the log out of a backup. Raises ValueError for what is none."""
        if _OF_A_LOG.fullmatch(name) is None:
            raise ValueError(f"{name} is no file of the log")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(self.folder / name, data)

    def read_tile(self, path: str) -> bytes:
        """A tile's bytes. Raises FileNotFoundError; the path must be one that a tile has."""
        return (self.public / parse_path(path).path).read_bytes()

    def public_tile(self, path: str) -> bytes:
        """A tile of the checkpoint that is served, for a path that a stranger sent.

        What a sealing wrote ahead of its checkpoint is not there for the public, and neither is
        what one left that was cut off: a partial tile is cut from the one that the checkpoint
        has. Raises BadTile for what is no address or was damaged, FileNotFoundError for a tile
        that the tree does not have.
        """
        tile = parse_path(path)
        whole = whole_tile(tile, self._public_size())
        if whole is None:
            raise FileNotFoundError(path)
        data = (self.public / whole.path).read_bytes()
        if len(data) != whole.width * HASH_LENGTH:
            raise BadTile(f"{whole.path}: {len(data)} bytes, not {whole.width * HASH_LENGTH}")
        return data[: tile.width * HASH_LENGTH]

    def _public_size(self) -> int:
        """How many leaves the served tree has. The file is ours: its signature is not checked."""
        served = self.published()
        if served is None:
            return 0
        try:
            return read_checkpoint(read_note(served).text).size
        except BadNote as error:
            raise BadTile("the checkpoint that is served cannot be read") from error

    def write_tiles(self, tiles: Iterable[tuple[str, bytes]]) -> None:
        """Put tiles, all of them on the disk before it returns. What a sealing left that did not
        end well is overwritten."""
        _replace_all([(self.public / path, data) for path, data in tiles])

    def noted(self) -> Noted | None:
        """The checkpoint in the state file. Raises BadNote when it is not one of ours."""
        try:
            return self._opened((self.folder / "state").read_bytes())
        except FileNotFoundError:
            return None

    def served(self) -> Noted | None:
        """The checkpoint that is served. Raises BadNote when it is not one of ours."""
        data = self.published()
        return None if data is None else self._opened(data)

    def _opened(self, data: bytes) -> Noted:
        found = open_checkpoint(data, self.verifiers()).checkpoint
        return Noted(found.origin, found.size, found.root)

    def state_stamp(self) -> Stamp | None:
        """Tells without reading whether the state file is still the same; None without one."""
        try:
            found = (self.folder / "state").stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def note(self, checkpoint: bytes) -> None:
        """Remember outside the database what was committed."""
        _replace(self.folder / "state", checkpoint)

    def publish(self, checkpoint: bytes) -> None:
        """Serve a checkpoint. The very last step: what it promises is on disk by now."""
        _replace(self.public / "checkpoint", checkpoint)

    def published(self) -> bytes | None:
        """The checkpoint that is served."""
        try:
            return (self.public / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk before it returns."""
    _replace_all([(path, data)])


def _replace_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Each whole or not at all. A disk takes many at once sooner than one after the other."""
    for folder in {path.parent for path, _ in files}:
        folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        written = list(pool.map(lambda file: _write_beside(*file), files))
        _rename_all([(name, path) for name, (path, _) in zip(written, files, strict=True)])
        list(pool.map(_sync_folder, {path.parent for path, _ in files}))


def _write_beside(path: Path, data: bytes) -> Path:
    """The content under another name, on the disk."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _rename_all(moves: Iterable[tuple[Path, Path]]) -> None:
    for written, path in moves:
        written.replace(path)


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def log_files(session: Session) -> LogFiles:
    """The files of the log that is written now: of the newest one that was noted."""
    first = LogFiles(_ledger(session))
    with suppress(FileNotFoundError):
        later = [int(path.name) for path in first.folder.iterdir() if _NUMBER.match(path.name)]
        for number in sorted(later, reverse=True):
            found = files_of_log(session, number)
            if found.state_stamp():
                return found
    return first


def files_of_log(session: Session, number: int) -> LogFiles:
    """The files of one of the installation's logs, whether there are any or not."""
    first = _ledger(session)
    return LogFiles(first if number == 1 else first / str(number), number)


def _ledger(session: Session) -> Path:
    return instance_of(session).config.instance / "ledger"


def logs_in(instance: Path) -> list[LogFiles]:
    """The files of every log in an instance folder: the first, and those begun after a loss."""
    first = LogFiles(instance / "ledger")
    later = sorted(int(path.name) for path in first.folder.glob("*") if _NUMBER.match(path.name))
    return [first, *(LogFiles(first.folder / str(number), number) for number in later)]


def log_of_part(instance: Path, name: str) -> tuple[LogFiles, str]:
    """Whose file a name below ``ledger/`` is, like ``2/state``, and its name there."""
    number, _, rest = name.partition("/")
    if _NUMBER.match(number):
        return LogFiles(instance / "ledger" / number, int(number)), rest
    return LogFiles(instance / "ledger"), name
