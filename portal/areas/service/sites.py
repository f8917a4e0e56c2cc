"""Building sites inside grids, as their authority lists them (R129): CSV in, refusals by line."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area, ConstructionSite
from portal.areas.queries.outlines import locate
from portal.areas.rules import NAME_LENGTH, SITE_CODE_LENGTH
from portal.areas.service.lists import ListReport
from portal.areas.service.turn import renew_version
from portal.kernel.city import City
from portal.kernel.errors import BadData
from portal.kernel.geo import possible
from portal.kernel.ids import new_id
from portal.kernel.tables import TableRow, read_table

REQUIRED = ("code", "place", "name", "builder", "valid_from")
OPTIONAL = ("permit", "measures", "lon", "lat", "valid_to")
MOST_MEASURES = 200
_LENGTHS = {
    "code": SITE_CODE_LENGTH,
    "permit": SITE_CODE_LENGTH,
    "name": NAME_LENGTH,
    "builder": NAME_LENGTH,
    "measures": MOST_MEASURES,
}


def import_sites(
    session: Session, content: bytes, source: str, *, city: City, now: datetime
) -> ListReport:
    """Bring a list of sites in: a code that is there already is changed, nothing is left out.

    Rows of places outside the city are counted. Raises BadData with every wrong row and its line.
    """
    table = read_table(content, source, required=REQUIRED, optional=OPTIONAL)
    rows = [row for row in table if row["place"].startswith(city.roots)]
    places: dict[str, tuple[Any, str]] = {
        code: (id_, path)
        for code, id_, path in session.execute(select(Area.code, Area.id, Area.path))
    }
    first: dict[str, int] = {}
    problems = []
    for row in rows:
        problems += [(row.line, one) for one in _problems(session, row, places, first)]
        first.setdefault(row["code"], row.line)
    if problems:
        raise BadData(source, problems)
    renew_version(session)
    return _write(session, [_values(row, places, now) for row in rows], len(table) - len(rows))


def _problems(
    session: Session,
    row: TableRow,
    places: Mapping[str, tuple[Any, str]],
    first: Mapping[str, int],
) -> Iterable[str]:
    """What is wrong with one row."""
    if row["code"] in first:
        yield f"{row['code']} was on line {first[row['code']]} already"
    empty = [name for name in ("code", "name", "builder") if not row[name]]
    if empty:
        yield f"empty: {', '.join(empty)}"
    long = [name for name, most in _LENGTHS.items() if len(row[name]) > most]
    if long:
        yield f"too long: {', '.join(long)}"
    yield from _bad_days(row)
    if row["place"] not in places:
        yield f"no place has the code {row['place']}"
    else:
        yield from _bad_point(session, row, places[row["place"]][1])


def _bad_days(row: TableRow) -> Iterable[str]:
    start, end = _day(row["valid_from"]), _day(row["valid_to"])
    if start is None:
        yield "valid_from is not a day like 2026-07-01"
    if row["valid_to"] and end is None:
        yield "valid_to is not a day like 2026-07-01"
    if start and end and end <= start:
        yield "valid_to must be after valid_from"


def _bad_point(session: Session, row: TableRow, path: str) -> Iterable[str]:
    if not row["lon"] and not row["lat"]:
        return
    point = _point(row)
    if point is None:
        yield "lon and lat are not a point"
        return
    found = locate(session, *point)
    # the finest place with an outline must be the site's own, above it or below it
    if found is None or not (found.path.startswith(path) or path.startswith(found.path)):
        yield f"the point does not lie in {row['place']}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _point(row: TableRow) -> tuple[float, float] | None:
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except ValueError:
        return None
    return (lon, lat) if possible(lon, lat) else None


def _values(row: TableRow, places: Mapping[str, tuple[Any, str]], now: datetime) -> dict[str, Any]:
    lon, lat = _point(row) or (None, None)
    return {
        "code": row["code"],
        "area_id": places[row["place"]][0],
        "title": row["name"],
        "builder": row["builder"],
        "permit": row["permit"],
        "measures": row["measures"],
        "lon": lon,
        "lat": lat,
        "valid_from": _day(row["valid_from"]),
        "valid_to": _day(row["valid_to"]),
        "updated_at": now,
    }


def _write(session: Session, rows: list[dict[str, Any]], foreign: int) -> ListReport:
    """Insert what is new, update what is known by its code."""
    codes = [row["code"] for row in rows]
    known = dict(
        session.execute(
            select(ConstructionSite.code, ConstructionSite.id).where(
                ConstructionSite.code.in_(codes)
            )
        ).all()
    )
    new = [{"id": new_id(), **row} for row in rows if row["code"] not in known]
    old = [{"id": known[row["code"]], **row} for row in rows if row["code"] in known]
    if new:
        session.execute(insert(ConstructionSite), new)
    if old:
        session.execute(update(ConstructionSite), old)
    return ListReport(added=len(new), changed=len(old), foreign=foreign)
