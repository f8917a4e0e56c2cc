"""One entry held against its leaf, the entry that it speaks of, its rule and its clock."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.entries import EntryRow, issuers_of
from credit.queries.whole import Line, entries_by_id
from credit.rules.canonical import NotCanonical
from credit.rules.flaws import (
    Book,
    Flaw,
    flaw_of_clock,
    flaw_of_earlier,
    flaw_of_form,
    flaw_of_rule,
)
from credit.rules.leaf import BadLeaf
from credit.service.writing import leaf_hash

Books: TypeAlias = Mapping[str, Book]
Earlier: TypeAlias = Mapping[tuple[str, UUID], EntryRow]
Place: TypeAlias = tuple[int, int]


def earlier_of(session: Session, lines: Sequence[Line]) -> Earlier:
    """The entries that these speak of, all in one go."""
    return entries_by_id(
        session,
        {
            (line.entry.district, line.entry.of_id)
            for line in lines
            if line.entry is not None and line.entry.of_id is not None
        },
    )


def flaw_of_line(line: Line, place: Place | None, earlier: Earlier, books: Books) -> Flaw | None:
    """What is wrong with one entry; ``place`` is its log and number."""
    row = line.entry
    if row is None:
        return Flaw.ENTRY_GONE
    try:
        if leaf_hash(row) != line.leaf_hash:
            return Flaw.ENTRY_CHANGED
    except (BadLeaf, NotCanonical, ValueError):
        return Flaw.ENTRY_CHANGED
    before = earlier.get((row.district, row.of_id)) if row.of_id else None
    return (
        flaw_of_form(row, issuers_of(row.district, row.unit) if row.unit else {})
        or flaw_of_earlier(row, before)
        or flaw_of_clock(row, before)
        or flaw_of_rule(row, place, books.get(row.district, {}))
    )
