"""Keys for tests. Every seed is made up and signs nothing outside."""

from datetime import UTC, datetime

from credit.rules.note import KeyType, Signer

ORIGIN = "gongzhi.example/credit/log"
LOG = Signer.from_seed(ORIGIN, bytes(range(32)))
NEXT = Signer.from_seed(ORIGIN, bytes(range(1, 33)))
STRANGER = Signer.from_seed("other.example/log", bytes(range(2, 34)))
WITNESS = Signer.from_seed("witness.example/w1", bytes(range(3, 35)), KeyType.COSIGNATURE)
LIBRARY = Signer.from_seed("library.example/w2", bytes(range(4, 36)), KeyType.COSIGNATURE)
SEEN_AT = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
