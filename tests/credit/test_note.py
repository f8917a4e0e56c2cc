"""Signed notes: the examples of their specifications, strict reading, and who is believed."""

import base64
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.rules.note import (
    LONGEST,
    BadNote,
    KeyType,
    Signer,
    VerifierKey,
    add_signatures,
    decode64,
    open_note,
    read_note,
    read_signer,
    read_verifier_key,
    sign_note,
)
from tests.credit.signers import LIBRARY, LOG, NEXT, SEEN_AT, STRANGER, WITNESS
from tests.house.session import examples

# the example of c2sp.org/signed-note
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONnc"
    "AlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# the example of Go's golang.org/x/mod/sumdb/note: its private key signs exactly these bytes
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvq"
    "fqdngotpRZb6KE6RyyBwJnAM=\n"
)
TEXT = "居民自律积分\n\n第二段\n"
NOTE = sign_note(TEXT, LOG.signature(TEXT), WITNESS.signature(TEXT, SEEN_AT))
LINES = NOTE.decode().split("\n")


def refused(data: bytes, *keys: VerifierKey) -> BadNote:
    with pytest.raises(BadNote) as caught:
        open_note(data, keys or (LOG.verifier,))
    return caught.value


# --- the specifications' own examples -------------------------------------------------------------


def test_the_example_of_the_specification_is_believed() -> None:
    key = read_verifier_key(SPEC_KEY)
    assert open_note(SPEC_NOTE.encode(), [key]).text == "This is an example message.\n"
    assert str(key) == SPEC_KEY


def test_the_example_of_the_first_implementation_is_signed_byte_for_byte() -> None:
    signer = read_signer(GO_SECRET)
    assert str(signer.verifier) == GO_KEY
    assert sign_note(GO_TEXT, signer.signature(GO_TEXT)).decode() == GO_NOTE
    assert open_note(GO_NOTE.encode(), [read_verifier_key(GO_KEY)]).text == GO_TEXT


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_a_key_can_be_written_and_read(signer: Signer) -> None:
    assert read_verifier_key(str(signer.verifier)) == signer.verifier
    again = read_signer(signer.secret_line())
    assert again.verifier == signer.verifier
    assert again.secret_line() == signer.secret_line()


def test_one_key_of_two_types_has_two_ids() -> None:
    as_witness = Signer(LOG.name, KeyType.COSIGNATURE, LOG.key).verifier
    assert as_witness.public == LOG.verifier.public
    assert as_witness.id != LOG.verifier.id


def test_no_text_about_a_signer_shows_its_key() -> None:
    secret = LOG.secret_line().rsplit("+", 1)[1]
    assert secret not in repr(LOG) + str(LOG)
    for broken in (LOG.secret_line()[:-2], LOG.secret_line() + "A", LOG.secret_line().lower()):
        with pytest.raises(BadNote) as caught:
            read_signer(broken)
        assert secret[:12] not in str(caught.value)


@given(at=st.integers(0, len(SPEC_KEY) - 1), char=st.characters(codec="utf-8"))
@settings(max_examples=examples(200), deadline=None)
def test_a_key_with_another_letter_is_refused(at: int, char: str) -> None:
    other = SPEC_KEY[:at] + char + SPEC_KEY[at + 1 :]
    if other != SPEC_KEY:
        with pytest.raises(BadNote):
            read_verifier_key(other)


@pytest.mark.parametrize(
    "text",
    ["", "+", "++", "name", "name+00000000", SPEC_KEY + "=", SPEC_KEY[:-4], SPEC_KEY.upper(),
     "+" + SPEC_KEY, " " + SPEC_KEY, SPEC_KEY + "\n", SPEC_KEY.replace("530d903a", "530D903A"),
     # of a type that we do not know
     "example.com/foo+530d903a+Buky" + SPEC_KEY[-40:]],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_verifier_key(text)


def test_a_key_of_another_length_or_form_is_refused() -> None:
    with pytest.raises(BadNote, match="has 32 bytes"):
        VerifierKey("x", KeyType.NOTE, bytes(31))
    for line in ("", GO_KEY, "PRIVATE+KEY+", "PRIVATE+KEY+a+b"):
        with pytest.raises(BadNote, match="a private key is written"):
            read_signer(line)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\tb", "a\x00b", "a\ud800"])
def test_a_name_with_spaces_or_plus_is_refused(name: str) -> None:
    with pytest.raises(BadNote, match="the name of a key"):
        VerifierKey(name, KeyType.NOTE, bytes(32))


# --- who is believed ------------------------------------------------------------------------------


def test_a_note_tells_who_signed_it_and_when_a_witness_saw_it() -> None:
    opened = open_note(NOTE, [WITNESS.verifier, LOG.verifier, STRANGER.verifier])
    assert opened.text == TEXT
    assert opened.signed == ((LOG.verifier, None), (WITNESS.verifier, int(SEEN_AT.timestamp())))


def test_signatures_of_unknown_keys_are_left_alone() -> None:
    assert [key for key, _ in open_note(NOTE, [LOG.verifier]).signed] == [LOG.verifier]
    assert "nobody" in str(refused(NOTE, STRANGER.verifier, NEXT.verifier))
    with pytest.raises(BadNote, match="nobody"):
        open_note(NOTE, [])


def test_a_name_alone_or_an_id_alone_makes_no_known_key() -> None:
    line = f"— {STRANGER.name} {LINES[4].split(' ')[2]}\n"  # the log's id under another name
    assert "nobody" in str(refused(sign_note(TEXT, line), STRANGER.verifier))


def test_a_wrong_signature_of_a_known_key_spoils_the_whole_note() -> None:
    wrong = sign_note(TEXT, LOG.signature(TEXT), WITNESS.signature("another\n", SEEN_AT))
    assert open_note(wrong, [LOG.verifier])
    error = refused(wrong, LOG.verifier, WITNESS.verifier)
    assert error.line == 6
    assert WITNESS.name in str(error)


def test_a_cosignature_binds_the_time() -> None:
    payload = decode64(LINES[5].split(" ")[2])
    later = payload[:11] + bytes([payload[11] ^ 1]) + payload[12:]
    line = f"— {WITNESS.name} {base64.b64encode(later).decode()}\n"
    assert "not for this text" in str(refused(sign_note(TEXT, line), WITNESS.verifier))
    far = payload[:4] + b"\xff" * 8 + payload[12:]
    line = f"— {WITNESS.name} {base64.b64encode(far).decode()}\n"
    assert "no possible time" in str(refused(sign_note(TEXT, line), WITNESS.verifier))


def test_a_key_signs_once() -> None:
    twice = sign_note(TEXT, LOG.signature(TEXT), LOG.signature(TEXT))
    assert refused(twice).reason == f"{LOG.name} signed twice"
    assert open_note(NOTE, [LOG.verifier, LOG.verifier]).text == TEXT


def test_only_a_cosigner_says_when() -> None:
    for signer, at in ((LOG, SEEN_AT), (WITNESS, None)):
        with pytest.raises(BadNote, match="bears a time"):
            signer.signature(TEXT, at)
    for at in (SEEN_AT.replace(tzinfo=None), SEEN_AT.replace(year=1969)):
        with pytest.raises(BadNote, match="has a zone"):
            WITNESS.signature(TEXT, at)


def test_a_witness_signs_below_the_others() -> None:
    grown = add_signatures(NOTE, [LIBRARY.signature(TEXT, SEEN_AT)])
    assert grown.startswith(NOTE)
    assert len(open_note(grown, [LOG.verifier, WITNESS.verifier, LIBRARY.verifier]).signed) == 3
    with pytest.raises(BadNote, match="line 7"):
        add_signatures(NOTE, ["no signature\n"])


def test_a_signature_of_no_text_is_made_only_as_a_note() -> None:
    with pytest.raises(BadNote):
        sign_note("no end of line", LOG.signature("no end of line"))
    with pytest.raises(BadNote, match="control"):
        sign_note("a\tb\n", LOG.signature("a\tb\n"))
    with pytest.raises(BadNote):
        sign_note(TEXT)


# --- what is no note ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"", 1, "ends without"),
        (b"text\n", 2, "ends without"),
        (b"text\n\n", 3, "ends without"),
        (NOTE[:-1], 6, "ends without"),
        (NOTE.replace(b"\n\n", b"\n"), None, "ends without"),
        (NOTE + b"\n", 8, "ends without"),
        (NOTE + b"more\n", 7, "an em dash"),
        (NOTE.replace("— ".encode(), b"- "), 5, "an em dash"),
        (NOTE.replace("— ".encode(), "—".encode()), 5, "an em dash"),
        (NOTE.replace("— ".encode(), "—  ".encode(), 1), 5, "the name of a key"),
        (NOTE.replace(b"\n", b"\r\n"), 1, "a control character"),
        (NOTE.replace("第".encode(), b"\x07"), 3, "a control character"),
        (NOTE.replace("第".encode(), b"\xff"), 3, "not UTF-8"),
        (NOTE.replace(b"=\n", b"\n", 1), 5, "base64"),
        (NOTE.replace(b"=\n", b"= \n", 1), 5, "base64"),
        (f"{TEXT}\n— {LOG.name} \n".encode(), 5, "only an id"),
        (f"{TEXT}\n— {LOG.name} AAAAAA==\n".encode(), 5, "only an id"),
        (f"{TEXT}\n— {LOG.name} AAAAAB==\n".encode(), 5, "one right way"),
        (f"{TEXT}\n— a+b AAAAAAA=\n".encode(), 5, "the name of a key"),
        (b"a" * LONGEST + NOTE, None, "longer than"),
        (NOTE + "— x AAAAAAA=\n".encode() * 100, None, "more than 100 signatures"),
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused_by_its_line(data: bytes, line: int | None, said: str) -> None:
    error = refused(data)
    assert said in str(error)
    if line is not None:
        assert error.line == line
        assert str(error).startswith(f"line {line}: ")


def test_sixteen_signatures_are_taken() -> None:
    """The specification asks for at least as many."""
    many = [Signer.from_seed(f"w{each}", bytes([each]) * 32) for each in range(16)]
    note = sign_note(TEXT, *(each.signature(TEXT) for each in many))
    assert len(open_note(note, [each.verifier for each in many]).signed) == 16


@given(at=st.integers(0, len(NOTE) - 1), bit=st.integers(0, 7))
@settings(max_examples=examples(300), deadline=None)
def test_a_flipped_bit_is_refused(at: int, bit: int) -> None:
    """Where both who signed are asked for; a witness renamed by the flip is no witness."""
    data = NOTE[:at] + bytes([NOTE[at] ^ 1 << bit]) + NOTE[at + 1 :]
    try:
        opened = open_note(data, [LOG.verifier, WITNESS.verifier])
    except BadNote:
        return
    assert opened.text == TEXT
    assert len(opened.signed) == 1


@given(end=st.integers(0, len(NOTE) - 1))
@settings(deadline=None)
def test_a_note_that_was_cut_is_refused(end: int) -> None:
    data = NOTE[:end]
    if data.endswith(b"=\n"):  # between two signatures: what is left was signed as it stands
        assert open_note(data, [LOG.verifier]).text == TEXT
        return
    with pytest.raises(BadNote):
        open_note(data, [LOG.verifier])


@given(
    st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode(errors="replace"))
)
@settings(max_examples=examples(200), deadline=None)
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadNote):
        open_note(data, [LOG.verifier])
    with pytest.raises(BadNote):
        open_note(TEXT.encode() + b"\n" + data, [LOG.verifier])


@pytest.mark.parametrize(
    "text", ["AA", "AA=", "A===", "AB==", "AA==\n", " AA==", "A-_=", "AA==AA=="]
)
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(BadNote):
        decode64(text)
    assert decode64("AA==") == b"\x00"
    assert decode64("") == b""


def test_a_note_keeps_empty_lines_of_its_text() -> None:
    assert read_note(NOTE).text == TEXT
    assert read_note(b"\n\n" + "— x AAAAAAA=\n".encode()).text == "\n"
    assert [each.line for each in read_note(NOTE).signatures] == [5, 6]


def test_two_keys_that_nobody_could_tell_apart_are_refused() -> None:
    """Their ids would have to collide; here they do by force."""

    class Twin(VerifierKey):
        @property
        def id(self) -> bytes:
            return LOG.verifier.id

    twin = Twin(LOG.name, KeyType.NOTE, NEXT.verifier.public)
    assert "two known keys" in str(refused(NOTE, LOG.verifier, twin))


def test_a_time_is_told_in_whole_seconds() -> None:
    half = datetime.fromtimestamp(SEEN_AT.timestamp() + 0.5, tz=SEEN_AT.tzinfo)
    assert WITNESS.signature(TEXT, half) == WITNESS.signature(TEXT, SEEN_AT)
