"""Checkpoints: their form, whose they are, and what witnesses add."""

from dataclasses import replace

import pytest
import tlog_scales.signing
import tlog_scales.tlog
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.checkpoint import Checkpoint, cosign, open_checkpoint, read_checkpoint
from credit.rules.merkle import EMPTY_ROOT, LARGEST_SIZE
from credit.rules.note import BadNote, KeyType, Signer, read_note, sign_note
from tests.credit.signers import LIBRARY, LOG, NEXT, ORIGIN, SEEN_AT, STRANGER, WITNESS
from tests.house.session import examples

CHECKPOINT = Checkpoint(ORIGIN, 70_000, bytes(range(64, 96)))
NOTE = CHECKPOINT.signed(LOG)
SEEN = cosign(cosign(NOTE, WITNESS, SEEN_AT), LIBRARY, SEEN_AT)
LOG_KEYS = (LOG.verifier, NEXT.verifier)
WITNESSES = (WITNESS.verifier, LIBRARY.verifier)
# Ed25519 draws no chance: a note of one key and one text has one form for ever
GOLDEN = (
    "gongzhi.example/credit/log\n70000\nQEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n\n"
    "— gongzhi.example/credit/log Dv4jpzSnhxzrZEw/3vtZn/67hJNBPKG1BP0s5wQnjN3FxTjSRs0idL1Sq"
    "AlIZZGGcwMx08rh1EzjEqL1D1O1Ddnwlww=\n"
)


def test_a_checkpoint_never_changes_its_bytes() -> None:
    assert NOTE.decode() == GOLDEN


@given(
    origin=st.from_regex(r"[a-z./0-9]{1,30}", fullmatch=True),
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(st.from_regex(r"[!-~ ]{1,20}", fullmatch=True), max_size=3).map(tuple),
)
@settings(max_examples=examples(60), deadline=None)
def test_any_checkpoint_can_be_read_again(
    origin: str, size: int, root: bytes, extensions: tuple[str, ...]
) -> None:
    checkpoint = Checkpoint(origin, size, root, extensions)
    assert read_checkpoint(checkpoint.text()) == checkpoint
    signer = Signer.from_seed(origin, bytes(32))
    found = open_checkpoint(checkpoint.signed(signer), [signer.verifier])
    assert found.checkpoint == checkpoint


def test_the_example_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = read_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.text() == text
    largest = Checkpoint(ORIGIN, LARGEST_SIZE, CHECKPOINT.root)
    assert read_checkpoint(largest.text()) == largest
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert empty.text().split("\n")[1] == "0"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("a\n", 2),
        ("a\n1\n", 3),
        (CHECKPOINT.text()[:-1], 3),
        (CHECKPOINT.text().replace("70000", "070000"), 2),
        (CHECKPOINT.text().replace("70000", "+70000"), 2),
        (CHECKPOINT.text().replace("70000", "-1"), 2),
        (CHECKPOINT.text().replace("70000", "7e4"), 2),
        (CHECKPOINT.text().replace("70000", "70 000"), 2),
        (CHECKPOINT.text().replace("70000", "٧٠٠٠٠"), 2),
        (CHECKPOINT.text().replace("70000", "9223372036854775808"), 2),
        (CHECKPOINT.text().replace("70000", "9" * 5_000), 2),
        (CHECKPOINT.text().replace("70000", ""), 2),
        (CHECKPOINT.text().replace("Xl8=", "Xl8"), 3),
        (CHECKPOINT.text().replace("Xl8=", ""), 3),
        (CHECKPOINT.text().replace(ORIGIN, ""), 1),
        (CHECKPOINT.text() + "\n", 4),
        (CHECKPOINT.text() + "more\n\nmore\n", 5),
    ],
)
def test_what_is_no_checkpoint_is_refused_by_its_line(text: str, line: int) -> None:
    with pytest.raises(BadNote) as caught:
        read_checkpoint(text)
    assert caught.value.line == line


def test_only_the_logs_own_key_signs_its_checkpoint() -> None:
    for signer in (STRANGER, replace(WITNESS, name=ORIGIN)):
        with pytest.raises(BadNote, match="no key of the log"):
            CHECKPOINT.signed(signer)


def test_a_known_key_of_another_log_is_not_enough() -> None:
    note = sign_note(CHECKPOINT.text(), STRANGER.signature(CHECKPOINT.text()))
    with pytest.raises(BadNote, match="no known key of the log"):
        open_checkpoint(note, [LOG.verifier, STRANGER.verifier])


def test_either_of_two_keys_is_good_while_they_change() -> None:
    assert open_checkpoint(NOTE, LOG_KEYS).key == LOG.verifier
    assert open_checkpoint(CHECKPOINT.signed(NEXT), LOG_KEYS).key == NEXT.verifier
    both = sign_note(
        CHECKPOINT.text(), NEXT.signature(CHECKPOINT.text()), LOG.signature(CHECKPOINT.text())
    )
    for key in LOG_KEYS:
        assert open_checkpoint(both, [key]).key == key


def test_witnesses_are_counted_by_their_keys() -> None:
    found = open_checkpoint(SEEN, LOG_KEYS, WITNESSES, quorum=2)
    at = int(SEEN_AT.timestamp())
    assert found.seen == ((WITNESS.verifier, at), (LIBRARY.verifier, at))
    assert open_checkpoint(SEEN, LOG_KEYS, WITNESSES[:1], quorum=1).seen == found.seen[:1]
    for note, witnesses in ((SEEN, WITNESSES[:1]), (NOTE, WITNESSES), (SEEN, ())):
        with pytest.raises(BadNote, match="witnesses saw it, not 2"):
            open_checkpoint(note, LOG_KEYS, witnesses, quorum=2)


def test_a_witness_with_two_names_is_one_witness() -> None:
    alias = replace(WITNESS, name="alias.example/w3")
    note = cosign(cosign(NOTE, WITNESS, SEEN_AT), alias, SEEN_AT)
    with pytest.raises(BadNote, match="witnesses saw it, not 2"):
        open_checkpoint(note, LOG_KEYS, [WITNESS.verifier, alias.verifier], quorum=2)


def test_a_witness_alone_makes_no_checkpoint() -> None:
    alone = sign_note(CHECKPOINT.text(), WITNESS.signature(CHECKPOINT.text(), SEEN_AT))
    with pytest.raises(BadNote, match="no known key of the log"):
        open_checkpoint(alone, LOG_KEYS, WITNESSES)


def test_keys_are_taken_for_what_they_are() -> None:
    with pytest.raises(BadNote, match="log is of type 1"):
        open_checkpoint(SEEN, [WITNESS.verifier])
    with pytest.raises(BadNote, match="witness is of type 4"):
        open_checkpoint(SEEN, LOG_KEYS, [STRANGER.verifier])


def test_nothing_but_a_checkpoint_is_cosigned() -> None:
    note = sign_note("hello\n", LOG.signature("hello\n"))
    with pytest.raises(BadNote):
        cosign(note, WITNESS, SEEN_AT)
    with pytest.raises(BadNote, match="bears a time"):
        cosign(NOTE, LOG, SEEN_AT)


@given(at=st.integers(0, len(SEEN) - 1), bit=st.integers(0, 7))
@settings(max_examples=examples(300), deadline=None)
def test_a_flipped_bit_is_refused_where_all_are_asked_for(at: int, bit: int) -> None:
    data = SEEN[:at] + bytes([SEEN[at] ^ 1 << bit]) + SEEN[at + 1 :]
    with pytest.raises(BadNote):
        open_checkpoint(data, LOG_KEYS, WITNESSES, quorum=2)


def test_what_is_impossible_is_not_made() -> None:
    for change in (
        {"size": -1}, {"size": 2**63}, {"root": bytes(31)}, {"origin": ""}, {"origin": "a\nb"},
        {"extensions": ("",)}, {"extensions": ("a\nb",)},
    ):  # fmt: skip
        with pytest.raises(BadNote):
            replace(CHECKPOINT, **change)


# --- another's program ----------------------------------------------------------------------------


def test_tlog_scales_believes_our_signatures() -> None:
    theirs = tlog_scales.tlog.Checkpoint.from_text(SEEN.decode())
    assert (theirs.origin, theirs.size, theirs.root_hash) == (
        ORIGIN, CHECKPOINT.size, CHECKPOINT.root,
    )  # fmt: skip
    assert theirs.serialize().encode() == SEEN
    for signer in (LOG, WITNESS, LIBRARY):
        theirs.verify(tlog_scales.signing.Vkey.from_string(str(signer.verifier)))
    with pytest.raises(RuntimeError):
        theirs.verify(tlog_scales.signing.Vkey.from_string(str(STRANGER.verifier)))


def test_we_believe_the_signatures_of_tlog_scales() -> None:
    theirs = tlog_scales.tlog.Checkpoint.make_signed(
        ORIGIN, 5, CHECKPOINT.root, [tlog_scales.signing.PlainEd25519Signer(ORIGIN, LOG.key)]
    )
    data = theirs.serialize().encode()
    found = open_checkpoint(data, [LOG.verifier])
    assert found.checkpoint == replace(CHECKPOINT, size=5)
    assert data == found.checkpoint.signed(LOG)


def test_a_signature_of_a_kind_we_do_not_know_is_left_alone() -> None:
    """Type 6 (ML-DSA-44) is longer than ours; its witness stands on the checkpoint all the same."""
    line = tlog_scales.signing.MLDSA44CosignatureSigner("pq.example/w", bytes(32)).sign(
        tlog_scales.tlog.Checkpoint.from_text(NOTE.decode())
    )
    data = NOTE + f"{line.serialize()}\n".encode()
    assert open_checkpoint(data, LOG_KEYS).checkpoint == CHECKPOINT
    assert len(read_note(data).signatures) == 2
    assert KeyType.COSIGNATURE not in {key.kind for key, _ in open_checkpoint(data, LOG_KEYS).seen}
