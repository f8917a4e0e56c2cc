"""Messages leave in the transaction that gave rise to them: no commit, no message; no loss either.

A row holds a template's code and its *sealed* facts (links, codes and addresses are personal); the
words are made at delivery, in the receiver's language, and everything readable is wiped once sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    MAIL = "mail"
    WEBHOOK = "webhook"


class OutboxState(StrEnum):
    """The life of a message: waiting, sent, or given up after the last try."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OutboxMessage(Base):
    """One message to one receiver."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_state_due_at", "state", "due_at"),
        Index("ix_outbox_message_subject", "subject"),
        CheckConstraint("attempts >= 0", name="attempts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[Channel] = code_column(Channel)
    template: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    sealed_to: Mapped[str | None] = mapped_column(Text)
    sealed_facts: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[OutboxState] = code_column(OutboxState, default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))


def post_message(
    session: Session,
    *,
    channel: Channel,
    to: str,
    template: str,
    facts: Mapping[str, Any],
    now: datetime,
    language: str = "zh_Hans",
    due_at: datetime | None = None,
    subject: str | None = None,
) -> None:
    """Queue a message in this transaction. ``template`` is registered by a ``labels.py``.

    ``subject`` (like ``case:7K…``) lets later events cancel what became pointless.
    """
    vault = instance_of(session).vault
    session.add(
        OutboxMessage(
            channel=channel,
            template=template,
            language=language,
            sealed_to=vault.seal(to),
            sealed_facts=vault.seal(json.dumps(dict(facts), ensure_ascii=False)),
            subject=subject,
            created_at=now,
            due_at=due_at or now,
        )
    )


def cancel_messages(session: Session, subject: str) -> None:
    """Withdraw what waits under a subject, e.g. a reminder to somebody who has answered."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.subject == subject, OutboxMessage.state == OutboxState.WAITING)
        .values(state=OutboxState.CANCELLED, sealed_to=None, sealed_facts=None)
    )


def cancel_messages_below(session: Session, subject: str) -> None:
    """Withdraw what waits under the parts of a subject, e.g. ``notice:7K…:`` and to whom."""
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.subject.startswith(f"{subject}:", autoescape=True),
            OutboxMessage.state == OutboxState.WAITING,
        )
        .values(state=OutboxState.CANCELLED, sealed_to=None, sealed_facts=None)
    )


def wipe_messages(session: Session, subject: str) -> None:
    """Leave nothing readable of what was posted under a subject; what waits is withdrawn."""
    mine = OutboxMessage.subject == subject
    session.execute(
        update(OutboxMessage)
        .where(mine, OutboxMessage.state == OutboxState.WAITING)
        .values(state=OutboxState.CANCELLED)
    )
    session.execute(update(OutboxMessage).where(mine).values(sealed_to=None, sealed_facts=None))


def release_messages(session: Session, subject: str, now: datetime) -> None:
    """Let go what was held back until later and nobody began to send: life has gone on.

    It becomes due when it was posted, so that it leaves before what is posted now.
    """
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.subject == subject,
            OutboxMessage.state == OutboxState.WAITING,
            OutboxMessage.attempts == 0,
            OutboxMessage.due_at > now,
            OutboxMessage.created_at < now,
        )
        .values(due_at=OutboxMessage.created_at)
        .execution_options(synchronize_session=False)
    )


def recall_messages(session: Session, subject: str, *, posted_at: datetime) -> bool:
    """Withdraw what was posted at a moment; False when some of it may have been read already.

    A message counts as read from the first try on: a worker that claimed it may be sending it now.
    """
    mine = (OutboxMessage.subject == subject, OutboxMessage.created_at == posted_at)
    session.execute(
        update(OutboxMessage)
        .where(*mine, OutboxMessage.state == OutboxState.WAITING, OutboxMessage.attempts == 0)
        .values(state=OutboxState.CANCELLED, sealed_to=None, sealed_facts=None)
        .execution_options(synchronize_session=False)
    )
    gone = select(func.count()).select_from(OutboxMessage)
    gone = gone.where(*mine, OutboxMessage.state != OutboxState.CANCELLED)
    return session.scalar(gone) == 0


@dataclass(frozen=True)
class Backlog:
    """What the outbox holds that should have left; ``oldest_seconds`` since it was due."""

    waiting: int
    oldest_seconds: float
    failed: int


def backlog(session: Session, *, now: datetime) -> Backlog:
    """How much is due and not sent, and how much was given up, by the index of states."""
    due = select(func.count(), func.min(OutboxMessage.due_at)).where(
        OutboxMessage.state == OutboxState.WAITING, OutboxMessage.due_at <= now
    )
    waiting, oldest = session.execute(due).one()
    failed = select(func.count()).where(OutboxMessage.state == OutboxState.FAILED)
    seconds = (now - oldest).total_seconds() if oldest is not None else 0.0
    return Backlog(waiting, seconds, session.scalar(failed) or 0)
