"""A receipt: made for what is sealed, read strictly, believed only when all of it holds."""

import base64
from dataclasses import replace
from hashlib import sha256

import pymerkle
import pytest
import tlog_scales.signing
import tlog_scales.tlog
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.checkpoint import Checkpoint
from credit.rules.leaf import BadLeaf, opens
from credit.rules.merkle import BadProof, leaf_hash, root_of
from credit.rules.note import BadNote
from credit.rules.receipt import (
    LONGEST,
    BadReceipt,
    make_receipt,
    read_receipt,
    verify_receipt,
)
from tests.credit.leaves import AWARD, DETAILS, DETAILS_SALT, RULE
from tests.credit.receipts import GOLDEN, HASHES, INDEX, LEAF, NOTE, PROOF, RECEIPT, SIZE
from tests.credit.signers import LIBRARY, LOG, NEXT, ORIGIN, SEEN_AT, STRANGER, WITNESS
from tests.house.session import examples

KEYS = (LOG.verifier,)


def refused(data: bytes, leaf: bytes | None = None) -> BadReceipt:
    with pytest.raises(BadReceipt) as caught:
        verify_receipt(data, KEYS, leaf=leaf, witnesses=[WITNESS.verifier], quorum=1)
    return caught.value


def line(number: int, text: str) -> bytes:
    """The receipt with one line put in the place of another."""
    lines = RECEIPT.decode().split("\n")
    lines[number - 1] = text
    return "\n".join(lines).encode()


# --- made, read, believed -------------------------------------------------------------------------


def test_a_receipt_that_somebody_took_home_is_good_for_ever() -> None:
    """The file is kept beside this test; what wrote it then is written and believed today."""
    assert GOLDEN.read_bytes() == RECEIPT
    proven = verify_receipt(GOLDEN.read_bytes(), KEYS, witnesses=[WITNESS.verifier], quorum=1)
    assert proven.index == INDEX
    assert proven.entry() == AWARD
    assert proven.signed.checkpoint == Checkpoint(ORIGIN, SIZE, root_of(HASHES))
    assert proven.signed.seen == ((WITNESS.verifier, int(SEEN_AT.timestamp())),)


def test_the_file_has_the_lines_of_the_specification() -> None:
    lines = RECEIPT.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == f"extra {base64.b64encode(LEAF).decode()}"
    assert lines[2] == "index 6"
    assert [base64.b64decode(each) for each in lines[3:7]] == PROOF
    assert lines[7] == ""
    assert "\n".join(lines[8:]).encode() == NOTE


def test_it_can_be_written_again_as_it_was_read() -> None:
    receipt = read_receipt(RECEIPT)
    assert receipt.encode() == RECEIPT
    bare = replace(receipt, extra=None)
    assert read_receipt(bare.encode()) == bare


def test_after_an_erasure_it_still_proves_the_entry_but_no_longer_what_was_in_it() -> None:
    entry = verify_receipt(RECEIPT, KEYS).entry()
    assert opens(entry, DETAILS_SALT, DETAILS)
    # salt and details are gone: nothing in the file holds them, and nothing in it needs them
    assert DETAILS_SALT.hex().encode() not in LEAF
    assert not opens(entry, bytes(16), DETAILS)


def test_without_its_entry_it_proves_the_one_that_is_given() -> None:
    bare = replace(read_receipt(RECEIPT), extra=None).encode()
    assert verify_receipt(bare, KEYS, leaf=LEAF).leaf == LEAF
    assert "another root" in str(refused(bare, RULE.encode()))
    with pytest.raises(BadReceipt, match="holds no entry"):
        verify_receipt(bare, KEYS)


def test_a_receipt_for_another_entry_is_refused() -> None:
    assert verify_receipt(RECEIPT, KEYS, leaf=LEAF).leaf == LEAF
    assert str(refused(RECEIPT, RULE.encode())) == "line 2: is for another entry"
    swapped = replace(read_receipt(RECEIPT), extra=RULE.encode()).encode()
    assert "another root" in str(refused(swapped))


def test_what_is_proven_may_be_of_a_form_that_we_cannot_read_yet() -> None:
    hashes = [leaf_hash(b'{"v":2}')]
    note = Checkpoint(ORIGIN, 1, root_of(hashes)).signed(LOG)
    proven = verify_receipt(make_receipt(b'{"v":2}', 0, [], note), KEYS)
    assert proven.leaf == b'{"v":2}'
    with pytest.raises(BadLeaf, match="v: must be 1"):
        proven.entry()


def test_a_tree_of_one_leaf_needs_no_hashes() -> None:
    note = Checkpoint(ORIGIN, 1, leaf_hash(LEAF)).signed(LOG)
    receipt = make_receipt(LEAF, 0, [], note)
    assert read_receipt(receipt).proof == ()
    assert verify_receipt(receipt, KEYS).index == 0


def test_a_receipt_has_at_most_as_many_hashes_as_the_highest_tree() -> None:
    highest = replace(read_receipt(RECEIPT), proof=tuple(HASHES[:1] * 63))
    assert read_receipt(highest.encode()) == highest
    with pytest.raises(BadReceipt, match="more hashes"):
        read_receipt(replace(highest, proof=tuple(HASHES[:1] * 64)).encode())


def test_nothing_is_handed_out_that_would_not_prove_it() -> None:
    for leaf, index, proof in (
        (RULE.encode(), INDEX, PROOF),
        (LEAF, INDEX + 1, PROOF),
        (LEAF, SIZE, PROOF),
        (LEAF, INDEX, PROOF[:-1]),
    ):
        with pytest.raises(BadProof):
            make_receipt(leaf, index, proof, NOTE)
    with pytest.raises(BadNote):
        make_receipt(LEAF, INDEX, PROOF, NOTE[:-1])


# --- who is believed ------------------------------------------------------------------------------


def test_only_the_keys_of_the_poster_are_believed() -> None:
    for key in (NEXT, STRANGER):
        with pytest.raises(BadReceipt, match="nobody who is known"):
            verify_receipt(RECEIPT, [key.verifier])
    assert verify_receipt(RECEIPT, [NEXT.verifier, LOG.verifier]).signed.key == LOG.verifier


def test_as_many_witnesses_as_were_asked_for() -> None:
    with pytest.raises(BadReceipt, match="1 known witnesses saw it, not 2"):
        verify_receipt(RECEIPT, KEYS, witnesses=[WITNESS.verifier, LIBRARY.verifier], quorum=2)


def test_a_log_that_signs_another_tree_proves_nothing_of_this_one() -> None:
    forged = Checkpoint(ORIGIN, SIZE, root_of(HASHES[::-1])).signed(LOG)
    data = replace(read_receipt(RECEIPT), note=forged).encode()
    with pytest.raises(BadReceipt, match="leads to another root"):
        verify_receipt(data, KEYS)


# --- damaged files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "number", "said"),
    [
        (b"", 1, "must be c2sp.org/tlog-proof@v1"),
        (line(1, "c2sp.org/tlog-proof@v2"), 1, "must be c2sp.org/tlog-proof@v1"),
        (b"\xef\xbb\xbf" + RECEIPT, 1, "must be c2sp.org/tlog-proof@v1"),
        (line(5, "哈希"), None, "only ASCII"),
        (RECEIPT.replace(b"\n", b"\r\n"), 1, "must be c2sp.org/tlog-proof@v1"),
        (line(2, "extra"), 2, "must be index"),
        (line(2, "extra  AA=="), 2, "base64"),
        (line(2, "extra AB=="), 2, "one right way"),
        (line(2, "extra "), None, "another root"),
        (line(2, "index 6"), 3, "base64"),
        (line(3, "index"), 3, "must be index"),
        (line(3, "Index 6"), 3, "must be index"),
        (line(3, "index 06"), 3, "a number without a sign"),
        (line(3, "index -6"), 3, "a number without a sign"),
        (line(3, "index 6 "), 3, "a number without a sign"),
        (line(3, "index 99999999999999999999"), 3, "a number without a sign"),
        (line(3, "index 7"), None, "another root"),
        (line(3, "index 13"), None, "has no leaf 13"),
        (line(4, "AAAA"), 4, "a hash has 32 bytes"),
        (line(5, "not base64"), 5, "base64"),
        (line(4, base64.b64encode(bytes(32)).decode()), None, "another root"),
        (line(9, "other.example/log"), None, "not for this text"),
        (line(10, "14"), 13, "not for this text"),
        (line(11, "AAAA"), 13, "not for this text"),
        (RECEIPT.replace(b"\n\n", b"\n"), None, "empty line"),
        (RECEIPT[: RECEIPT.index(b"\n\n")], 7, "ends without an empty line"),
        (RECEIPT[: RECEIPT.index(b"\n\n") + 2], 9, "ends without an empty line"),
        (RECEIPT + b"\n", 16, "ends without an empty line"),
        (RECEIPT + b"more\n", 15, "an em dash"),
        (RECEIPT + RECEIPT, None, "not for this text"),
        (RECEIPT.replace(b"\n\n", b"\n" + b"A" * 43 + b"=\n\n", 1), None, "too long"),
        (RECEIPT.replace(b"\n\n", b"\n" + (b"A" * 43 + b"=\n") * 70 + b"\n", 1), 67, "more hashes"),
        (RECEIPT.replace(RECEIPT.split(b"\n")[3] + b"\n", b""), None, "too short"),
        (RECEIPT + b"x" * LONGEST, None, "longer than"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_by_its_line(data: bytes, number: int | None, said: str) -> None:
    error = refused(data)
    assert said in str(error)
    if number is not None:
        assert error.line == number


@given(at=st.integers(0, len(RECEIPT) - 1), bit=st.integers(0, 7))
@settings(max_examples=examples(400), deadline=None)
def test_a_flipped_bit_is_refused(at: int, bit: int) -> None:
    refused(RECEIPT[:at] + bytes([RECEIPT[at] ^ 1 << bit]) + RECEIPT[at + 1 :])


@given(end=st.integers(0, len(RECEIPT) - 1))
@settings(max_examples=examples(100), deadline=None)
def test_a_file_that_was_cut_is_refused(end: int) -> None:
    refused(RECEIPT[:end])


@given(at=st.integers(0, len(RECEIPT)), more=st.binary(min_size=1, max_size=20))
@settings(max_examples=examples(200), deadline=None)
def test_a_file_that_grew_is_refused(at: int, more: bytes) -> None:
    refused(RECEIPT[:at] + more + RECEIPT[at:])


@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
@settings(max_examples=examples(100), deadline=None)
def test_any_other_bytes_are_refused(data: bytes) -> None:
    refused(data)
    refused(b"c2sp.org/tlog-proof@v1\n" + data)


# --- another's programs ---------------------------------------------------------------------------


def test_tlog_scales_and_pymerkle_find_our_receipt_right() -> None:
    """The file is taken apart here by hand, so that nothing of ours helps them."""
    head, _, note = RECEIPT.decode().partition("\n\n")
    _, extra, index, *hashes = head.split("\n")
    leaf = base64.b64decode(extra.split(" ")[1])
    place = int(index.split(" ")[1])
    path = [base64.b64decode(each) for each in hashes]
    checkpoint = tlog_scales.tlog.Checkpoint.from_text(note)
    checkpoint.verify(tlog_scales.signing.Vkey.from_string(str(LOG.verifier)))
    checkpoint.verify(tlog_scales.signing.Vkey.from_string(str(WITNESS.verifier)))
    hashed = sha256(b"\x00" + leaf).digest()
    tlog_scales.tlog.InclusionProof(place, checkpoint.size, path).check(
        hashed, checkpoint.root_hash
    )
    # its tree knows only the form of the proof; all hashes in it are ours
    tree = pymerkle.InmemoryTree.init_from_entries([b""] * checkpoint.size)
    theirs = tree.prove_inclusion(place + 1)
    theirs.path = [hashed, *path]
    pymerkle.verify_inclusion(hashed, checkpoint.root_hash, theirs)
    with pytest.raises(pymerkle.InvalidProof):
        pymerkle.verify_inclusion(hashed, HASHES[0], theirs)
