"""Sending what the outbox holds: at least once, by any number of workers, never the same at once.

A worker claims rows for a while (SKIP LOCKED on PostgreSQL, the writers' queue on SQLite), makes
the words in the receiver's language, sends, and wipes what was readable. A worker that dies between
the claim and the sending loses nothing: its claim runs out and another worker sends.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.logs import scrub_text
from portal.kernel.outbox import Channel, OutboxMessage, OutboxState

CLAIM: Final = timedelta(minutes=3)
BATCH: Final = 20
MAX_ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
KEEP_FAILED: Final = timedelta(days=7)
KEEP_SENT: Final = timedelta(days=90)

log = structlog.get_logger("gongzhi.delivery")

# template, facts, language → the words
Compose = Callable[[str, Mapping[str, Any], str], str]


class DeliveryFailed(Exception):
    """A letter could not be handed over; the text says why, without naming the receiver."""


@dataclass(frozen=True)
class Letter:
    """A message ready to leave."""

    id: UUID
    channel: Channel
    to: str = field(repr=False)
    template: str
    text: str = field(repr=False)
    at: datetime
    # where one POST stops such letters: for the button that mail programs show (RFC 8058)
    unsubscribe: str | None = field(default=None, repr=False)


class Courier(Protocol):
    """One way of sending. Raises DeliveryFailed, or OSError when the line is dead."""

    def send(self, letter: Letter) -> None: ...


@dataclass(frozen=True)
class Claimed:
    """A row that is ours until ``until``."""

    id: UUID
    channel: Channel
    template: str
    language: str
    sealed_to: str = field(repr=False)
    sealed_facts: str = field(repr=False)
    attempts: int
    until: datetime


def claim_messages(session: Session, *, now: datetime, limit: int = BATCH) -> list[Claimed]:
    """Take due rows for ourselves. Rows that another worker is taking right now are passed over."""
    row = OutboxMessage
    due = (
        select(row.id, row.channel, row.template, row.language, row.sealed_to, row.sealed_facts,
               row.attempts)
        .where(row.state == OutboxState.WAITING, row.due_at <= now)
        .where(or_(row.claimed_until.is_(None), row.claimed_until <= now))
        .order_by(row.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    until = now + CLAIM
    found = [
        Claimed(r.id, r.channel, r.template, r.language, r.sealed_to or "", r.sealed_facts or "",
                r.attempts + 1, until)
        for r in session.execute(due)
    ]  # fmt: skip
    if found:
        session.execute(
            update(row)
            .where(row.id.in_([claimed.id for claimed in found]))
            .values(claimed_until=until, attempts=row.attempts + 1)
        )
    return found


def deliver_due(
    database: Database, couriers: Mapping[Channel, Courier], compose: Compose,
    clock: Callable[[], datetime], *, limit: int = BATCH,
) -> int:  # fmt: skip
    """Send what is due; how many left. Each letter is settled in a transaction of its own."""
    if not _anything_due(database, clock()):
        return 0
    with database.write() as session:
        claimed = claim_messages(session, now=clock(), limit=limit)
    sent = 0
    for row in claimed:
        if clock() >= row.until:
            break  # slow couriers: what we no longer hold belongs to whoever claims it next
        error = _hand_over(database, row, couriers, compose, clock())
        with database.write() as session:
            if error is None:
                sent += _settle_sent(session, row, clock())
            else:
                _settle_failed(session, row, error, clock())
    return sent


def _anything_due(database: Database, now: datetime) -> bool:
    """An idle worker only reads."""
    row = OutboxMessage
    with database.read() as session:
        found = session.scalar(
            select(row.id)
            .where(row.state == OutboxState.WAITING, row.due_at <= now)
            .where(or_(row.claimed_until.is_(None), row.claimed_until <= now))
            .limit(1)
        )
    return found is not None


def _hand_over(
    database: Database, row: Claimed, couriers: Mapping[Channel, Courier], compose: Compose,
    now: datetime,
) -> str | None:  # fmt: skip
    """Send one letter; the reason when it did not go, in words that name nobody."""
    courier = couriers.get(row.channel)
    if courier is None:
        return f"no way to send {row.channel.value} is set up"
    try:
        letter = _open_letter(database, row, compose, now)
    except (KeyError, ValueError, TypeError) as error:
        log.exception("message cannot be composed", template=row.template)
        return f"cannot be composed: {type(error).__name__} {scrub_text(str(error))}"[:200]
    try:
        courier.send(letter)
    except (DeliveryFailed, OSError) as error:
        return scrub_text(str(error) or type(error).__name__)[:200]
    except ValueError as error:
        # an address that no header can hold must not stop the letters behind it
        return f"cannot be sent: {type(error).__name__}"
    return None


def _open_letter(database: Database, row: Claimed, compose: Compose, now: datetime) -> Letter:
    with database.read() as session:
        vault = instance_of(session).vault
    facts = json.loads(vault.unseal(row.sealed_facts))
    text = compose(row.template, facts, row.language)
    to, stop = vault.unseal(row.sealed_to), facts.get("one_click")
    return Letter(row.id, row.channel, to, row.template, text, now, unsubscribe=stop)


def _mine(row: Claimed) -> tuple[Any, ...]:
    return (
        OutboxMessage.id == row.id,
        OutboxMessage.state == OutboxState.WAITING,
        OutboxMessage.claimed_until == row.until,
    )


def _settle_sent(session: Session, row: Claimed, now: datetime) -> int:
    return changed_rows(
        session,
        update(OutboxMessage)
        .where(*_mine(row))
        .values(
            state=OutboxState.SENT,
            sent_at=now,
            claimed_until=None,
            error=None,
            sealed_to=None,
            sealed_facts=None,
        ),
    )


def _settle_failed(session: Session, row: Claimed, error: str, now: datetime) -> None:
    """Try again later, and later still; after the last try the row stays for people to see."""
    final = row.attempts >= MAX_ATTEMPTS
    log.warning("message not sent", template=row.template, attempt=row.attempts, reason=error)
    session.execute(
        update(OutboxMessage)
        .where(*_mine(row))
        .values(
            state=OutboxState.FAILED if final else OutboxState.WAITING,
            due_at=now + wait_before(row.attempts),
            claimed_until=None,
            error=error,
        )
    )


def wait_before(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most six hours."""
    doublings: int = 2 ** (attempts - 1)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def forget_messages(session: Session, *, now: datetime) -> None:
    """Wipe what never could be sent after a week, and drop settled rows after three months."""
    row = OutboxMessage
    session.execute(
        update(row)
        .where(row.state.in_([OutboxState.FAILED, OutboxState.CANCELLED]))
        .where(row.created_at < now - KEEP_FAILED, row.sealed_facts.is_not(None))
        .values(sealed_to=None, sealed_facts=None)
    )
    session.execute(
        delete(row).where(row.state != OutboxState.WAITING, row.created_at < now - KEEP_SENT)
    )
