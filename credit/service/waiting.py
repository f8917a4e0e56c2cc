"""What waits while the ledger stands still: facts that were told, erasures to be sealed."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import WaitingFact
from credit.queries.waiting import WaitingRow, next_waiting
from credit.rules.canonical import Json
from credit.rules.kinds import Kind, Party
from credit.service.known import HALTED
from credit.service.posting import Details
from credit.service.sources import hash_source
from credit.service.statements import seal_content
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


def let_wait(
    session: Session,
    district: str,
    source_hash: bytes,
    content: Mapping[str, Json],
    *,
    party: Party | None = None,
    holder_id: UUID | None = None,
    happened_at: datetime,
    now: datetime,
) -> None:
    """Keep something for the day on which the ledger goes on; told twice, it waits once."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(WaitingFact)
        .values(
            district=district, source_hash=source_hash, party=party, holder_id=holder_id,
            sealed_fact=instance_of(session).vault.seal(json.dumps(content)),
            happened_at=happened_at, told_at=now,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def seal_erasure(session: Session, district: str, account_id: UUID, *, now: datetime) -> None:
    """Say in the log that an account was erased; later, when the ledger stands still.

    The account stands in the statement; nobody can tell any more whose it was.
    """
    say_erased(session, district, {"account": str(account_id), "at": now.isoformat()}, now=now)


def say_erased(
    session: Session, district: str, content: Mapping[str, Json], *, now: datetime
) -> None:
    """Seal the statement of an erasure, or let it wait (again)."""
    outcome = seal_content(
        session, district, Kind.ERASURE, content, Details("erasure"), entry_id=new_id(), now=now
    )
    if outcome == HALTED:
        source = hash_source(session, district, "erasure", content["account"])
        let_wait(session, district, source, content, happened_at=now, now=now)


def forget_waiting(session: Session, person_id: UUID) -> None:
    """A person is erased: what waits of her is never written down."""
    session.execute(
        delete(WaitingFact).where(
            WaitingFact.party == Party.PERSON, WaitingFact.holder_id == person_id
        )
    )


def forget_source(session: Session, district: str, source_hash: bytes) -> None:
    """A fact was no fact: it is never written down."""
    session.execute(
        delete(WaitingFact).where(
            WaitingFact.district == district, WaitingFact.source_hash == source_hash
        )
    )


def take_waiting(session: Session) -> WaitingRow | None:
    """What has waited longest, taken out of the table: it is written down in this transaction."""
    row = next_waiting(session)
    if row is not None:
        session.execute(
            delete(WaitingFact).where(
                WaitingFact.district == row.district, WaitingFact.source_hash == row.source_hash
            )
        )
    return row
