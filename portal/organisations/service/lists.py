"""Lists of organisations: checked as a whole, then written as a whole."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.errors import BadData
from portal.kernel.ids import new_id
from portal.kernel.tables import TableRow, is_fresh, list_content, read_table
from portal.organisations.models import Organisation
from portal.organisations.rules import NAME_LENGTH, OrganisationKind, Trade, is_code, is_phone

REQUIRED = ("code", "kind", "name")
OPTIONAL = ("trade", "name_zh_Hant", "name_en", "area", "parent_code", "phone", "valid_from")


@dataclass(frozen=True)
class ImportReport:
    """What an import did."""

    added: int = 0
    changed: int = 0


def load_city_organisations(session: Session, city: City, now: datetime) -> ImportReport:
    """Load the register that the city file names, once. Raises BadData when a file is damaged.

    A list that has not changed since is left out, so that what administrators changed stays.
    """
    lists = city.raw.get("lists", {})
    since: date = lists.get("since") or city_day(now, city.zone)
    added = changed = 0
    for name in lists.get("organisations", ()):
        path = city.folder / name
        content = list_content(path)
        if not is_fresh(session, f"{city.code} organisations {name}", content, now=now):
            continue
        report = import_organisations(session, content, path.name, since=since)
        added, changed = added + report.added, changed + report.changed
    return ImportReport(added, changed)


def import_organisations(
    session: Session, content: bytes, source: str, *, since: date
) -> ImportReport:
    """Add and update organisations by code. Parents may stand anywhere in the file.

    Raises BadData with every wrong line, and writes nothing then. Ended ones stay ended.
    """
    rows = read_table(content, source, required=REQUIRED, optional=OPTIONAL)
    known = dict(session.execute(select(Organisation.code, Organisation.id)).all())
    areas = areas_by_codes(session, {row["area"] for row in rows if row["area"]})
    ids = {**{row["code"]: new_id() for row in rows}, **known}
    problems = [(row.line, problem) for row in rows for problem in _problems(row, rows, ids, areas)]
    if problems:
        raise BadData(source, problems)
    parents_first = _parents_first(rows, source)
    new = [_values(row, ids, areas, since) for row in parents_first if row["code"] not in known]
    old = [_values(row, ids, areas, None) for row in parents_first if row["code"] in known]
    if new:
        session.execute(insert(Organisation), new)
    if old:
        session.execute(update(Organisation), old)
    return ImportReport(len(new), len(old))


def _problems(
    row: TableRow, rows: list[TableRow], ids: dict[str, UUID], areas: dict[str, AreaRow]
) -> list[str]:
    first = next(other.line for other in rows if other["code"] == row["code"])
    parent, area = row["parent_code"], row["area"]
    checks = [
        (not is_code(row["code"]), f"bad code {row['code']!r}"),
        (first != row.line, f"{row['code']} was on line {first} already"),
        (row["kind"] not in set(OrganisationKind), f"unknown kind {row['kind']!r}"),
        (bool(row["trade"]) and row["trade"] not in set(Trade), f"unknown trade {row['trade']!r}"),
        (not row["name"], "no name"),
        (_too_long(row), f"a name longer than {NAME_LENGTH} characters"),
        (bool(area) and area not in areas, f"no place has the code {area}"),
        (bool(parent) and parent not in ids, f"orphan: no organisation has the code {parent}"),
        (bool(row["phone"]) and not is_phone(row["phone"]), "not a telephone number"),
        (not _day_or_none(row), "valid_from is not a day like 2026-07-01"),
    ]
    return [problem for wrong, problem in checks if wrong]


def _too_long(row: TableRow) -> bool:
    return any(len(row[name]) > NAME_LENGTH for name in ("name", "name_zh_Hant", "name_en"))


def _day_or_none(row: TableRow) -> bool:
    try:
        return not row["valid_from"] or bool(date.fromisoformat(row["valid_from"]))
    except ValueError:
        return False


def _parents_first(rows: list[TableRow], source: str) -> list[TableRow]:
    waiting = {row["code"]: row for row in rows}
    ordered: list[TableRow] = []
    while waiting:
        ready = [row for row in waiting.values() if row["parent_code"] not in waiting]
        if not ready:
            lines = sorted(row.line for row in waiting.values())
            raise BadData(source, [(lines[0], "parents that lead in a circle")])
        ordered += ready
        for row in ready:
            del waiting[row["code"]]
    return ordered


def _values(
    row: TableRow, ids: dict[str, UUID], areas: dict[str, AreaRow], since: date | None
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": ids[row["code"]],
        "code": row["code"],
        "kind": OrganisationKind(row["kind"]),
        "trade": Trade(row["trade"]) if row["trade"] else None,
        "name_zh_hans": row["name"],
        "name_zh_hant": row["name_zh_Hant"] or None,
        "name_en": row["name_en"] or None,
        "area_id": areas[row["area"]].id if row["area"] else None,
        "parent_id": ids[row["parent_code"]] if row["parent_code"] else None,
        "phone": row["phone"] or None,
    }
    if row["valid_from"]:
        values["valid_from"] = date.fromisoformat(row["valid_from"])
    elif since is not None:
        values["valid_from"] = since
    return values
