"""Lists of service contracts: checked whole, with every wrong line named, then written whole."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.city import City
from portal.kernel.db import changed_rows
from portal.kernel.errors import BadData
from portal.kernel.tables import TableRow, is_fresh, read_table
from portal.organisations.queries import organisations
from portal.organisations.rules import HANDLING_KINDS, OrganisationKind
from portal.reports.models import Category, ServiceContract
from portal.reports.queries.contracts import contracts
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.contracts import (
    LONGEST_CODE,
    LONGEST_NUMBER,
    LONGEST_WORDS,
    Contract,
    overlap,
)
from portal.reports.service.contracts import link_earlier

REQUIRED = ("code", "number", "contractor", "department", "valid_from", "source")
OPTIONAL = ("area", "category", "group", "valid_to", "made_up")
EDITED = "was loaded otherwise: end this contract, and give the change a code of its own"
# a contract is made with a firm, or with a unit of the city that works like one
CONTRACTORS = frozenset({OrganisationKind.COMPANY, OrganisationKind.TEAM})


@dataclass(frozen=True)
class ContractsLoaded:
    """How many contracts were added and ended, and how many earlier cases they are linked to."""

    added: int = 0
    ended: int = 0
    linked: int = 0


@dataclass(frozen=True)
class _Known:
    areas: dict[str, str]
    kinds: frozenset[str]
    units: dict[str, OrganisationKind]


def load_city_contracts(session: Session, city: City, now: datetime) -> ContractsLoaded:
    """Load the lists that the city's file names, once. Raises BadData when a file is damaged."""
    total = ContractsLoaded()
    for name in city.raw.get("lists", {}).get("contracts", ()):
        path: Path = city.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise BadData(path.name, [(1, f"cannot be read ({error.strerror})")]) from error
        if is_fresh(session, f"{city.code} contracts {name}", content, now=now):
            one = import_contracts(session, content, path.name, now=now)
            total = ContractsLoaded(
                total.added + one.added, total.ended + one.ended, total.linked + one.linked
            )
    return total


def import_contracts(
    session: Session, content: bytes, source: str, *, now: datetime
) -> ContractsLoaded:
    """Add contracts, or end those that are known. Raises BadData and writes nothing otherwise."""
    known, present = _known(session), {one.code: one for one in contracts(session)}
    rows: list[tuple[int, Contract]] = []
    problems: list[tuple[int, str]] = []
    for line in read_table(content, source, required=REQUIRED, optional=OPTIONAL):
        try:
            rows.append((line.line, _contract(line, known)))
        except ValueError as error:
            problems.append((line.line, str(error)))
    problems += _clashes(rows, present)
    if problems:
        raise BadData(source, sorted(problems))
    added = [row for _, row in rows if row.code not in present]
    ended = [row for _, row in rows if row.code in present and row != present[row.code]]
    for row in added:
        _put(session, row)
    for row in ended:
        here = update(ServiceContract).where(ServiceContract.code == row.code)
        changed_rows(session, here.values(valid_to=row.valid_to))
    # cases refer to them
    session.flush()
    return ContractsLoaded(len(added), len(ended), link_earlier(session, added, now))


def _known(session: Session) -> _Known:
    return _Known(
        dict(session.execute(select(Area.code, Area.path)).all()),
        frozenset(session.scalars(select(Category.code))),
        {unit.code: unit.kind for unit in organisations(session)},
    )


def _clashes(
    rows: list[tuple[int, Contract]], present: dict[str, Contract]
) -> list[tuple[int, str]]:
    """What does not fit the other rows of the file, or what is known already."""
    times = Counter(row.code for _, row in rows)
    others = {**present, **{row.code: row for _, row in rows}}
    found = []
    for line, row in rows:
        before = present.get(row.code)
        same = before is None or replace(before, valid_to=row.valid_to) == row
        if times[row.code] > 1:
            found.append((line, f"{row.code} stands here twice"))
        elif not same or (before and before.valid_to not in {None, row.valid_to}):
            found.append((line, f"{row.code} {EDITED}"))
        clash = next(
            (o.code for o in others.values() if o.code != row.code and overlap(o, row)), ""
        )
        if clash:
            found.append((line, f"{clash} is about the same work at the same place and time"))
    return found


def _contract(row: TableRow, known: _Known) -> Contract:
    category, group = row["category"] or None, row["group"] or None
    if (category is None) is (group is None):
        raise ValueError("either category or group is needed")
    if category is not None and category not in known.kinds:
        raise ValueError(f"no kind {category}")
    if group is not None and group not in set(FunctionGroup):
        raise ValueError(f"no group {group}")
    if row["area"] and row["area"] not in known.areas:
        raise ValueError(f"no place {row['area']}")
    valid_from, valid_to = _term(row)
    return Contract(
        code=_text(row, "code", LONGEST_CODE),
        number=_text(row, "number", LONGEST_NUMBER),
        contractor=_party(row, "contractor", known, CONTRACTORS),
        department=_party(row, "department", known, HANDLING_KINDS - CONTRACTORS),
        area_code=row["area"] or None,
        category=category,
        group=group,
        valid_from=valid_from,
        valid_to=valid_to,
        source=_text(row, "source", LONGEST_WORDS),
        made_up=row["made_up"] == "yes",
        area_path=known.areas.get(row["area"]),
    )


def _text(row: TableRow, column: str, longest: int) -> str:
    if not 0 < len(row[column]) <= longest:
        raise ValueError(f"{column}: 1 to {longest} characters")
    return row[column]


def _party(row: TableRow, column: str, known: _Known, kinds: frozenset[OrganisationKind]) -> str:
    if known.units.get(row[column]) not in kinds:
        raise ValueError(f"{column}: no such unit of a fitting kind: {row[column]!r}")
    return row[column]


def _term(row: TableRow) -> tuple[date, date | None]:
    valid_from = date.fromisoformat(row["valid_from"])
    valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    if valid_to is not None and valid_to <= valid_from:
        raise ValueError("valid_to is not after valid_from")
    return valid_from, valid_to


def _put(session: Session, row: Contract) -> None:
    session.add(
        ServiceContract(
            code=row.code,
            number=row.number,
            contractor=row.contractor,
            department=row.department,
            area_code=row.area_code,
            category_code=row.category,
            group=row.group,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=row.source,
            made_up=row.made_up,
        )
    )
