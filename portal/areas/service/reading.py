"""A list of places as it was typed: every row checked alone and against its neighbours."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.areas.rules import (
    NAME_LENGTH,
    LevelRule,
    Tag,
    UnitKind,
    code_fits_level,
    code_under,
    is_code,
    level_rules,
    street_kinds,
    unit_kind,
)
from portal.kernel.city import City
from portal.kernel.errors import BadData
from portal.kernel.geo import possible
from portal.kernel.tables import TableRow, read_table

REQUIRED = ("level", "code", "name", "parent_code")
OPTIONAL = (
    "name_zh_Hant", "name_en", "name_khb", "kind", "tags", "lon", "lat", "valid_from", "made_up",
)  # fmt: skip
_YES = {"yes": True, "no": False, "": False}


@dataclass(frozen=True)
class ListRow:
    """One row of the city: its line, where it belongs, and the columns it fills."""

    line: int
    level: str
    code: str
    parent_code: str
    values: dict[str, Any]
    tags: frozenset[Tag]


@dataclass(frozen=True)
class Reading:
    """What a list says of this city, parents before children, and how many rows of others."""

    rows: list[ListRow]
    foreign: int


def read_list(content: bytes, source: str, city: City) -> Reading:
    """Read and check a list. Raises BadData with every wrong row."""
    table = read_table(content, source, required=REQUIRED, optional=OPTIONAL)
    levels = level_rules(city.raw["levels"])
    named = {name: level for level in levels.values() for name in level.list_names}
    kinds = street_kinds(city.raw.get("unit_kinds", ()))
    first: dict[str, int] = {}
    problems: list[tuple[int, str]] = []
    rows: list[ListRow] = []
    foreign = 0
    for row in table:
        found = _form_problems(row, first)
        first.setdefault(row["code"], row.line)
        mine = row["code"].startswith(city.roots) or row["parent_code"].startswith(city.roots)
        if not found and not mine:
            foreign += 1
            continue
        level = named.get(row["level"])
        found += _place_problems(row, level, city)
        problems += [(row.line, problem) for problem in found]
        if not found and level is not None:
            rows.append(_list_row(row, level, kinds))
    if problems:
        raise BadData(source, problems)
    rows.sort(key=lambda row: levels[row.level].rank)
    return Reading(rows, foreign)


def _form_problems(row: TableRow, first: dict[str, int]) -> list[str]:
    """What is wrong whatever the city: the code's form, a double, no name."""
    found = []
    code = row["code"]
    if not is_code(code):
        found.append(f"bad code {code!r}")
    elif code in first:
        found.append(f"{code} was on line {first[code]} already")
    if not row["name"]:
        found.append("no name")
    if any(len(row[name]) > NAME_LENGTH for name in ("name", *OPTIONAL[:3])):
        found.append(f"a name longer than {NAME_LENGTH} characters")
    return found


def _place_problems(row: TableRow, level: LevelRule | None, city: City) -> list[str]:
    """What is wrong in this city: the level, the code's length, the code under its parent's."""
    code, parent = row["code"], row["parent_code"]
    if level is None:
        return [f"unknown level {row['level']!r}"]
    found = []
    if is_code(code) and not code_fits_level(code, level):
        shape = f"{level.digits} digits" if level.digits else "digits and a part of our own"
        found.append(f"bad code {code!r}: a {level.code} has {shape}")
    if code not in city.roots and not code_under(code, parent):
        found.append(f"{code} does not begin with its parent's digits ({parent or 'none'})")
    return found + _cell_problems(row)


def _cell_problems(row: TableRow) -> list[str]:
    found = []
    if _point(row) is None:
        found.append("lon and lat are not a point")
    if row["valid_from"] and _day(row["valid_from"]) is None:
        found.append("valid_from is not a day like 2026-07-01")
    if row["made_up"] not in _YES:
        found.append("made_up is yes or no")
    if row["kind"] and row["kind"] not in set(UnitKind):
        found.append(f"unknown kind {row['kind']!r}")
    unknown = [tag for tag in _tags(row) if tag not in set(Tag)]
    if unknown:
        found.append(f"unknown tag {', '.join(unknown)}")
    return found


def _tags(row: TableRow) -> list[str]:
    return [tag.strip() for tag in row["tags"].split("|") if tag.strip()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _point(row: TableRow) -> tuple[float, float] | tuple[()] | None:
    """The point, () for no point, None for nonsense."""
    if not row["lon"] and not row["lat"]:
        return ()
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except ValueError:
        return None
    return (lon, lat) if possible(lon, lat) else None


def _list_row(
    row: TableRow, level: LevelRule, kinds: tuple[tuple[int, int, UnitKind], ...]
) -> ListRow:
    values: dict[str, Any] = {"name_zh_hans": row["name"]}
    for column, name in zip(OPTIONAL, ("name_zh_hant", "name_en", "name_khb"), strict=False):
        if row[column]:
            values[name] = row[column]
    kind = UnitKind(row["kind"]) if row["kind"] else unit_kind(row["code"], kinds)
    if kind:
        values["kind"] = kind
    point = _point(row)
    if point:
        values["lon"], values["lat"] = point
    if row["valid_from"]:
        values["valid_from"] = _day(row["valid_from"])
    values["made_up"] = _YES[row["made_up"]]
    return ListRow(
        row.line,
        level.code,
        row["code"],
        row["parent_code"],
        values,
        frozenset(Tag(tag) for tag in _tags(row)),
    )
