"""The tree of RFC 9162 §2.1 over SHA-256: roots, proofs, and a frontier that a sealer carries on.

A *node* is named by its height and its index among the nodes of that height; only nodes whose
leaves are all there have names. Every other hash of a tree is folded from those.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"").digest()
LARGEST_SIZE = 2**63 - 1

Node = Callable[[int, int], bytes]
Range = tuple[int, int]


class BadProof(ValueError):
    """A proof that does not prove it, or a question that no tree can answer."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf. Its 0x00 keeps a leaf from being taken for a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two hashes."""
    return sha256(b"\x01" + left + right).digest()


def hash_pairs(row: Sequence[bytes]) -> list[bytes]:
    """The row above: a hash for each two; one that is left over at the end has none yet."""
    return [sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over all leaf hashes."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        left_over = row[-1:] if len(row) % 2 else []
        row = hash_pairs(row) + left_over
    return row[0]


class Frontier:
    """What must be kept of a tree to append to it and to know its root: one hash for each bit that
    is set in its size, largest subtree first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if not 0 <= size <= LARGEST_SIZE:
            raise BadProof(f"no tree has {size} leaves")
        if len(hashes) != size.bit_count() or any(len(each) != HASH_LENGTH for each in hashes):
            raise BadProof(f"a frontier of {size} leaves has {size.bit_count()} hashes of 32 bytes")
        self.size = size
        self._hashes = list(hashes)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """Its state: ``Frontier(size, hashes)`` is the same frontier again."""
        return tuple(self._hashes)

    def pack(self) -> bytes:
        """The hashes as one value for a column."""
        return b"".join(self._hashes)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """The frontier that ``pack`` wrote. Raises BadProof when it was cut or does not fit."""
        cut = range(0, len(packed), HASH_LENGTH)
        return cls(size, [packed[at : at + HASH_LENGTH] for at in cut])

    def append(self, leaf: bytes) -> None:
        """One more leaf hash."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """More leaf hashes, in order. Row by row: what is left over at a height is kept there."""
        row, below = list(leaves), self.size
        _all_hashes(*row)
        self.size += len(row)
        kept = []
        while row or below:
            if below & 1:
                row.insert(0, self._hashes.pop())
            if len(row) % 2:
                kept.append(row.pop())
            row, below = hash_pairs(row), below >> 1
        self._hashes = kept[::-1]

    def root(self) -> bytes:
        """The root of all leaves so far."""
        return _folded(self._hashes) if self._hashes else EMPTY_ROOT


def _folded(hashes: Sequence[bytes]) -> bytes:
    """Subtrees from the largest to the smallest, hashed from the right."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


# --- which hashes make a proof --------------------------------------------------------------------


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that a leaf is in a tree, from its sibling to the root's."""
    if not 0 <= index < size <= LARGEST_SIZE:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    start, end, steps = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            steps.append((middle, end))
            end = middle
        else:
            steps.append((start, middle))
            start = middle
    return steps[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that a tree of ``old`` leaves begins one of ``new``.

    None when the two are the same or the old one is empty: there is nothing to prove then.
    """
    if not 0 <= old <= new <= LARGEST_SIZE:
        raise BadProof(f"a tree of {new} leaves did not grow from one of {old}")
    if old == 0:
        return []
    start, end, steps = 0, new, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            steps.append((middle, end))
            end = middle
        else:
            steps.append((start, middle))
            start = middle
    # a verifier knows the old root: it is sent only what lies at the old tree's right edge
    return ([(start, end)] if start else []) + steps[::-1]


def _split(width: int) -> int:
    """The largest power of two smaller than the width."""
    return 1 << (width - 1).bit_length() - 1


def nodes_of(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete nodes that a subtree of the tree consists of, from left to right."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def range_hash(start: int, end: int, node: Node) -> bytes:
    """The hash of one subtree, from complete nodes."""
    if start == end:
        return EMPTY_ROOT
    return _folded([node(height, index) for height, index in nodes_of(start, end)])


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The hashes from the leaf's sibling to the root's child."""
    return [range_hash(start, end, node) for start, end in inclusion_ranges(index, size)]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The hashes that lead from the old root to the new one."""
    return [range_hash(start, end, node) for start, end in consistency_ranges(old, new)]


# --- checking -------------------------------------------------------------------------------------


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raises BadProof unless the leaf hash stands at ``index`` in the tree of this root."""
    if not 0 <= index < size <= LARGEST_SIZE:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    _all_hashes(leaf, root, *proof)
    at, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            raise BadProof("the inclusion proof is too long")
        if at & 1 or at == last:
            found = node_hash(each, found)
            at, last = _up_to_a_right_child(at, last)
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    if last:
        raise BadProof("the inclusion proof is too short")
    if found != root:
        raise BadProof("the inclusion proof leads to another root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raises BadProof unless the tree of the old root begins the tree of the new one."""
    if not 0 <= old <= new <= LARGEST_SIZE:
        raise BadProof(f"a tree of {new} leaves did not grow from one of {old}")
    _all_hashes(old_root, new_root, *proof)
    if (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        raise BadProof("that is not the root of an empty tree")
    if old in (0, new):
        if proof:
            raise BadProof("the consistency proof is too long")
        if old == new and old_root != new_root:
            raise BadProof("two roots for one size")
        return
    was, found = _consistent_roots(old, new, old_root, proof)
    if was != old_root:
        raise BadProof("the consistency proof leads to another old root")
    if found != new_root:
        raise BadProof("the consistency proof leads to another new root")


def _consistent_roots(
    old: int, new: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """RFC 9162 §2.1.4.2, steps 2 to 6: the two roots that a proof leads to."""
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise BadProof("the consistency proof is too short")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = found = path[0]
    for each in path[1:]:
        if last == 0:
            raise BadProof("the consistency proof is too long")
        if at & 1 or at == last:
            was, found = node_hash(each, was), node_hash(each, found)
            at, last = _up_to_a_right_child(at, last)
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    if last:
        raise BadProof("the consistency proof is too short")
    return was, found


def _up_to_a_right_child(at: int, last: int) -> Range:
    """On the right edge a node may be the only one of its row: it rises until it has a sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _all_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_LENGTH for each in hashes):
        raise BadProof("a hash has 32 bytes")
