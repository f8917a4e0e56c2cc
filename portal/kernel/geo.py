"""Coordinates: WGS-84 inside; GCJ-02 and BD-09, which Chinese phones and maps speak, at the edge.

GCJ-02 shifts points in mainland China by up to 700 m; BD-09 shifts GCJ-02 once more. The formulas
are the widely published ones; tests check them against the ``prcoords`` package.
"""

from collections.abc import Iterable
from enum import StrEnum
from math import atan2, cos, isfinite, pi, sin, sqrt

_AXIS = 6378245.0  # Krasovsky 1940, as GCJ-02 uses it
_ECCENTRICITY = 0.00669342162296594323
_BD_TURN = pi * 3000.0 / 180.0
METRES_A_DEGREE = 111_320.0

LonLat = tuple[float, float]


class System(StrEnum):
    """How a pair of numbers is meant."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def possible(lon: float, lat: float) -> bool:
    """Whether two numbers can be a point on Earth at all (no NaN, no 181 degrees)."""
    return isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90


def _checked(lon: float, lat: float) -> None:
    if not possible(lon, lat):
        raise ValueError("not a point on Earth")


def in_box(lon: float, lat: float, box: tuple[float, float, float, float]) -> bool:
    """Whether a point lies in (west, south, east, north), borders included."""
    west, south, east, north = box
    return possible(lon, lat) and west <= lon <= east and south <= lat <= north


def in_mainland_box(lon: float, lat: float) -> bool:
    """The rough box inside which GCJ-02 shifts points."""
    return in_box(lon, lat, (72.004, 0.8293, 137.8347, 55.8271))


_COMMON = ((20.0, 6.0 * pi), (20.0, 2.0 * pi))
_NORTH = ((20.0, pi), (40.0, pi / 3.0), (160.0, pi / 12.0), (320.0, pi / 30.0))
_EAST = ((20.0, pi), (40.0, pi / 3.0), (150.0, pi / 12.0), (300.0, pi / 30.0))


def _waves(value: float, terms: Iterable[tuple[float, float]]) -> float:
    return sum(size * sin(value * turn) for size, turn in terms) * 2.0 / 3.0


def _shift(lon: float, lat: float) -> LonLat:
    x, y = lon - 105.0, lat - 35.0
    common = _waves(x, _COMMON)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += common + _waves(y, _NORTH)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += common + _waves(x, _EAST)
    radians = lat / 180.0 * pi
    magic = 1.0 - _ECCENTRICITY * sin(radians) ** 2
    root = sqrt(magic)
    d_lat = north * 180.0 / (_AXIS * (1.0 - _ECCENTRICITY) / (magic * root) * pi)
    d_lon = east * 180.0 / (_AXIS / root * cos(radians) * pi)
    return d_lon, d_lat


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """GPS to the system of Chinese maps. Raises ValueError for impossible numbers."""
    _checked(lon, lat)
    if not in_mainland_box(lon, lat):
        return lon, lat
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """Chinese maps to GPS, by iteration. Raises ValueError for impossible numbers."""
    _checked(lon, lat)
    if not in_mainland_box(lon, lat):
        return lon, lat
    found_lon, found_lat = lon, lat
    for _ in range(8):
        d_lon, d_lat = _shift(found_lon, found_lat)
        found_lon, found_lat = lon - d_lon, lat - d_lat
    return found_lon, found_lat


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """Chinese maps to Baidu's. Raises ValueError for impossible numbers."""
    _checked(lon, lat)
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * _BD_TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD_TURN)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> LonLat:
    """Baidu's to Chinese maps, by iteration. Raises ValueError for impossible numbers."""
    _checked(lon, lat)
    found_lon, found_lat = lon - 0.0065, lat - 0.006
    for _ in range(8):
        back_lon, back_lat = gcj02_to_bd09(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - back_lon, found_lat + lat - back_lat
    return found_lon, found_lat


def to_wgs84(lon: float, lat: float, system: System | str) -> LonLat:
    """Any of the three systems to GPS. Raises ValueError for impossible numbers or systems."""
    kind = System(system)
    _checked(lon, lat)
    if kind is System.BD09:
        lon, lat = bd09_to_gcj02(lon, lat)
    return (lon, lat) if kind is System.WGS84 else gcj02_to_wgs84(lon, lat)


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance of two near points (flat, good to a percent within a city)."""
    x = (other_lon - lon) * METRES_A_DEGREE * cos((lat + other_lat) / 2.0 / 180.0 * pi)
    y = (other_lat - lat) * METRES_A_DEGREE
    return sqrt(x * x + y * y)
