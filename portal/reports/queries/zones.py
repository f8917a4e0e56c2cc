"""The zones with rules that a city's file names, read once."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.kernel.city import City
from portal.kernel.errors import BadData
from portal.kernel.instance import instance_of
from portal.kernel.tables import TableRow, list_content, read_lines, read_table
from portal.reports.rules.zones import CORNERS, Point, Zone, ZoneRule

_LANGUAGES = ("zh_Hans", "zh_Hant", "en")
_REQUIRED = ("rule", "name_zh_Hans", "words_zh_Hans", "valid_from")
_OPTIONAL = (
    "name_zh_Hant", "name_en", "words_zh_Hant", "words_en", "places", "outline", "valid_to",
)  # fmt: skip


def zones_of(session: Session) -> tuple[Zone, ...]:
    """Every zone of this city, those of other days too."""
    return city_zones(instance_of(session).city)


def zones_in_force(session: Session, on: date) -> list[Zone]:
    """The zones of this city whose rules hold on a day."""
    return [zone for zone in zones_of(session) if zone.in_force(on)]


def city_zones(city: City) -> tuple[Zone, ...]:
    """The zones of the files under ``lists.zones``. Raises BadData with line numbers."""
    names = city.raw.get("lists", {}).get("zones", ())
    return tuple(zone for name in names for zone in _read(city.folder / name))


@lru_cache(maxsize=8)
def _read(path: Path) -> tuple[Zone, ...]:
    rows = read_table(list_content(path), path.name, required=_REQUIRED, optional=_OPTIONAL)
    zones, problems = read_lines(rows, _zone)
    if problems:
        raise BadData(path.name, problems)
    return tuple(zone for _, zone in zones)


def _zone(row: TableRow) -> Zone:
    corners = _corners(row["outline"])
    places = tuple(row["places"].split())
    if bool(corners) == bool(places):
        raise ValueError("a zone has either places or an outline")
    return Zone(
        rule=ZoneRule(row["rule"]),
        names=tidy_names({each: row[f"name_{each}"] for each in _LANGUAGES}),
        words=tidy_names({each: row[f"words_{each}"] for each in _LANGUAGES}),
        places=places,
        corners=corners,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def _corners(cell: str) -> tuple[Point, ...]:
    """``lon lat; lon lat; …`` in WGS-84."""
    pairs = [part.split() for part in cell.split(";") if part.strip()]
    corners = tuple((float(lon), float(lat)) for lon, lat in pairs)
    if corners and len(corners) < CORNERS:
        raise ValueError("an outline has three corners or more")
    return corners
