"""Reads for the export as plain-text accounting: accounts and entries, streamed."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Account, Entry, Log
from credit.queries.entries import EntryRow, sides_of
from credit.rules.plain_accounts import Moved, Said, Standing

_AT_ONCE = 1_000


def first_and_last(session: Session) -> tuple[datetime, datetime] | None:
    """When the ledger begins and ends; None when it is empty."""
    opened = session.scalar(select(func.min(Account.opened_at)))
    first, last = session.execute(select(func.min(Entry.at), func.max(Entry.at))).one()
    known = [moment for moment in (opened, first, last) if moment is not None]
    return (min(known), max(known)) if known else None


def newest_origin(session: Session) -> str | None:
    """The name of the log that is written now."""
    return session.scalar(select(Log.origin).order_by(Log.number.desc()).limit(1))


def districts(session: Session) -> list[str]:
    """Every district in which something was written."""
    both = select(Account.district).union(select(Entry.district)).subquery()
    return list(session.scalars(select(both.c.district).order_by(both.c.district)))


def standings(session: Session) -> Iterator[Standing]:
    """Every holder's account as it is kept."""
    statement = select(
        Account.district, Account.id, Account.unit, Account.balance, Account.held
    ).order_by(Account.district, Account.id)
    for row in session.execute(statement.execution_options(yield_per=_AT_ONCE)):
        yield Standing(*row)


def everything_said_and_moved(session: Session) -> Iterator[Moved | Said]:
    """Every entry, in the order in which they happened."""
    statement = select(*Entry.__table__.columns).order_by(Entry.at, Entry.district, Entry.id)
    for row in session.execute(statement.execution_options(yield_per=_AT_ONCE)):
        yield _told(EntryRow(**row._mapping))


def _told(row: EntryRow) -> Moved | Said:
    sides = sides_of(row)
    if sides is not None:
        return Moved(
            row.district, row.id, row.kind, sides.unit, sides.account_id, sides.issuer,
            sides.to_holder, sides.amount, sides.rule, row.of_id, row.at,
        )  # fmt: skip
    if row.digest is None:
        raise ValueError(f"{row.id} is neither a transfer nor a statement")
    return Said(row.district, row.id, row.kind, row.digest, row.at)
