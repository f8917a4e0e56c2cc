"""What a resident takes home (C2SP tlog-proof): her entry, its place, the way to a signed root.

The ``extra`` line holds the leaf, because leaves are published nowhere. Nobody need believe it: its
hash must lead to the signed root like any other. It holds no details; those are shown beside the
receipt, with their salt, as long as they are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credit.rules.checkpoint import Witnessed, open_checkpoint, read_checkpoint, read_number
from credit.rules.leaf import Leaf, read_leaf
from credit.rules.merkle import HASH_LENGTH, BadProof, leaf_hash, verify_inclusion
from credit.rules.note import BadNote, VerifierKey, decode64, encode64, read_note

FIRST_LINE = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
LONGEST = 131_072
MOST_LINES = 3 + 63  # no tree is higher


class BadReceipt(ValueError):
    """What is no receipt, or proves nothing. ``line`` counts from one, where there is one."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof as it is written; ``note`` is the signed checkpoint, byte for byte."""

    index: int
    proof: tuple[bytes, ...]
    note: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """The bytes of the file."""
        lines = [FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {encode64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [encode64(each) for each in self.proof]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt proves: this leaf stands at this place of a tree that was signed."""

    leaf: bytes
    index: int
    signed: Witnessed

    def entry(self) -> Leaf:
        """The leaf in words. Raises BadLeaf when it is of a form that this version cannot read."""
        return read_leaf(self.leaf)


def make_receipt(leaf: bytes, index: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The file for a leaf. Refuses to hand out what would not prove it."""
    checkpoint = read_checkpoint(read_note(note).text)
    verify_inclusion(leaf_hash(leaf), index, checkpoint.size, proof, checkpoint.root)
    return Receipt(index, tuple(proof), note, extra=leaf).encode()


def read_receipt(data: bytes) -> Receipt:
    """The parts of a file, nothing of it checked yet. Raises BadReceipt and names the bad line."""
    lines, note = _above_the_note(data)
    at, extra = 1, None
    if lines[1:] and lines[1].startswith("extra "):
        at, extra = 2, _octets(lines[1].removeprefix("extra "), 2)
    if not lines[at:] or not lines[at].startswith("index "):
        raise BadReceipt("must be index and a number", at + 1)
    try:
        index = read_number(lines[at].removeprefix("index "), at + 1)
    except BadNote as error:
        raise BadReceipt(error.reason, error.line) from error
    proof = tuple(_hash(line, number) for number, line in enumerate(lines[at + 1 :], at + 2))
    return Receipt(index, proof, note, extra)


def _above_the_note(data: bytes) -> tuple[list[str], bytes]:
    if len(data) > LONGEST:
        raise BadReceipt(f"longer than {LONGEST} bytes")
    if data.split(b"\n", 1)[0] != FIRST_LINE.encode():
        raise BadReceipt(f"must be {FIRST_LINE}", 1)
    head, gap, note = data.partition(b"\n\n")
    if not gap:
        raise BadReceipt("ends without an empty line and a checkpoint", data.count(b"\n") + 1)
    if not head.isascii():
        raise BadReceipt("only ASCII stands above the checkpoint")
    lines = head.decode("ascii").split("\n")
    if len(lines) > MOST_LINES:
        raise BadReceipt("more hashes than a tree is high", MOST_LINES + 1)
    return lines, note


def _octets(text: str, line: int) -> bytes:
    try:
        return decode64(text)
    except BadNote as error:
        raise BadReceipt(error.reason, line) from error


def _hash(text: str, line: int) -> bytes:
    found = _octets(text, line)
    if len(found) != HASH_LENGTH:
        raise BadReceipt(f"a hash has {HASH_LENGTH} bytes", line)
    return found


def verify_receipt(
    data: bytes,
    log_keys: Sequence[VerifierKey],
    *,
    leaf: bytes | None = None,
    witnesses: Sequence[VerifierKey] = (),
    quorum: int = 0,
) -> Proven:
    """What a file proves, with nothing but the keys of a poster. Raises BadReceipt and says why.

    Without ``leaf`` the receipt's own is taken; with it, it must be that very leaf.
    """
    receipt = read_receipt(data)
    mine = receipt.extra if leaf is None else leaf
    if mine is None:
        raise BadReceipt("holds no entry; give the entry that it is for")
    if receipt.extra not in (None, mine):
        raise BadReceipt("is for another entry", 2)
    first = data[: len(data) - len(receipt.note)].count(b"\n")
    try:
        signed = open_checkpoint(receipt.note, log_keys, witnesses, quorum)
    except BadNote as error:
        # lines are counted through the whole file, as an editor shows them
        line = None if error.line is None else first + error.line
        raise BadReceipt(error.reason, line) from error
    checkpoint = signed.checkpoint
    hashed = leaf_hash(mine)
    try:
        verify_inclusion(hashed, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    except BadProof as error:
        raise BadReceipt(str(error)) from error
    return Proven(mine, receipt.index, signed)
