"""The public list as a page asks for it: rows, names of places and kinds, and what to filter by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import is_code, tidy_names
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.reports.queries.public import (
    KindRow,
    PublicPage,
    PublicRow,
    is_in_list,
    kinds,
    public_page,
)
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.listing import PAGE, Asked, FilterProblem, Filters, read_filters


@dataclass(frozen=True)
class PlaceRow:
    """A place as lists need it."""

    code: str
    path: str
    names: Mapping[str, str]
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Listing:
    """A page of the list with everything to draw it."""

    asked: Asked
    filters: Filters
    problems: dict[str, FilterProblem]
    page: PublicPage
    kinds: dict[str, KindRow]
    places: dict[str, PlaceRow]
    wide: list[PlaceRow]
    narrow: list[PlaceRow]

    @property
    def area(self) -> PlaceRow | None:
        """The place that the list is limited to."""
        return self.places.get(self.asked.area)


_NOTHING = PublicPage([], None)
_PLACE = (
    Area.code,
    Area.path,
    Area.level,
    Area.name_zh_hans,
    Area.name_zh_hant,
    Area.name_en,
    Area.name_khb,
    Area.lon,
    Area.lat,
)


def listing(session: Session, asked: Asked, *, size: int = PAGE) -> Listing:
    """One page of the public list: at most four queries, however many rows."""
    filters, problems = read_filters(asked)
    # a behaviour is not even counted by its name (R259)
    known = {code: kind for code, kind in kinds(session).items() if code != BEHAVIOUR}
    if filters.category and filters.category not in known:
        problems["category"] = FilterProblem.UNKNOWN_CATEGORY
    if asked.group and "group" not in problems:
        filters = replace(filters, kinds=_kinds_of(known, asked.group))
        # an empty group holds nothing, and not everything
        problems |= {} if filters.kinds else {"group": FilterProblem.UNKNOWN_GROUP}
    before = clean_number(asked.before)
    page = _NOTHING if problems else public_page(session, filters, known, before=before, size=size)
    if before and not page.rows and not problems and not is_in_list(session, before):
        problems["before"] = FilterProblem.UNKNOWN_PLACE_IN_LIST
    places = _places(session, _codes(page.rows), filters.area)
    if filters.area and filters.area not in places:
        problems["area"] = FilterProblem.UNKNOWN_AREA
    wide, narrow = _choices(session, places, filters.area)
    return Listing(asked, filters, problems, page, known, places, wide, narrow)


def _kinds_of(known: Mapping[str, KindRow], group: str) -> tuple[str, ...]:
    """The kinds of problem in a group."""
    return tuple(code for code, kind in known.items() if kind.group == group)


def _codes(rows: Iterable[PublicRow]) -> set[str]:
    return {code for row in rows for code in row.codes}


def _national_levels(session: Session) -> list[tuple[int, str]]:
    """(digits, level) of the levels that have codes of the national list, widest first."""
    rows = instance_of(session).city.raw["levels"]
    return sorted((int(row["digits"]), str(row["code"])) for row in rows if row.get("digits"))


def _level_below(session: Session, code: str) -> str | None:
    """The next level of the national list below a place."""
    levels = _national_levels(session)
    return next((level for digits, level in levels if digits > len(code)), None)


def _places(session: Session, codes: set[str], chosen: str | None) -> dict[str, PlaceRow]:
    """The places of the rows, those to choose from, and the chosen one, in one query."""
    roots = instance_of(session).city.roots
    parts: list[ColumnElement[bool]] = [Area.code.in_(codes | {chosen or ""})]
    first = _level_below(session, roots[0])
    if first:
        parts.append(and_(Area.level == first, Area.valid_to.is_(None)))
    below = _level_below(session, chosen) if chosen and is_code(chosen) else None
    if chosen and below and below != first:
        path = select(Area.path).where(Area.code == chosen).scalar_subquery()
        parts.append(and_(Area.level == below, Area.valid_to.is_(None), Area.path.startswith(path)))
    found = session.execute(select(*_PLACE).where(or_(*parts)).order_by(Area.code))
    return {row.code: _place(row) for row in found}


def _place(row: Any) -> PlaceRow:
    names = {
        "zh_Hans": row.name_zh_hans,
        "zh_Hant": row.name_zh_hant,
        "en": row.name_en,
        "khb": row.name_khb,
    }
    return PlaceRow(row.code, row.path, tidy_names(names), row.lon, row.lat)


def _choices(
    session: Session, places: Mapping[str, PlaceRow], chosen: str | None
) -> tuple[list[PlaceRow], list[PlaceRow]]:
    """Places of the first level, and those right inside the chosen one (or beside it)."""
    levels = [digits for digits, _ in _national_levels(session)]
    root = len(instance_of(session).city.roots[0])
    first = next((digits for digits in levels if digits > root), root)
    wide = [row for row in places.values() if row.code.isdecimal() and len(row.code) == first]
    inside = places[chosen].path if chosen and chosen in places else None
    narrow = [
        row
        for row in places.values()
        if inside and row.path != inside and row.path.startswith(inside) and row not in wide
    ]
    return wide, narrow
