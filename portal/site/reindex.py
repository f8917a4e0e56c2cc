"""The search made anew after an upgrade that makes tokens otherwise: in batches, and resumable."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from portal.kernel import tokens
from portal.kernel.db import Database
from portal.kernel.search import SearchIndex
from portal.reports.service.search import reindex_cases

# an index and its next step: from where the last one came to (or "") to where it comes itself
INDEXES: Final[Mapping[str, Callable[[Session, str], str | None]]] = {"reports": reindex_cases}


def stale(session: Session) -> list[str]:
    """The indexes that were made by other tables of characters, or are half made."""
    return [name for name in INDEXES if not _is_whole(session.get(SearchIndex, name))]


def _is_whole(row: SearchIndex | None) -> bool:
    return row is not None and row.version == tokens.version() and row.reached is None


def bring_up(
    database: Database, say: Callable[[str, int], None] = lambda _name, _batch: None
) -> None:
    """Make every stale index anew. Each batch is its own transaction: when the power fails, the
    next start goes on where this one came to; two at once do the same work twice and no harm.
    """
    with database.read() as session:
        names = stale(session)
    for name in names:
        batches = 0
        while _step(database, name):
            batches += 1
            say(name, batches)


def _step(database: Database, name: str) -> bool:
    """One batch; False when there is nothing left to do."""
    with database.write() as session:
        row = session.get(SearchIndex, name)
        if _is_whole(row):
            return False
        if row is None:
            row = SearchIndex(name=name, version="", reached=None)
            session.add(row)
        if row.version != tokens.version():
            row.version, row.reached = tokens.version(), ""
        row.reached = INDEXES[name](session, row.reached or "")
        return row.reached is not None
