"""Lists of service contracts: checked whole, with every wrong line named, then written whole."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.city import City
from portal.kernel.db import changed_rows
from portal.kernel.errors import BadData
from portal.kernel.sheets import read_rows
from portal.kernel.tables import TableRow, is_fresh, list_content, read_lines
from portal.organisations.queries import OrganisationRow, organisations
from portal.organisations.rules import (
    CONTRACTOR_KINDS,
    HANDLING_KINDS,
    CompanyStanding,
    OrganisationKind,
)
from portal.reports.models import Category, ServiceContract
from portal.reports.queries.contracts import contracts
from portal.reports.rules.contracts import (
    LONGEST_CODE,
    LONGEST_NUMBER,
    LONGEST_WORDS,
    Contract,
    overlap,
)
from portal.reports.service.contracts import link_earlier
from portal.reports.service.list_cells import read_kind, read_place, read_term, read_text

REQUIRED = ("code", "number", "contractor", "department", "valid_from", "source")
OPTIONAL = ("area", "category", "group", "valid_to", "made_up")
EDITED = "was loaded otherwise: end this contract, and give the change a code of its own"
# with whom no contract begins
BARRED = frozenset({CompanyStanding.SUSPENDED, CompanyStanding.EXITED})


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
    units: dict[str, OrganisationRow]
    present: frozenset[str]


def load_city_contracts(session: Session, city: City, now: datetime) -> ContractsLoaded:
    """Load the lists that the city's file names, once. Raises BadData when a file is damaged."""
    total = ContractsLoaded()
    for name in city.raw.get("lists", {}).get("contracts", ()):
        path: Path = city.folder / name
        content = list_content(path)
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
    present = {one.code: one for one in contracts(session)}
    known = _known(session, present)
    table = read_rows(content, source, required=REQUIRED, optional=OPTIONAL)
    rows, problems = read_lines(table, lambda line: _contract(line, known))
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


def _known(session: Session, present: Collection[str]) -> _Known:
    return _Known(
        dict(session.execute(select(Area.code, Area.path)).all()),
        frozenset(session.scalars(select(Category.code))),
        {unit.code: unit for unit in organisations(session)},
        frozenset(present),
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
    if bool(row["category"]) is bool(row["group"]):
        raise ValueError("either category or group is needed")
    category, group = read_kind(row, known.kinds)
    valid_from, valid_to = read_term(row)
    return Contract(
        code=read_text(row, "code", LONGEST_CODE),
        number=read_text(row, "number", LONGEST_NUMBER),
        contractor=_party(row, "contractor", known, CONTRACTOR_KINDS),
        department=_party(row, "department", known, HANDLING_KINDS - CONTRACTOR_KINDS),
        area_code=read_place(row, known.areas),
        category=category,
        group=group,
        valid_from=valid_from,
        valid_to=valid_to,
        source=read_text(row, "source", LONGEST_WORDS),
        made_up=row["made_up"] == "yes",
        area_path=known.areas.get(row["area"]),
    )


def _party(row: TableRow, column: str, known: _Known, kinds: frozenset[OrganisationKind]) -> str:
    unit = known.units.get(row[column])
    if unit is None or unit.kind not in kinds:
        raise ValueError(f"{column}: no such unit of a fitting kind: {row[column]!r}")
    # a contract that is known already may still be given its last day
    if unit.standing in BARRED and row["code"] not in known.present:
        raise ValueError(f"{column}: {row[column]} is suspended, or has left the list of companies")
    return row[column]


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
