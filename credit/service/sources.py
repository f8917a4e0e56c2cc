"""What an entry comes from, as a keyed hash: it can be matched, and tells nobody anything."""

import hmac
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.kernel.instance import instance_of


def hash_source(session: Session, *parts: object) -> bytes:
    """The hash of a source. Each part has its length before it, so no two lists are one text."""
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    key = instance_of(session).vault.derive("credit/source")
    return hmac.new(key, text.encode(), sha256).digest()
