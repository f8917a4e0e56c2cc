"""Statements: a hash that was said at a moment, sealed beside the entries."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.bodies import Statement
from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
from credit.rules.leaf import SALT_LENGTH
from credit.service.posting import Details, Outcome, state


def seal_statement(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    kind: Kind,
    digest: bytes,
    details: Details,
    now: datetime,
    account_id: UUID | None = None,
) -> Outcome:
    """Put a hash into the ledger, for any package: a signed pledge, a release, a decision.

    ``account_id`` says whose it is, so that the details go when she is erased.
    """
    return state(
        session, Statement(district, entry_id, kind, digest), details, at=now, account_id=account_id
    )


def seal_content(
    session: Session,
    district: str,
    kind: Kind,
    content: Mapping[str, Json],
    details: Details,
    *,
    entry_id: UUID,
    now: datetime,
    account_id: UUID | None = None,
    personal: bool = False,
) -> Outcome:
    """Seal a thing by the hash of its canonical form, and keep the thing among the details.

    ``personal``: it is erased one day, and nobody may find it again by guessing at what its hash
    was made of. So a salt is part of it, kept and erased with it (L12, L14); under the same
    ``entry_id`` such a thing cannot be said again. What is public has none: anybody can recompute
    its hash.
    """
    if personal:
        content = {**content, "salt": secrets.token_hex(SALT_LENGTH)}
    return seal_statement(
        session,
        district=district,
        entry_id=entry_id,
        kind=kind,
        digest=sha256(canonical(content)).digest(),
        details=Details(details.source, {**details.facts, "content": content}),
        now=now,
        account_id=account_id,
    )
