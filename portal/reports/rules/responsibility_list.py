"""The public list of who is responsible: narrowed, ordered, and cut into pages. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from portal.areas.rules import codes_of
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.routing import Allowance, Responsibility, is_about, rank

PAGE = 60
Row = TypeVar("Row", Responsibility, Allowance)
_GROUPS = [group.value for group in FunctionGroup]


@dataclass(frozen=True)
class ListAsked:
    """What a reader has narrowed the list to. ``past``: rows that have ended, too."""

    area_path: str | None = None
    category: str | None = None
    group: str | None = None
    past: bool = False


def narrowed(
    rows: Iterable[Row], asked: ListAsked, groups: Mapping[str, str], on: date
) -> list[Row]:
    """The rows that a reader asked for: those in force and those to come."""
    return [
        row
        for row in rows
        if (asked.past or row.valid_to is None or row.valid_to > on)
        and _of_place(row, asked.area_path)
        and _of_kind(row, asked, groups)
    ]


def _of_place(row: Responsibility | Allowance, path: str | None) -> bool:
    """Whether a row holds in a place, or in some place within it."""
    if path is None or row.area_code is None or row.area_code in codes_of(path):
        return True
    within = row.area_path if isinstance(row, Responsibility) else None
    return within is not None and within.startswith(path)


def _of_kind(row: Responsibility | Allowance, asked: ListAsked, groups: Mapping[str, str]) -> bool:
    if asked.category is not None:
        return is_about(row, asked.category, groups.get(asked.category, ""))
    if asked.group is None:
        return True
    own = row.group or (groups.get(row.category) if row.category else None)
    return own in {None, asked.group}


def ordered(rows: Iterable[Responsibility], groups: Mapping[str, str]) -> list[Responsibility]:
    """By group, the general row of a group before those of its kinds, the older first."""
    return sorted(
        rows,
        key=lambda row: (
            _at(group_of(row, groups)),
            row.category or "",
            rank(row),
            row.valid_from,
            row.code,
        ),
    )


def group_of(row: Responsibility | Allowance, groups: Mapping[str, str]) -> str:
    """The group that a row belongs to; nothing for rows about all kinds."""
    return row.group or (groups.get(row.category, "") if row.category else "")


def _at(group: str) -> int:
    return _GROUPS.index(group) if group in _GROUPS else -1


def page_after(rows: Sequence[Responsibility], code: str) -> Sequence[Responsibility]:
    """The rows after one, no more than fit on a page."""
    codes = [row.code for row in rows]
    start = codes.index(code) + 1 if code in codes else 0
    return rows[start : start + PAGE]
