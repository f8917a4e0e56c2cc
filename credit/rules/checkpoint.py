"""Checkpoints (C2SP tlog-checkpoint): how large the tree is and what its root is, signed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credit.rules.merkle import HASH_LENGTH, LARGEST_SIZE
from credit.rules.note import (
    BadNote,
    KeyType,
    Signer,
    VerifierKey,
    add_signatures,
    decode64,
    encode64,
    open_note,
    read_note,
    sign_note,
)

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one size. Extension lines are signed too, but no witness vouches for them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST_SIZE:
            raise BadNote(f"no tree has {self.size} leaves", 2)
        if len(self.root) != HASH_LENGTH:
            raise BadNote(f"a root has {HASH_LENGTH} bytes", 3)
        for at, line in enumerate((self.origin, *self.extensions)):
            if not line or any(char < " " for char in line):
                raise BadNote("an empty line, or one with control characters", at + 3 if at else 1)

    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, str(self.size), encode64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def signed(self, signer: Signer) -> bytes:
        """The note that the log publishes; its key bears the name of its origin."""
        if signer.name != self.origin or signer.kind is not KeyType.NOTE:
            raise BadNote(f"{signer.name} is no key of the log {self.origin}")
        return sign_note(self.text(), signer.signature(self.text()))


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint that its log signed: by which key, and which witnesses saw it when."""

    checkpoint: Checkpoint
    key: VerifierKey
    seen: tuple[tuple[VerifierKey, int], ...]


def read_number(text: str, line: int) -> int:
    """A size or an index: decimal digits, no sign, no zero before them."""
    if _NUMBER.match(text) is None or int(text) > LARGEST_SIZE:
        raise BadNote("must be a number without a sign or zeroes before it", line)
    return int(text)


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text. Raises BadNote and names the bad line."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise BadNote("a checkpoint has three lines: origin, size and root", len(lines))
    size = read_number(lines[1], 2)
    try:
        root = decode64(lines[2])
    except BadNote as error:
        raise BadNote(error.reason, 3) from error
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def open_checkpoint(
    data: bytes,
    log_keys: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey] = (),
    quorum: int = 0,
) -> Witnessed:
    """The checkpoint, if a known key of its own log signed it and enough known witnesses saw it.

    A log may have several known keys, an old one and a new one. The name of the key that signed
    must be the origin, so that no log speaks for another.
    """
    if any(key.kind is not KeyType.NOTE for key in log_keys):
        raise BadNote("the key of a log is of type 1")
    if any(key.kind is not KeyType.COSIGNATURE for key in witnesses):
        raise BadNote("the key of a witness is of type 4")
    opened = open_note(data, [*log_keys, *witnesses])
    checkpoint = read_checkpoint(opened.text)
    own = [key for key, at in opened.signed if at is None and key.name == checkpoint.origin]
    if not own:
        raise BadNote(f"no known key of the log {checkpoint.origin} signed it")
    seen = tuple((key, at) for key, at in opened.signed if at is not None)
    # one witness with two names is one witness
    if len({key.public for key, _ in seen}) < quorum:
        raise BadNote(f"{len(seen)} known witnesses saw it, not {quorum}")
    return Witnessed(checkpoint, own[0], seen)


def cosign(data: bytes, signer: Signer, at: datetime) -> bytes:
    """A checkpoint with a witness's signature below the others.

    A witness calls this only after ``verify_consistency`` from the last one it saw.
    """
    text = read_note(data).text
    read_checkpoint(text)
    return add_signatures(data, [signer.signature(text, at)])
