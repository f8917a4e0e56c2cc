"""Loading the shipped names of what can be reported, and their limits."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.rules import Tag
from portal.kernel.city import City
from portal.kernel.errors import BadData
from portal.reports.models import Category, CategoryLimit
from portal.reports.rules.categories import FunctionGroup
from portal.reports.rules.codes import Closing, Precision, Target
from portal.reports.service.limits import check_limits, put_conditions, put_limits

DATA = Path(__file__).parents[1] / "data"
NAMES, LIMITS, CLASSES = "categories.tsv", "category_limits.tsv", "class_codes.tsv"
CONDITIONS, FURTHER = "limit_conditions.tsv", "handling_limits.tsv"
OWN_DOORS_FILE = "own_doors.tsv"
_YES_NO = {"yes": True, "no": False}
Cells = dict[str, str]
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class CategoriesLoaded:
    """How many rows of each kind changed: nothing, when everything was there."""

    names: int
    limits: int


def load_categories(
    session: Session, city: City | None, _now: datetime, *, folder: Path = DATA
) -> CategoriesLoaded:
    """Bring names and limits up to the files. May be repeated; raises BadData with line numbers.

    A name that left the file stays for its old reports: end it with ``valid_to`` instead. A city
    where places bear names in another language has matters of its own (R124: wrong Dai signs).
    """
    known = _known_classes(folder)
    languages = city.name_languages if city else ()
    names = _read_all(folder, NAMES, _NAME_CELLS, languages)
    names += _read(folder / OWN_DOORS_FILE, _NAME_CELLS)
    limits = _read_all(folder, LIMITS, _LIMIT_CELLS, languages)
    _check_classes(names, known)
    _check_limits(limits, {row["code"] for _, row in names})
    conditions = _read(folder / CONDITIONS, _CONDITION_CELLS)
    further = _read(folder / FURTHER, _FURTHER_CELLS)
    codes = {row["code"] for _, row in names}
    check_limits(further, codes, {row["code"] for _, row in conditions}, folder / FURTHER)
    changed = _put_names(session, (row for _, row in names))
    # the limits refer to the names
    session.flush()
    put_conditions(session, (row for _, row in conditions))
    own = _put_limits(session, (row for _, row in limits))
    return CategoriesLoaded(changed, own + put_limits(session, (row for _, row in further)))


def _day_or_none(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _required(cell: str, *, most: int) -> str:
    if not cell.strip() or len(cell) > most:
        raise ValueError(f"one to {most} characters")
    return cell.strip()


def _minutes(cell: str) -> int:
    if not cell.isdecimal() or not 0 < int(cell) < 100_000:
        raise ValueError("a number of minutes")
    return int(cell)


_NAME_CELLS: dict[str, Reader] = {
    "code": partial(_required, most=40),
    "group": lambda cell: FunctionGroup(cell).value,
    "name_zh_Hans": partial(_required, most=80),
    "name_zh_Hant": partial(_required, most=80),
    "name_en": partial(_required, most=80),
    "name_khb": lambda cell: cell or None,
    "hint_zh_Hans": partial(_required, most=200),
    "hint_zh_Hant": partial(_required, most=200),
    "hint_en": partial(_required, most=200),
    "synonyms": str,
    "event_codes": str,
    "component_codes": str,
    "target": Target,
    "place_precision": Precision,
    "closing": Closing,
    "urgent": _YES_NO.__getitem__,
    "valid_from": date.fromisoformat,
    "valid_to": _day_or_none,
}
_LIMIT_CELLS: dict[str, Reader] = {
    "category": str,
    "valid_from": date.fromisoformat,
    "minutes": _minutes,
    "round_the_clock": _YES_NO.__getitem__,
    "source": partial(_required, most=200),
}
_CONDITION_CELLS: dict[str, Reader] = {
    "code": partial(_required, most=40),
    "name_zh_Hans": partial(_required, most=80),
    "name_zh_Hant": partial(_required, most=80),
    "name_en": partial(_required, most=80),
}
_FURTHER_CELLS: dict[str, Reader] = {
    "category": str,
    "condition": str,
    "tag": lambda cell: Tag(cell).value if cell else "",
    "valid_from": date.fromisoformat,
    "stage": int,
    "minutes": _minutes,
    "round_the_clock": _YES_NO.__getitem__,
    "calendar_code": lambda cell: cell or None,
    "stage_zh_Hans": str,
    "stage_zh_Hant": str,
    "stage_en": str,
    "closing_zh_Hans": partial(_required, most=200),
    "closing_zh_Hant": partial(_required, most=200),
    "closing_en": partial(_required, most=200),
    "source": partial(_required, most=200),
}


def _read_all(
    folder: Path, name: str, readers: dict[str, Reader], languages: Iterable[str]
) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a file, and of those beside it for the languages of a city's names."""
    file = folder / name
    beside = [file.with_name(f"{file.stem}-{language}{file.suffix}") for language in languages]
    return [row for path in (file, *beside) for row in _read(path, readers)]


def _read(path: Path, readers: dict[str, Reader]) -> list[tuple[int, dict[str, Any]]]:
    """(line, values) of a tab-separated file; every damaged cell is a problem of its line."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", restkey="", restval=None)
        if reader.fieldnames != list(readers):
            raise BadData(path.name, [(1, f"columns {', '.join(readers)}")])
        rows, problems = [], []
        for cells in reader:
            values, wrong = _values(cells, readers)
            problems += [(reader.line_num, reason) for reason in wrong]
            rows.append((reader.line_num, values))
    if problems:
        raise BadData(path.name, problems)
    return rows


def _values(cells: Cells, readers: dict[str, Reader]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong = []
    for column, read in readers.items():
        try:
            values[column] = read(cells[column])
        except (ValueError, KeyError, AttributeError, TypeError):
            wrong.append(f"{column}: {cells.get(column)!r} cannot be used")
    return values, wrong


def _known_classes(folder: Path) -> set[tuple[str, str]]:
    """(kind, code) of the trade's classes."""
    with (folder / CLASSES).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {(row["kind"], row["code4"]) for row in rows}


def _check_classes(names: list[tuple[int, dict[str, Any]]], known: set[tuple[str, str]]) -> None:
    problems = [
        (line, f"{code} is no {kind} class")
        for line, row in names
        for kind in ("event", "component")
        for code in row[f"{kind}_codes"].split()
        if (kind, code) not in known
    ]
    seen: set[str] = set()
    for line, row in names:
        if row["code"] in seen:
            problems.append((line, f"{row['code']} stands here twice"))
        seen.add(row["code"])
    if problems:
        raise BadData(NAMES, problems)


def _check_limits(limits: list[tuple[int, dict[str, Any]]], codes: set[str]) -> None:
    seen: set[tuple[str, date]] = set()
    problems = []
    for line, row in limits:
        key = (row["category"], row["valid_from"])
        if row["category"] not in codes:
            problems.append((line, f"{row['category']} is no category"))
        if key in seen:
            problems.append((line, f"a second limit for {row['category']} from the same day"))
        seen.add(key)
    if problems:
        raise BadData(LIMITS, problems)


def _put_names(session: Session, rows: Iterable[dict[str, Any]]) -> int:
    known = {name.code: name for name in session.scalars(select(Category))}
    changed = 0
    for position, row in enumerate(rows, start=1):
        values = {**row, "position": position}
        if row["code"] in known:
            changed += _update(known[row["code"]], values)
            continue
        known[row["code"]] = Category(**values)
        session.add(known[row["code"]])
        changed += 1
    return changed


def _put_limits(session: Session, rows: Iterable[dict[str, Any]]) -> int:
    found = session.scalars(select(CategoryLimit))
    known = {(limit.category_code, limit.valid_from): limit for limit in found}
    changed = 0
    for row in rows:
        values = {"category_code": row["category"], **row}
        del values["category"]
        key = row["category"], row["valid_from"]
        if key in known:
            changed += _update(known[key], values)
            continue
        known[key] = CategoryLimit(**values)
        session.add(known[key])
        changed += 1
    return changed


def _update(known: Category | CategoryLimit, values: dict[str, Any]) -> bool:
    changed = {name: value for name, value in values.items() if getattr(known, name) != value}
    for name, value in changed.items():
        setattr(known, name, value)
    return bool(changed)
