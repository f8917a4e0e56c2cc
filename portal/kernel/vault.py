"""Secrets at rest: sealing of personal fields and keyed hashes, from the instance's SECRET_KEY."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# What was made with these lies where it cannot be made anew: on paper, in messages, in the sealed
# log, of people who are forgotten (the marks that protect them are hashes of the hash of a phone).
# When SECRET_KEY changes, their keys are carried on.
CARRIED: Final = frozenset({
    "assessment/liaison", "adoption-rater", "community-rater", "convention/household",
    "conventions/meeting",
    "api-filing", "credit/entry", "credit/guard-outcome", "credit/pick-up", "credit/pick-up/hash",
    "credit/protected-act", "credit/source", "erasure", "follow/confirm", "follow/stop",
    "frontage-rater", "joined", "lookup", "phone", "pin", "pseudonym", "recovery",
    "release/sample", "release/unit", "reports/useful", "shift-rater", "survey-rater",
    "survey-sheet", "volunteers/calendar",
    "volunteers/place-card", "volunteers/place-card/hash",
})  # fmt: skip
# And these begin anew: what they made is sealed or computed again, or gone within days.
RENEWED: Final = frozenset({
    "backup", "browser", "code", "cookies", "key-id", "mail", "receipt", "seal", "session",
    "upload-owner", "volunteers/check-in", "survey-draw", "survey-words",
})  # fmt: skip
_RENEWED_BUCKETS: Final = "rate/"


class Vault:
    """Derives one key for each purpose, so that no hash or token serves for another purpose."""

    def __init__(self, secret_key: str) -> None:
        self._root = secret_key.encode()
        self._carry: Callable[[], Mapping[str, bytes]] | None = None
        self._carried: Mapping[str, bytes] = {}
        self._fernet = Fernet(urlsafe_b64encode(self.derive("seal")))

    @property
    def key_id(self) -> str:
        """A name for this SECRET_KEY that tells nothing of it."""
        return self.derive("key-id").hex()[:16]

    def carry(self, load: Callable[[], Mapping[str, bytes]]) -> None:
        """Where the keys lie that an earlier SECRET_KEY left; asked when one is first needed."""
        self._carry = load

    def derive(self, purpose: str) -> bytes:
        """32 bytes for a purpose (HMAC-SHA256 as a key derivation, NIST SP 800-108 in spirit)."""
        if purpose in CARRIED:
            carried = self._load_carried().get(purpose)
            if carried is not None:
                return carried
        elif purpose not in RENEWED and not purpose.startswith(_RENEWED_BUCKETS):
            raise ValueError(
                f"{purpose}: say in CARRIED or RENEWED what a new SECRET_KEY does to it"
            )
        return hmac.digest(self._root, f"gongzhi/{purpose}".encode(), "sha256")

    def _load_carried(self) -> Mapping[str, bytes]:
        load = self._carry
        if load is not None:
            self._carried = load()
            self._carry = None
        return self._carried

    def seal(self, text: str) -> str:
        """Encrypt a personal field for storage (Fernet: AES-128-CBC with HMAC-SHA256)."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The text again. Raises ValueError when it was sealed with another SECRET_KEY."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise ValueError("sealed with another SECRET_KEY, or damaged") from error

    def keyed_hash(self, purpose: str, text: str) -> str:
        """A pseudonym that can be matched but not guessed without the key: 64 hex characters."""
        return hmac.new(self.derive(purpose), text.encode(), hashlib.sha256).hexdigest()

    def cover(self, purpose: str, key: UUID) -> str:
        """A key as an address may show it: 22 letters that tell no order and no time."""
        return urlsafe_b64encode(self._block(purpose).encryptor().update(key.bytes)).decode()[:22]

    def uncover(self, purpose: str, code: str) -> UUID | None:
        """The key behind a covered one; None for what no key was ever covered as."""
        try:
            key = self._block(purpose).decryptor().update(urlsafe_b64decode(f"{code}=="))
            found = UUID(bytes=key)
        except ValueError:
            return None
        return found if self.cover(purpose, found) == code else None

    def _block(self, purpose: str) -> Cipher[modes.ECB]:
        """One block, so no two are chained and none repeats: a permutation of all keys."""
        return Cipher(algorithms.AES(self.derive(purpose)), modes.ECB())  # noqa: S305 - see above
