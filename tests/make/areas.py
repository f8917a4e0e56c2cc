"""Places for tests: a small Pingdu."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaShape, AreaVersion, PermittedPlace
from portal.areas.rules import PermittedKind, path_under, unit_kind
from portal.kernel.ids import hash_token, new_id

SINCE = date(2020, 1, 1)


def area(
    session: Session,
    code: str,
    level: str,
    name: str,
    parent: Area | None = None,
    *,
    valid_from: date = SINCE,
    valid_to: date | None = None,
) -> Area:
    """One place below another."""
    row = Area(
        id=new_id(),
        code=code,
        level=level,
        kind=unit_kind(code),
        parent_id=parent.id if parent else None,
        path=path_under(parent.path if parent else None, code),
        name_zh_hans=name,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(row)
    # children refer to the row, and builders are called in any order
    session.flush()
    return row


def square(west: float, south: float, east: float, north: float) -> str:
    """The GeoJSON outline of a box."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = ", ".join(f"[{lon}, {lat}]" for lon, lat in corners)
    return f'{{"type": "Polygon", "coordinates": [[{ring}]]}}'


def shape(
    session: Session, area: Area, west: float, south: float, east: float, north: float
) -> None:
    """Give a place a box as outline, and its middle as the point of its label."""
    session.add(AreaShape(area_id=area.id, geojson=square(west, south, east, north), made_up=True))
    area.lon, area.lat = (west + east) / 2, (south + north) / 2


def new_version(session: Session) -> UUID:
    """Say that places changed, as every service does."""
    version = session.merge(AreaVersion(id=1, token=new_id()))
    # the caches read the token from the database
    session.flush()
    return version.token


def small_tree(session: Session) -> dict[str, Area]:
    """Pingdu with two streets; in each a 管区, two communities (…001, …002), one grid (…001G01).

    Outlines: the city is the box 119.8–120.2 × 36.6–36.9; street 001 its west half, 002 its east
    half; in each street community 001 lies south and 002 north of 36.75; the grid covers 001.
    """
    city = area(session, "370283", "city", "平度市")
    shape(session, city, 119.8, 36.6, 120.2, 36.9)
    tree = {city.code: city}
    for number, name, west in (("001", "东阁街道", 119.8), ("002", "李园街道", 120.0)):
        street = area(session, f"370283{number}", "street", name, city)
        quarter = area(session, f"{street.code}M1", "management_area", f"{name}第一管区", street)
        for part in (street, quarter):
            shape(session, part, west, 36.6, west + 0.2, 36.9)
            tree[part.code] = part
        for community, south in (("001", 36.6), ("002", 36.75)):
            code = f"{street.code}{community}"
            row = area(session, code, "community", f"{name}{community}社区", quarter)
            shape(session, row, west, south, west + 0.2, south + 0.15)
            tree[code] = row
        grid = area(session, f"{street.code}001G01", "grid", "第一网格", tree[f"{street.code}001"])
        shape(session, grid, west, 36.6, west + 0.2, 36.75)
        tree[grid.code] = grid
    new_version(session)
    return tree


def permitted_place(session: Session, place: Area) -> str:
    """A permitted place; its key as its page's address has it."""
    row = PermittedPlace(
        area_id=place.id, kind=PermittedKind.MARKET, name_zh_hans="早市", opens=360, closes=540,
        weekdays="1234567", valid_from=SINCE,
    )  # fmt: skip
    session.add(row)
    # its id is in the address
    session.flush()
    return hash_token(str(row.id))[:16]
