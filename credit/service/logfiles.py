"""What of the log lies outside the database: the key, the state, and the public files.

All of it is below ``ledger/`` of the instance. ``log/`` is what the public may read; ``state`` is
the last checkpoint that was committed, so that a database from yesterday is found out.
"""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from credit.rules.checkpoint import open_checkpoint
from credit.rules.note import Signer, VerifierKey, read_signer
from credit.rules.standing import Noted
from credit.rules.tiles import parse_path
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class LogFiles:
    """The files of one installation's log."""

    folder: Path

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

    def read_tile(self, path: str) -> bytes:
        """A tile's bytes. Raises FileNotFoundError; the path must be one that a tile has."""
        return (self.public / parse_path(path).path).read_bytes()

    def write_tile(self, path: str, data: bytes) -> None:
        """Put a tile. One of a sealing that did not end well is overwritten."""
        _replace(self.public / path, data)

    def noted(self) -> Noted | None:
        """The checkpoint in the state file. Raises BadNote when it is not one of ours."""
        try:
            data = (self.folder / "state").read_bytes()
        except FileNotFoundError:
            return None
        key = self.verifier()
        found = open_checkpoint(data, [key] if key else []).checkpoint
        return Noted(found.origin, found.size, found.root)

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
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def log_files(session: Session) -> LogFiles:
    """The files of the installation that a session belongs to."""
    return LogFiles(instance_of(session).config.instance / "ledger")
