"""An old checkpoint that somebody holds against today's log: from a file, or read off a poster.

Pure. A file is a signed note; from a poster come the number of entries and some letters of the
root. What cannot be read is told with its line, so that it can be put right where it was typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credit.rules.checkpoint import read_number
from credit.rules.merkle import HASH_LENGTH
from credit.rules.note import BadNote, VerifierKey, decode64, encode64, read_note

# the letters of a root as a poster shows them: 64 digits of base 16, in groups of four
ROOT_LETTERS: Final = 2 * HASH_LENGTH
GROUP: Final = 4
# 64 bits: nobody gets so far by chance. Who makes logs on purpose can; all 64 letters stop her too
FEWEST_LETTERS: Final = 16
LONGEST: Final = 8_000

_HEX = re.compile(r"[0-9a-fA-F]+\Z", re.ASCII)
_BASE64 = re.compile(r"[0-9A-Za-z+/]+=?\Z", re.ASCII)
_BETWEEN = re.compile(r"[\s·.,'_-]")


class CompareFault(StrEnum):
    """Why what was typed is no checkpoint."""

    NOTHING = "compare.nothing"
    TOO_LONG = "compare.too_long"
    LINES = "compare.lines"
    NAME = "compare.name"
    SIZE = "compare.size"
    ROOT = "compare.root"
    SIGNATURE = "compare.signature"
    TYPED_SIZE = "compare.typed_size"
    TYPED_ROOT = "compare.typed_root"
    FEW_LETTERS = "compare.few_letters"


class Signed(StrEnum):
    """Who signed what was typed."""

    OURS = "signed.ours"
    NOBODY = "signed.nobody"
    OTHERS = "signed.others"
    WRONG = "signed.wrong"


class Finding(StrEnum):
    """What today's log says to an old checkpoint."""

    SAME = "finding.same"
    CONTAINED = "finding.contained"
    DIFFERENT = "finding.different"
    LARGER = "finding.larger"
    EARLIER_LOG = "finding.earlier_log"
    OTHER_LOG = "finding.other_log"
    NOTHING_SEALED = "finding.nothing_sealed"
    BROKEN = "finding.broken"


class BadOld(ValueError):
    """What was typed is no checkpoint: which field, why, and in which line from one."""

    def __init__(self, field: str, fault: CompareFault, line: int | None = None) -> None:
        super().__init__(fault.value)
        self.field = field
        self.fault = fault
        self.line = line


@dataclass(frozen=True)
class OldCheckpoint:
    """What somebody holds: a number of entries, and the root or its first letters.

    ``note`` is the whole file with its signatures; None when it was read off a poster.
    """

    size: int
    letters: str
    origin: str | None = None
    note: bytes | None = None

    def fits(self, root: bytes) -> bool:
        """Whether a root begins with these letters, in base 16 or as checkpoints write it."""
        return root.hex().startswith(self.letters.lower()) or encode64(root).startswith(
            self.letters
        )

    @property
    def whole(self) -> bool:
        """Whether it is the root to its last letter."""
        return len(self.letters) == ROOT_LETTERS or self.letters.endswith("=")


def grouped(root: bytes) -> list[str]:
    """A root as a poster shows it: sixteen groups of four."""
    letters = root.hex()
    return [letters[at : at + GROUP] for at in range(0, len(letters), GROUP)]


def read_typed(size: str, letters: str) -> OldCheckpoint:
    """What was typed off a poster. Raises BadOld."""
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", size))
    try:
        number = read_number(digits, 1)
    except BadNote as error:
        raise BadOld("size", CompareFault.TYPED_SIZE) from error
    root = _BETWEEN.sub("", unicodedata.normalize("NFKC", letters))
    if not _is_beginning_of_a_root(root):
        raise BadOld("root", CompareFault.TYPED_ROOT)
    if len(root) < FEWEST_LETTERS:
        raise BadOld("root", CompareFault.FEW_LETTERS)
    return OldCheckpoint(number, root)


def _is_beginning_of_a_root(letters: str) -> bool:
    if _HEX.match(letters):
        return len(letters) <= ROOT_LETTERS
    return bool(_BASE64.match(letters)) and len(letters) <= len(encode64(bytes(HASH_LENGTH)))


def read_pasted(text: str) -> OldCheckpoint:
    """What was pasted: a checkpoint with or without its signatures. Raises BadOld with the line."""
    if len(text) > LONGEST:
        raise BadOld("note", CompareFault.TOO_LONG)
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    if not any(lines):
        raise BadOld("note", CompareFault.NOTHING)
    first = next(at for at, line in enumerate(lines) if line)
    body = lines[first:]
    end = body.index("") if "" in body else len(body)
    signatures = [(first + at, line) for at, line in enumerate(body) if at > end and line]
    if end < 3:
        raise BadOld("note", CompareFault.LINES, first + end + 1)
    root = _root(body, first)
    size = _size(body, first)
    return OldCheckpoint(size, root.hex(), body[0], _note(body[:end], signatures, first))


def _size(body: list[str], first: int) -> int:
    try:
        return read_number(body[1], 2)
    except BadNote as error:
        raise BadOld("note", CompareFault.SIZE, first + 2) from error


def _root(body: list[str], first: int) -> bytes:
    try:
        root = decode64(body[2])
    except BadNote as error:
        raise BadOld("note", CompareFault.ROOT, first + 3) from error
    if len(root) != HASH_LENGTH:
        raise BadOld("note", CompareFault.ROOT, first + 3)
    return root


def _note(body: list[str], signatures: list[tuple[int, str]], first: int) -> bytes | None:
    """The note as it was before somebody copied it; each signature line is read by itself."""
    head = "".join(f"{line}\n" for line in body)
    for at, line in signatures:
        try:
            read_note(f"{head}\n{line}\n".encode())
        except UnicodeEncodeError as error:
            raise BadOld("note", CompareFault.SIGNATURE, at + 1) from error
        except BadNote as error:
            if error.line is not None and error.line <= len(body):
                raise BadOld("note", CompareFault.NAME, first + error.line) from error
            raise BadOld("note", CompareFault.SIGNATURE, at + 1) from error
    tail = "".join(f"{line}\n" for _, line in signatures)
    return f"{head}\n{tail}".encode() if tail else None


def who_signed(note: bytes | None, keys: list[VerifierKey]) -> Signed:
    """Whether a key of ours signed it, now or before."""
    if note is None:
        return Signed.NOBODY
    read = read_note(note)
    found = Signed.OTHERS
    for signature in read.signatures:
        for key in keys:
            if (signature.name, signature.key_id) != (key.name, key.id):
                continue
            try:
                key.verify(read.text, signature.payload)
            except BadNote:
                return Signed.WRONG
            found = Signed.OURS
    return found
