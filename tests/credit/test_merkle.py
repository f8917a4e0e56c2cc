"""The tree of RFC 9162: against its own text, against known roots, and against others' programs.

``pymerkle`` counts leaves from one and puts the leaf itself at the head of a path.
"""

from collections.abc import Callable

import pymerkle
import pytest
import tlog_scales.tlog
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.merkle import (
    EMPTY_ROOT,
    LARGEST_SIZE,
    BadProof,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.house.session import examples

# the eight entries of Certificate Transparency's first test vectors, and their eight roots
KNOWN_ENTRIES = (
    b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno",
)  # fmt: skip
KNOWN_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
HASHES = [leaf_hash(number.to_bytes(2, "big")) for number in range(600)]
SIZES = st.integers(1, len(HASHES))


# --- the text of the RFC, word by word ------------------------------------------------------------


def split(count: int) -> int:
    """The largest power of two smaller than a number."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH (§2.1.1) over leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH (§2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF (§2.1.4.1)."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def nodes(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """Complete nodes of a list of leaf hashes, each made anew."""
    return lambda height, index: naive_root(leaves[index << height : (index + 1) << height])


def flipped(data: bytes, bit: int) -> bytes:
    """The same bytes but for one bit."""
    number = int.from_bytes(data, "big") ^ 1 << bit % (8 * len(data))
    return number.to_bytes(len(data), "big")


# --- roots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 9))
def test_the_known_roots_are_found(size: int) -> None:
    hashes = [leaf_hash(entry) for entry in KNOWN_ENTRIES[:size]]
    frontier = Frontier()
    frontier.extend(hashes)
    assert root_of(hashes).hex() == frontier.root().hex() == KNOWN_ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]).hex() == Frontier().root().hex() == empty
    assert range_hash(0, 0, nodes([])) == EMPTY_ROOT


def test_every_way_to_a_root_is_the_same() -> None:
    frontier = Frontier()
    for size in range(1, 300):
        frontier.append(HASHES[size - 1])
        expected = naive_root(HASHES[:size])
        assert frontier.root() == root_of(HASHES[:size]) == expected
        assert range_hash(0, size, nodes(HASHES)) == expected
        assert len(frontier.hashes) == size.bit_count()


@given(first=st.integers(0, 300), more=st.integers(0, 300))
@settings(max_examples=examples(50), deadline=None)
def test_a_sealer_carries_on_from_what_it_kept(first: int, more: int) -> None:
    frontier = Frontier()
    frontier.extend(HASHES[:first])
    again = Frontier.unpack(frontier.size, frontier.pack())
    assert again.hashes == frontier.hashes
    again.extend(HASHES[first : first + more])
    assert again.root() == root_of(HASHES[: first + more])


@pytest.mark.parametrize(
    ("size", "packed"),
    [(1, b""), (0, bytes(32)), (2, bytes(31)), (3, bytes(32)), (4, bytes(33)), (-1, b""),
     (LARGEST_SIZE + 1, bytes(32))],
)  # fmt: skip
def test_a_frontier_that_was_cut_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(BadProof):
        Frontier.unpack(size, packed)


def test_only_hashes_are_appended() -> None:
    with pytest.raises(BadProof, match="32 bytes"):
        Frontier().append(b"leaf")


# --- proofs ---------------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=examples(100), deadline=None)
def test_an_inclusion_proof_is_that_of_the_rfc_and_leads_to_the_root(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    leaves = HASHES[:size]
    proof = inclusion_proof(index, size, nodes(leaves))
    assert proof == naive_path(index, leaves)
    verify_inclusion(leaves[index], index, size, proof, naive_root(leaves))


@given(st.data())
@settings(max_examples=examples(100), deadline=None)
def test_a_consistency_proof_is_that_of_the_rfc_and_leads_to_both_roots(
    data: st.DataObject,
) -> None:
    new = data.draw(SIZES)
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, nodes(HASHES))
    assert proof == naive_subproof(old, HASHES[:new], True)
    verify_consistency(old, new, naive_root(HASHES[:old]), naive_root(HASHES[:new]), proof)


def test_every_proof_of_every_small_tree_holds() -> None:
    roots = [naive_root(HASHES[:size]) for size in range(34)]
    for new in range(1, 34):
        for at in range(new):
            proof = inclusion_proof(at, new, nodes(HASHES))
            verify_inclusion(HASHES[at], at, new, proof, roots[new])
        for old in range(new + 1):
            proof = consistency_proof(old, new, nodes(HASHES))
            verify_consistency(old, new, roots[old], roots[new], proof)


def test_from_nothing_and_to_itself_there_is_nothing_to_prove() -> None:
    root = naive_root(HASHES[:5])
    assert consistency_proof(0, 5, nodes(HASHES)) == consistency_proof(5, 5, nodes(HASHES)) == []
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    for case in (
        (0, 5, root, root, []),
        (0, 0, root, root, []),
        (5, 5, root, HASHES[0], []),
        (5, 5, root, root, [HASHES[0]]),
        (0, 5, EMPTY_ROOT, root, [HASHES[0]]),
        (4, 5, naive_root(HASHES[:4]), root, []),
        (3, 5, naive_root(HASHES[:3]), root, []),
    ):
        with pytest.raises(BadProof):
            verify_consistency(*case)


# --- what proves nothing --------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_a_changed_inclusion_proof_is_refused(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    leaf, root = HASHES[index], naive_root(HASHES[:size])
    proof = naive_path(index, HASHES[:size])
    bit = data.draw(st.integers(0, 255))
    wrong = [
        (flipped(leaf, bit), index, size, proof, root),
        (leaf, index, size, proof, flipped(root, bit)),
        (leaf, index, size, [*proof, HASHES[0]], root),
        (leaf, index, size, [leaf, *proof], root),
        (leaf, size, size, proof, root),
        (leaf, -1, size, proof, root),
        (leaf[:31], index, size, proof, root),
        (leaf, index, size, proof, root + b"\x00"),
        (leaf, index, LARGEST_SIZE + 1, proof, root),
    ]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        wrong += [
            (leaf, index, size, [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]], root),
            (leaf, index, size, [*proof[:at], *proof[at + 1 :]], root),
            (leaf, index, size, [*proof[:at], proof[at][:31], *proof[at + 1 :]], root),
            (leaf, (index + 1) % size, size, proof, root),
        ]
    for case in wrong:
        with pytest.raises(BadProof):
            verify_inclusion(*case)


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_a_changed_consistency_proof_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, len(HASHES)))
    old = data.draw(st.integers(1, new - 1))
    was, root = naive_root(HASHES[:old]), naive_root(HASHES[:new])
    proof = naive_subproof(old, HASHES[:new], True)
    bit, at = data.draw(st.integers(0, 255)), data.draw(st.integers(0, len(proof) - 1))
    for case in (
        (old, new, flipped(was, bit), root, proof),
        (old, new, was, flipped(root, bit), proof),
        (old, new, was, root, [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]]),
        (old, new, was, root, [*proof[:at], *proof[at + 1 :]]),
        (old, new, was, root, [*proof, HASHES[0]]),
        (old, new, was, root, [*proof[:at], proof[at][:31], *proof[at + 1 :]]),
        (old, new, root, was, proof),
        (new, old, root, was, proof),
        (old, new, was[:31], root, proof),
    ):
        with pytest.raises(BadProof):
            verify_consistency(*case)


def test_a_log_that_changed_an_old_entry_cannot_prove_that_it_did_not() -> None:
    forged = [*HASHES[:7], HASHES[99], *HASHES[8:20]]
    proof = consistency_proof(10, 20, nodes(forged))
    with pytest.raises(BadProof, match="another old root"):
        verify_consistency(10, 20, naive_root(HASHES[:10]), naive_root(forged), proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (4, 4)])
def test_no_proof_is_made_for_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(BadProof):
        inclusion_proof(index, size, nodes(HASHES))
    with pytest.raises(BadProof):
        consistency_proof(size + 1, size, nodes(HASHES))


# --- another's program ----------------------------------------------------------------------------


def others_tree(entries: list[bytes]) -> pymerkle.InmemoryTree:
    return pymerkle.InmemoryTree.init_from_entries(entries)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=90), st.data())
@settings(max_examples=examples(40), deadline=None)
def test_pymerkle_finds_the_same_roots_and_the_same_proofs(
    entries: list[bytes], data: st.DataObject
) -> None:
    tree = others_tree(entries)
    hashes = [leaf_hash(entry) for entry in entries]
    size = len(entries)
    old = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    assert tree.get_root() == root_of(hashes)
    assert tree.get_root(old) == root_of(hashes[:old])
    theirs = tree.prove_inclusion(index + 1)
    assert theirs.path[1:] == inclusion_proof(index, size, nodes(hashes))
    verify_inclusion(hashes[index], index, size, theirs.path[1:], tree.get_root())
    pymerkle.verify_inclusion(hashes[index], root_of(hashes), theirs)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=90), st.data())
@settings(max_examples=examples(40), deadline=None)
def test_pymerkle_and_tlog_scales_find_our_trees_consistent(
    entries: list[bytes], data: st.DataObject
) -> None:
    """pymerkle's own proof leads to our roots (its form differs where the old tree is complete);
    tlog-scales believes ours."""
    hashes = [leaf_hash(entry) for entry in entries]
    new = len(entries)
    old = data.draw(st.integers(1, new))
    roots = root_of(hashes[:old]), root_of(hashes)
    pymerkle.verify_consistency(*roots, others_tree(entries).prove_consistency(old))
    proof = consistency_proof(old, new, nodes(hashes))
    tlog_scales.tlog.ConsistencyProof(old, new, proof).check(*roots)
    if proof:
        wrong = [flipped(proof[0], 0), *proof[1:]]
        with pytest.raises(tlog_scales.tlog.ConsistencyProofInvalid):
            tlog_scales.tlog.ConsistencyProof(old, new, wrong).check(*roots)


@given(st.data())
@settings(max_examples=examples(40), deadline=None)
def test_tlog_scales_believes_our_inclusion_proofs(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, nodes(HASHES))
    theirs = tlog_scales.tlog.InclusionProof(index, size, proof)
    theirs.check(HASHES[index], root_of(HASHES[:size]))
    with pytest.raises(tlog_scales.tlog.InclusionProofInvalid):
        theirs.check(flipped(HASHES[index], 0), root_of(HASHES[:size]))
