"""Identities: keys that sort by time for us, codes without order or time for the public."""

import hashlib
import secrets
import time
import uuid
from datetime import datetime

# Crockford's base 32: no I, L, O or U, so that a code can be read aloud and typed by anyone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIASES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", " ": None, "-": None})
NUMBER_LENGTH = 10
LOOKUP_LENGTH = 8


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 12 bits of the fraction, then chance."""
    return _id_at(time.time_ns(), secrets.randbits(62))


def id_at(moment: datetime, chance: int | None = None) -> uuid.UUID:
    """The key of something that happened at another moment, e.g. what an import brings along."""
    nanoseconds = int(moment.timestamp() * 1_000_000) * 1000
    return _id_at(nanoseconds, secrets.randbits(62) if chance is None else chance)


def _id_at(nanoseconds: int, chance: int) -> uuid.UUID:
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64
    return uuid.UUID(int=value | 0b10 << 62 | chance & (1 << 62) - 1)


def _check_character(body: str) -> str:
    """A weighted sum in GF(2⁵) (polynomial x⁵+x²+1): finds every single wrong character and every
    swap of neighbours, which no sum modulo 32 does."""
    total = 0
    for char in body:
        total = _doubled(total ^ ALPHABET.index(char))
    return ALPHABET[total]


def _doubled(value: int) -> int:
    return (value << 1) ^ (0b100101 if value & 0b10000 else 0)


def new_number() -> str:
    """A public number: nine random characters and a check character, e.g. ``7K3M9-QX2HD``."""
    return number_of(secrets.token_bytes(NUMBER_LENGTH))


def number_of(chance: bytes) -> str:
    """The number that bytes make, nine or more of them: always the same for the same bytes."""
    body = "".join(ALPHABET[byte % len(ALPHABET)] for byte in chance[: NUMBER_LENGTH - 1])
    code = body + _check_character(body)
    return f"{code[:5]}-{code[5:]}"


def clean_number(typed: str) -> str | None:
    """The number a person meant, or None when it cannot be one. Forgives case, O for 0, spaces."""
    code = typed.strip().upper().translate(_ALIASES)
    if len(code) != NUMBER_LENGTH or any(char not in ALPHABET for char in code):
        return None
    if _check_character(code[:-1]) != code[-1]:
        return None
    return f"{code[:5]}-{code[5:]}"


def new_lookup_code() -> str:
    """The secret on a receipt: eight characters, shown in two groups."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LOOKUP_LENGTH))
    return f"{code[:4]} {code[4:]}"


def clean_lookup_code(typed: str) -> str:
    """The look-up code as it is hashed: upper case, no spaces, look-alikes folded."""
    return typed.strip().upper().translate(_ALIASES)


def new_token() -> str:
    """A capability for a link: 128 bits and more, URL-safe."""
    return secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """What is stored of a 128-bit capability: SHA-256 (its entropy needs no salt or stretching)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
