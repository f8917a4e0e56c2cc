"""Codes that change with the clock: shown on a screen, scanned by those who are there."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from portal.kernel.ids import number_of
from portal.kernel.vault import Vault

# a code is shown so long; the one before it is taken too
STEP_SECONDS: Final = 60


def code_now(vault: Vault, purpose: str, key: UUID, now: datetime, back: int = 0) -> str:
    """The code of a thing at a moment, or so many steps before. It is stored nowhere."""
    step = int(now.timestamp()) // STEP_SECONDS - back
    return number_of(_drawn(vault, purpose, key.bytes + step.to_bytes(8, "big")))


def code_on_paper(vault: Vault, purpose: str, key: UUID) -> str:
    """The code of a thing that hangs on a wall: always the same, and stored nowhere either."""
    return number_of(_drawn(vault, purpose, key.bytes))


def _drawn(vault: Vault, purpose: str, message: bytes) -> bytes:
    return hmac.new(vault.derive(purpose), message, sha256).digest()


def code_holds(vault: Vault, purpose: str, key: UUID, code: str, now: datetime) -> bool:
    """Whether a code is that of this step or of the one before."""
    return any(same(code, code_now(vault, purpose, key, now, back)) for back in (0, 1))


def same(one: str, other: str) -> bool:
    """Whether two codes are one, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
