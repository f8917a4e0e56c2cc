"""Drafts: answers kept on the server, sealed, so that no error, sign-in or flat battery loses them.

A draft is reached by the token in a cookie; once its writer signs in it is hers alone, on every
device. Each save names the version it was made from: of two tabs one wins, the other is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict
from portal.kernel.ids import hash_token
from portal.kernel.instance import instance_of
from portal.kernel.uploads import drop_uploads_of
from portal.reports.models import Draft
from portal.reports.rules.intake import (
    DRAFT_LIFETIME,
    RECEIPT_LIFETIME,
    DraftRefusal,
    ReportAnswers,
    from_text,
    to_text,
)


@dataclass(frozen=True)
class DraftRow:
    """A draft as its writer sees it. Version 0 is one that nothing has been saved in yet."""

    token_hash: str
    person_id: UUID | None = None
    answers: ReportAnswers = field(default_factory=ReportAnswers)
    version: int = 0
    id: UUID | None = None
    created_at: datetime | None = None
    submitted_number: str | None = None

    @property
    def owner(self) -> str:
        """Whose the draft's pending photos are."""
        return f"draft:{self.token_hash}"

    @property
    def begun(self) -> bool:
        """Whether something was answered that would be a pity to lose."""
        return self.answers != ReportAnswers(language=self.answers.language)


_COLUMNS = (
    Draft.token_hash, Draft.person_id, Draft.sealed_answers, Draft.version, Draft.id,
    Draft.created_at, Draft.submitted_number,
)  # fmt: skip
_Statement = Select[*tuple[Any, ...]]


def _row(session: Session, statement: _Statement) -> DraftRow | None:
    found = session.execute(statement).first()
    if found is None:
        return None
    token_hash, person_id, sealed, version, draft_id, created_at, number = found
    vault = instance_of(session).vault
    # a submitted draft holds the receipt instead
    answers = ReportAnswers() if number else from_text(vault.unseal(sealed))
    return DraftRow(token_hash, person_id, answers, version, draft_id, created_at, number)


def find_draft(
    session: Session, token: str | None, person_id: UUID | None, now: datetime
) -> DraftRow | None:
    """The draft behind a cookie, or else the signed-in person's last open one, or a blank one.

    None when the cookie's token cannot be used: there is none, or its draft is somebody else's.
    """
    living = select(*_COLUMNS).where(Draft.expires_at > now)
    if token:
        row = _row(session, living.where(Draft.token_hash == hash_token(token)))
        if row is not None and row.person_id in {None, person_id}:
            return row
    if person_id is not None:
        own = living.where(Draft.person_id == person_id, Draft.submitted_number.is_(None))
        row = _row(session, own.order_by(Draft.updated_at.desc()).limit(1))
        if row is not None:
            return row
    return _blank(session, token) if token else None


def _blank(session: Session, token: str) -> DraftRow | None:
    """Nothing saved yet under a token of nobody."""
    known = select(Draft.id).where(Draft.token_hash == hash_token(token))
    return None if session.scalar(known) else DraftRow(hash_token(token))


def save_draft(
    session: Session,
    draft: DraftRow,
    seen: int,
    changes: Mapping[str, Any],
    *,
    person_id: UUID | None,
    now: datetime,
) -> ReportAnswers:
    """Put some answers into a draft made from version ``seen``. Raises Conflict for the slower."""
    answers = replace(draft.answers, **changes)
    sealed = instance_of(session).vault.seal(to_text(answers))
    if draft.version == 0:
        _begin(session, draft, sealed, person_id, now)
        return answers
    owner = {"person_id": person_id} if person_id else {}
    statement = (
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == seen, Draft.submitted_number.is_(None))
        .values(sealed_answers=sealed, version=seen + 1, updated_at=now, **owner)
    )
    if changed_rows(session, statement) != 1:
        raise Conflict(_why(session, draft))
    return answers


def _begin(
    session: Session, draft: DraftRow, sealed: str, person_id: UUID | None, now: datetime
) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(Draft)
        .values(
            token_hash=draft.token_hash,
            person_id=person_id,
            sealed_answers=sealed,
            version=1,
            created_at=now,
            updated_at=now,
            expires_at=now + DRAFT_LIFETIME,
        )
        .on_conflict_do_nothing()
    )
    if changed_rows(session, statement) != 1:
        raise Conflict(_why(session, draft))


def _why(session: Session, draft: DraftRow) -> DraftRefusal:
    number = session.scalar(
        select(Draft.submitted_number).where(Draft.token_hash == draft.token_hash)
    )
    return DraftRefusal.SENT_ALREADY if number else DraftRefusal.CHANGED_ELSEWHERE


def claim_draft(session: Session, draft: DraftRow, seen: int, now: datetime) -> None:
    """Take a draft for filing: the first write of the transaction, and only one can make it."""
    statement = (
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == seen, Draft.submitted_number.is_(None))
        .values(version=seen + 1, updated_at=now)
    )
    if draft.version == 0 or changed_rows(session, statement) != 1:
        raise Conflict(_why(session, draft))


def keep_receipt(
    session: Session,
    draft: DraftRow,
    number: str,
    receipt: str,
    now: datetime,
    *,
    lifetime: timedelta = RECEIPT_LIFETIME,
) -> None:
    """Forget the answers; hold the receipt, sealed, for the writer to note down for a while."""
    session.execute(
        update(Draft)
        .where(Draft.token_hash == draft.token_hash)
        .values(
            submitted_number=number,
            sealed_answers=instance_of(session).vault.seal(receipt),
            expires_at=now + lifetime,
        )
    )


def find_receipt(
    session: Session, token: str | None, person_id: UUID | None, now: datetime
) -> str | None:
    """The receipt behind a cookie, or the signed-in person's last one, as long as it is held."""
    held = select(Draft.sealed_answers).where(
        Draft.submitted_number.is_not(None),
        Draft.expires_at > now,
        # a report from a kept draft is remembered for longer, but not to be shown
        Draft.updated_at > now - RECEIPT_LIFETIME,
    )
    sealed = None
    if token:
        of_token = Draft.token_hash == hash_token(token)
        # the next at a shared computer must not find it
        visible = or_(Draft.person_id.is_(None), Draft.person_id == person_id)
        sealed = session.scalar(held.where(of_token, visible))
    if sealed is None and person_id is not None:
        own = held.where(Draft.person_id == person_id)
        sealed = session.scalar(own.order_by(Draft.updated_at.desc()).limit(1))
    return instance_of(session).vault.unseal(sealed) if sealed else None


def discard_draft(session: Session, draft: DraftRow, now: datetime) -> None:
    """Forget a draft at its writer's wish, with its photos."""
    unsent = delete(Draft).where(Draft.id == draft.id, Draft.submitted_number.is_(None))
    if changed_rows(session, unsent):
        drop_uploads_of(session, draft.owner, now)


def expire_drafts(session: Session, now: datetime) -> int:
    """Forget drafts and receipts whose time is over; how many."""
    return changed_rows(session, delete(Draft).where(Draft.expires_at <= now))


def erase_drafts(session: Session, person_id: UUID, now: datetime) -> None:
    """Forget everything a person has begun, and the receipts that are still held."""
    of_person = Draft.person_id == person_id
    for token_hash in session.scalars(select(Draft.token_hash).where(of_person)).all():
        drop_uploads_of(session, DraftRow(token_hash).owner, now)
    session.execute(delete(Draft).where(of_person))
