"""Statements: a hash that was said at a moment, sealed beside the entries."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.bodies import Statement
from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
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
) -> Outcome:
    """Seal a thing by the hash of its canonical form, and keep the thing among the details."""
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
