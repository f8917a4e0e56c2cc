"""The lists of who is responsible that a city's file names: checked whole, then written whole."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import Tag
from portal.kernel.city import City
from portal.kernel.db import changed_rows
from portal.kernel.errors import BadData
from portal.kernel.tables import TableRow, is_fresh, list_content, read_lines, read_table
from portal.organisations.queries import organisations
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.models import Category, CommunityAllowance, ResponsibilityRule
from portal.reports.queries.routing import allowances, responsibilities
from portal.reports.rules.routing import (
    LARGEST_AREA,
    MOST_CO_UNITS,
    SOURCE_LENGTH,
    Allowance,
    Receiver,
    Responsibility,
    RoadClass,
    read_receiver,
)
from portal.reports.service.list_cells import read_kind, read_place, read_term, read_text
from portal.reports.service.responsibilities import put_allowance, put_row

COMMON = ("code", "valid_from", "source")
PLACE_AND_KIND = ("area", "category", "group", "valid_to", "made_up")
CONDITIONS = ("area_at_most", "area_over", "tag", "road_class", "on_permit", "co")
LONGEST_CODE = 16
Row = TypeVar("Row", Responsibility, Allowance)
Code = TypeVar("Code", Tag, RoadClass)
EDITED = "was loaded otherwise: end this row, and give the change a code of its own"


@dataclass(frozen=True)
class ListsLoaded:
    """How many rows were added, and how many got their last day."""

    added: int = 0
    ended: int = 0


@dataclass(frozen=True)
class Context:
    """What rows may speak of."""

    areas: frozenset[str]
    kinds: frozenset[str]
    units: frozenset[str]


def load_city_responsibilities(session: Session, city: City, now: datetime) -> ListsLoaded:
    """Load the lists that the city's file names, once. Raises BadData when a file is damaged."""
    lists, known = city.raw.get("lists", {}), None
    total = ListsLoaded()
    for key, load in (("responsibilities", load_list), ("community_allowances", load_allowances)):
        for name in lists.get(key, ()):
            path: Path = city.folder / name
            content = list_content(path)
            if is_fresh(session, f"{city.code} {key} {name}", content, now=now):
                known = known or _known(session)
                report = load(session, content, path.name, known)
                total = ListsLoaded(total.added + report.added, total.ended + report.ended)
    return total


def _known(session: Session) -> Context:
    units = (unit.code for unit in organisations(session) if unit.kind in HANDLING_KINDS)
    return Context(
        frozenset(session.scalars(select(Area.code))),
        frozenset(session.scalars(select(Category.code))),
        frozenset(units),
    )


def load_list(session: Session, content: bytes, source: str, known: Context) -> ListsLoaded:
    """The rows of a file of responsibilities."""
    table = read_table(
        content, source, required=(*COMMON, "lead"), optional=(*PLACE_AND_KIND, *CONDITIONS)
    )
    rows, problems = read_lines(table, lambda line: _responsibility(line, known))
    present = {row.code: replace(row, area_path=None) for row in responsibilities(session)}
    return _write(session, source, rows, problems, present)


def load_allowances(session: Session, content: bytes, source: str, known: Context) -> ListsLoaded:
    """The rows of a file of what communities may be given."""
    table = read_table(content, source, required=COMMON, optional=PLACE_AND_KIND)
    rows, problems = read_lines(table, lambda line: _allowance(line, known))
    return _write(session, source, rows, problems, {row.code: row for row in allowances(session)})


def _write(
    session: Session,
    source: str,
    rows: list[tuple[int, Row]],
    problems: list[tuple[int, str]],
    present: dict[str, Row],
) -> ListsLoaded:
    """New rows begin, known ones may end; anything else would change what was."""
    times = Counter(row.code for _, row in rows)
    for line, row in rows:
        if times[row.code] > 1:
            problems.append((line, f"{row.code} stands here twice"))
        elif row.code in present and not _only_ends(present[row.code], row):
            problems.append((line, f"{row.code} {EDITED}"))
    if problems:
        raise BadData(source, sorted(problems))
    added = [row for _, row in rows if row.code not in present]
    known = [row for _, row in rows if row.code in present]
    ended = [row for row in known if row.valid_to != present[row.code].valid_to]
    for row in added:
        _put(session, row)
    for row in ended:
        _end(session, row)
    return ListsLoaded(len(added), len(ended))


def _only_ends(before: Responsibility | Allowance, row: Responsibility | Allowance) -> bool:
    """Whether a row is as it was, but perhaps for a last day that it had not."""
    same = replace(before, valid_to=row.valid_to) == row
    return same and before.valid_to in {None, row.valid_to}


def _put(session: Session, row: Responsibility | Allowance) -> None:
    if isinstance(row, Responsibility):
        put_row(session, row)
    else:
        put_allowance(session, row)


def _end(session: Session, row: Responsibility | Allowance) -> None:
    table = ResponsibilityRule if isinstance(row, Responsibility) else CommunityAllowance
    changed_rows(session, update(table).where(table.code == row.code).values(valid_to=row.valid_to))


def _allowance(row: TableRow, known: Context) -> Allowance:
    category, group = read_kind(row, known.kinds)
    if category is None and group is None:
        raise ValueError("category or group is needed")
    return Allowance(
        read_text(row, "code", LONGEST_CODE),
        read_place(row, known.areas),
        category,
        group,
        *read_term(row),
        read_text(row, "source", SOURCE_LENGTH),
        row["made_up"] == "yes",
    )


def _responsibility(row: TableRow, known: Context) -> Responsibility:
    category, group = read_kind(row, known.kinds)
    valid_from, valid_to = read_term(row)
    co = tuple(_receiver(text, known) for text in row["co"].split())
    if len(co) > MOST_CO_UNITS:
        raise ValueError(f"co: no more than {MOST_CO_UNITS}")
    return Responsibility(
        code=read_text(row, "code", LONGEST_CODE),
        lead=_receiver(row["lead"], known),
        co=co,
        area_code=read_place(row, known.areas),
        category=category,
        group=group,
        area_at_most=_size(row, "area_at_most", 1),
        area_over=_size(row, "area_over", 0),
        tag=_one_of(Tag, row, "tag"),
        road_class=_one_of(RoadClass, row, "road_class"),
        on_permit=row["on_permit"] == "yes",
        valid_from=valid_from,
        valid_to=valid_to,
        source=read_text(row, "source", SOURCE_LENGTH),
        made_up=row["made_up"] == "yes",
    )


def _receiver(text: str, known: Context) -> Receiver:
    receiver = read_receiver(text)
    if receiver is None or (receiver.code is not None and receiver.code not in known.units):
        raise ValueError(f"no unit that handles matters, and no kind of unit: {text!r}")
    return receiver


def _size(row: TableRow, column: str, least: int) -> int | None:
    size = int(row[column]) if row[column] else None
    if size is not None and not least <= size <= LARGEST_AREA:
        raise ValueError(f"{column}: {least} to {LARGEST_AREA}")
    return size


def _one_of(codes: type[Code], row: TableRow, column: str) -> Code | None:
    return codes(row[column]) if row[column] else None
