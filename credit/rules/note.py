"""Signed notes (C2SP signed-note): a text, and below it who signed it; Ed25519.

Two types of key: 0x01 signs the text, 0x04 (tlog-cosignature) signs the text and the time at which
a witness saw it. Signatures of unknown keys are left alone, as the specification demands: a
witness of somebody else may stand on our checkpoint.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_LENGTH = 32
ID_LENGTH = 4
SIGNATURE_LENGTH = 64
TIME_LENGTH = 8
LONGEST = 65_536
MOST_SIGNATURES = 100
_DASH = "— "  # an em dash, by the specification
_SECRET = "PRIVATE+KEY+"  # noqa: S105  how such a line begins (Go's sumdb/note), no secret


class BadNote(ValueError):
    """What is no signed note, or is signed by nobody we know. ``line`` counts from one."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


class KeyType(IntEnum):
    """What a key signs."""

    NOTE = 0x01
    COSIGNATURE = 0x04


# --- keys -----------------------------------------------------------------------------------------


def key_id(name: str, kind: KeyType, public: bytes) -> bytes:
    """Four bytes by which a signature names its key; no protection against anybody."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:ID_LENGTH]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature is believed: written ``name+id+base64``, on posters too."""

    name: str
    kind: KeyType
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != KEY_LENGTH:
            raise BadNote(f"a verifier key has {KEY_LENGTH} bytes")

    @property
    def id(self) -> bytes:
        """Its four bytes."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        material = encode64(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.id.hex()}+{material}"

    def verify(self, text: str, payload: bytes) -> int | None:
        """The time of a cosignature, None for a plain one. Raises BadNote when it is not right."""
        timed = self.kind is KeyType.COSIGNATURE
        begin = TIME_LENGTH if timed else 0
        if len(payload) != begin + SIGNATURE_LENGTH:
            raise BadNote(f"a signature of {self.name} has {begin + SIGNATURE_LENGTH} bytes")
        at = int.from_bytes(payload[:begin], "big") if timed else None
        if at is not None and at >= 2**63:
            raise BadNote(f"the cosignature of {self.name} bears no possible time")
        key = Ed25519PublicKey.from_public_bytes(self.public)
        try:
            key.verify(payload[begin:], _message(text, at))
        except InvalidSignature as error:
            raise BadNote(f"the signature of {self.name} is not for this text") from error
        return at


def _message(text: str, at: int | None) -> bytes:
    return (text if at is None else f"cosignature/v1\ntime {at}\n{text}").encode()


def read_verifier_key(text: str) -> VerifierKey:
    """The key of a line ``name+id+base64``. Refuses one whose id is not that of its key."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise BadNote("a verifier key is written name+id+key")
    name, named_id, material = parts
    kind, public = _material(material)
    key = VerifierKey(name, kind, public)
    if str(key) != text:
        raise BadNote(f"the key id of {name} is {key.id.hex()}, not {named_id[:20]}")
    return key


def _material(text: str) -> tuple[KeyType, bytes]:
    material = decode64(text)
    if len(material) != 1 + KEY_LENGTH or material[0] not in set(KeyType):
        raise BadNote("a key is of type 1 or 4 and has 32 bytes")
    return KeyType(material[0]), material[1:]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise BadNote("the name of a key is not empty and has neither spaces nor +")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BadNote("the name of a key is UTF-8") from error


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs. Its ``repr`` does not show the key."""

    name: str
    kind: KeyType
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_seed(cls, name: str, seed: bytes, kind: KeyType = KeyType.NOTE) -> "Signer":
        """The signer of 32 bytes of chance."""
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> VerifierKey:
        """What others need to check its signatures."""
        return VerifierKey(self.name, self.kind, self.key.public_key().public_bytes_raw())

    def secret_line(self) -> str:
        """The private key as one line, as Go's ``sumdb/note`` writes it: for its file only."""
        material = encode64(bytes([self.kind]) + self.key.private_bytes_raw())
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{material}"

    def signature(self, text: str, at: datetime | None = None) -> str:
        """The signature line for a text; a cosigner must say when."""
        if (at is None) is (self.kind is KeyType.COSIGNATURE):
            raise BadNote("a cosignature bears a time, and nothing else does")
        if at is not None and (at.utcoffset() is None or at.timestamp() < 0):
            raise BadNote("the time of a cosignature has a zone and is after 1970")
        seconds = None if at is None else int(at.timestamp())
        stamp = b"" if seconds is None else seconds.to_bytes(TIME_LENGTH, "big")
        payload = stamp + self.key.sign(_message(text, seconds))
        return f"{_DASH}{self.name} {encode64(self.verifier.id + payload)}\n"


def read_signer(line: str) -> Signer:
    """The signer of a secret line. No message repeats what stands in it."""
    parts = line.removeprefix(_SECRET).split("+", 2)
    if not line.startswith(_SECRET) or len(parts) != 3:
        raise BadNote("a private key is written PRIVATE+KEY+name+id+key")
    kind, seed = _material(parts[2])
    signer = Signer.from_seed(parts[0], seed, kind)
    if signer.secret_line() != line:
        raise BadNote("the id of the private key is not that of its key")
    return signer


# --- notes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a text; nothing is said yet of whether it is right."""

    name: str
    key_id: bytes
    payload: bytes
    line: int


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends its last line, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A text that somebody we know has signed: by whom, and when for a cosigner."""

    text: str
    signed: tuple[tuple[VerifierKey, int | None], ...]


def sign_note(text: str, *lines: str) -> bytes:
    """A note of a text and signature lines (``Signer.signature``). Checks that it can be read."""
    note = f"{text}\n{''.join(lines)}".encode()
    read_note(note)
    return note


def read_note(data: bytes) -> Note:
    """Text and signatures, none of them checked. Raises BadNote and names the bad line."""
    if len(data) > LONGEST:
        raise BadNote(f"longer than {LONGEST} bytes")
    whole = _plain_text(data)
    text, gap, signed = whole.rpartition("\n\n")
    if not gap or not signed.endswith("\n"):
        raise BadNote("ends without an empty line and signatures", whole.count("\n") + 1)
    text += "\n"
    lines = signed[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote(f"more than {MOST_SIGNATURES} signatures")
    first = text.count("\n") + 2
    return Note(text, tuple(_signature(line, first + at) for at, line in enumerate(lines)))


def _plain_text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadNote("not UTF-8", data.count(b"\n", 0, error.start) + 1) from error
    for at, char in enumerate(text):
        if char < " " and char != "\n":
            raise BadNote("a control character", text.count("\n", 0, at) + 1)
    return text


def _signature(text: str, line: int) -> Signature:
    name, space, encoded = text.removeprefix(_DASH).partition(" ")
    if not text.startswith(_DASH) or not space:
        raise BadNote("a signature is an em dash, a name and base64", line)
    try:
        _check_name(name)
        found = decode64(encoded)
    except BadNote as error:
        raise BadNote(error.reason, line) from error
    if len(found) <= ID_LENGTH:
        raise BadNote("a signature that is only an id", line)
    return Signature(name, found[:ID_LENGTH], found[ID_LENGTH:], line)


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> Opened:
    """The text, if at least one known key signed it and no signature of a known key is wrong."""
    note = read_note(data)
    known = _by_name_and_id(keys)
    signed: dict[VerifierKey, int | None] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if key in signed:
            raise BadNote(f"{key.name} signed twice", signature.line)
        try:
            signed[key] = key.verify(note.text, signature.payload)
        except BadNote as error:
            raise BadNote(error.reason, signature.line) from error
    if not signed:
        raise BadNote("signed by nobody who is known")
    return Opened(note.text, tuple(signed.items()))


def _by_name_and_id(keys: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.id), key) != key:
            raise BadNote(f"two known keys are called {key.name} and have one id")
    return known


def add_signatures(data: bytes, lines: Sequence[str]) -> bytes:
    """A note with further signatures below those that it has, e.g. those of witnesses."""
    read_note(data)
    grown = data + "".join(lines).encode()
    read_note(grown)
    return grown


# --- base64 ---------------------------------------------------------------------------------------


def encode64(data: bytes) -> str:
    """Standard base64 with its padding."""
    return b64encode(data).decode()


def decode64(text: str) -> bytes:
    """The bytes of base64 in its one right spelling: no spaces, no bits left over at the end."""
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise BadNote("no base64") from error
    if encode64(data) != text:
        raise BadNote("base64 that is not spelt in the one right way")
    return data
