"""The places of a new installation, from the lists that its city file names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.areas.models import Area, FeatureSwitch, PermittedPlace
from portal.areas.rules import Feature, PermittedKind, clock_minutes, good_hours
from portal.areas.service.lists import import_cards, import_names, import_places
from portal.areas.service.outlines import import_outlines
from portal.areas.service.sites import import_sites
from portal.areas.service.turn import renew_version
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.errors import BadData
from portal.kernel.ids import new_id
from portal.kernel.tables import TableRow, is_fresh, list_content, read_table

KINDS = ("areas", "names", "outlines", "cards", "permitted", "sites")


@dataclass(frozen=True)
class CityReport:
    """What was loaded, for the one who loads it."""

    places: int
    outlines: int
    foreign: int


@dataclass(frozen=True)
class _List:
    """One file that the city file names, and what it holds."""

    name: str
    content: bytes


def load_city_places(session: Session, city: City, now: datetime) -> CityReport:
    """Load the city file's lists, names, outlines, cards, permitted places and switches.

    May be called again: a list that has not changed since is left out, so that what administrators
    changed stays. Raises BadData when a file is damaged.
    """
    since: date = city.raw.get("lists", {}).get("since") or city_day(now, city.zone)
    # the fresh ones are found first: two starts at once take turns here
    fresh = {kind: list(_fresh(session, city, kind, now)) for kind in KINDS}
    reports = [
        import_places(session, one.content, one.name, city=city, since=since)
        for one in fresh["areas"]
    ]
    for one in fresh["names"]:
        import_names(session, one.content, one.name, city=city)
    outlines = [
        import_outlines(session, one.content, one.name, city=city).changed
        for one in fresh["outlines"]
    ]
    for one in fresh["cards"]:
        import_cards(session, one.content, one.name, city=city, now=now)
    for one in fresh["permitted"]:
        _load_permitted(session, one, since)
    for one in fresh["sites"]:
        import_sites(session, one.content, one.name, city=city, now=now)
    _load_switches(session, city)
    return CityReport(
        places=sum(report.added for report in reports),
        outlines=sum(outlines),
        foreign=sum(report.foreign for report in reports),
    )


def _fresh(session: Session, city: City, kind: str, now: datetime) -> Iterator[_List]:
    """The lists of a kind that are new or have changed. Other roots or levels change them all."""
    about = repr((city.roots, city.raw["levels"]))
    for name in city.raw.get("lists", {}).get(kind, ()):
        path = city.folder / name
        content = list_content(path)
        if is_fresh(session, f"{city.code} {kind} {name}", content, about=about, now=now):
            yield _List(path.name, content)


def _load_switches(session: Session, city: City) -> None:
    """The city file's features; what an administrator set since is left alone."""
    ids = dict(session.execute(select(Area.code, Area.id)).all())
    strange = sorted({row.code for row in city.features} - set(Feature))
    if strange:
        raise BadData("city file, features", [(1, f"unknown features {', '.join(strange)}")])
    rows = [
        (Feature(feature.code), code, feature.since)
        for feature in city.features
        for code in feature.areas or city.roots
    ]
    unknown = sorted({code for _, code, _ in rows if code not in ids})
    if unknown:
        raise BadData("city file, features", [(1, f"unknown places {', '.join(unknown)}")])
    present = set(session.execute(select(FeatureSwitch.feature, FeatureSwitch.area_id)))
    session.add_all(
        FeatureSwitch(id=new_id(), feature=feature, area_id=ids[code], since=since)
        for feature, code, since in rows
        if (feature, ids[code]) not in present
    )


def _load_permitted(session: Session, one: _List, since: date) -> None:
    required = ["area", "kind", "name", "opens", "closes", "weekdays"]
    optional = ["name_zh_Hant", "name_en", "lon", "lat"]
    rows = read_table(one.content, one.name, required=required, optional=optional)
    ids = dict(session.execute(select(Area.code, Area.id)).all())
    present = set(session.execute(select(PermittedPlace.area_id, PermittedPlace.name_zh_hans)))
    problems = [(row.line, "not a permitted place") for row in rows if not _sound(row, ids)]
    if problems:
        raise BadData(one.name, problems)
    renew_version(session)
    new = [
        _permitted(row, since) | {"area_id": ids[row["area"]]}
        for row in rows
        if (ids[row["area"]], row["name"]) not in present
    ]
    if new:
        session.execute(insert(PermittedPlace), new)


def _sound(row: TableRow, ids: dict[str, Any]) -> bool:
    opens, closes = clock_minutes(row["opens"]), clock_minutes(row["closes"])
    if opens is None or closes is None or not good_hours(opens, closes, row["weekdays"]):
        return False
    return row["area"] in ids and row["kind"] in set(PermittedKind) and bool(row["name"])


def _permitted(row: TableRow, since: date) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": PermittedKind(row["kind"]),
        "name_zh_hans": row["name"],
        "name_zh_hant": row["name_zh_Hant"] or None,
        "name_en": row["name_en"] or None,
        "lon": float(row["lon"]) if row["lon"] else None,
        "lat": float(row["lat"]) if row["lat"] else None,
        "opens": clock_minutes(row["opens"]),
        "closes": clock_minutes(row["closes"]),
        "weekdays": row["weekdays"],
        "valid_from": since,
    }
