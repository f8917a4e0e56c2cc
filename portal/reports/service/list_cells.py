"""Cells that lists of who is responsible and of contracts share. All readers raise ValueError."""

from collections.abc import Container
from datetime import date

from portal.kernel.tables import TableRow
from portal.reports.rules.categories import FunctionGroup


def read_term(row: TableRow) -> tuple[date, date | None]:
    """The first day, and the first one on which it holds no more."""
    valid_from = date.fromisoformat(row["valid_from"])
    valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    if valid_to is not None and valid_to <= valid_from:
        raise ValueError("valid_to is not after valid_from")
    return valid_from, valid_to


def read_place(row: TableRow, known: Container[str]) -> str | None:
    """The code of a place; None: everywhere."""
    if row["area"] and row["area"] not in known:
        raise ValueError(f"no place {row['area']}")
    return row["area"] or None


def read_kind(row: TableRow, known: Container[str]) -> tuple[str | None, str | None]:
    """A kind, or a group of kinds, or neither."""
    category, group = row["category"] or None, row["group"] or None
    if category is not None and (group is not None or category not in known):
        raise ValueError(f"no kind {category}, or a group beside it")
    if group is not None and group not in set(FunctionGroup):
        raise ValueError(f"no group {group}")
    return category, group


def read_text(row: TableRow, column: str, longest: int) -> str:
    if not 0 < len(row[column]) <= longest:
        raise ValueError(f"{column}: 1 to {longest} characters")
    return row[column]
