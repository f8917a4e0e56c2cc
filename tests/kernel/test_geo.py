"""Coordinates, checked against prcoords and against impossible input."""

import math

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.geo import (
    System,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_box,
    metres_between,
    possible,
    to_wgs84,
    wgs84_to_gcj02,
)

lons = st.floats(74, 134)
lats = st.floats(18, 53)


@given(lons, lats)
def test_gcj02_agrees_with_prcoords_to_a_centimetre(lon: float, lat: float) -> None:
    expected = prcoords.wgs_gcj((lat, lon), check_china=False)
    found = wgs84_to_gcj02(lon, lat)
    assert metres_between(*found, expected.lon, expected.lat) < 0.01


@given(lons, lats)
def test_bd09_agrees_with_prcoords_to_a_centimetre(lon: float, lat: float) -> None:
    expected = prcoords.gcj_bd((lat, lon))
    assert metres_between(*gcj02_to_bd09(lon, lat), expected.lon, expected.lat) < 0.01


@given(lons, lats)
def test_the_way_back_returns_to_the_same_metre(lon: float, lat: float) -> None:
    gcj = wgs84_to_gcj02(lon, lat)
    assert metres_between(*gcj02_to_wgs84(*gcj), lon, lat) < 0.1
    baidu = gcj02_to_bd09(*gcj)
    assert metres_between(*bd09_to_gcj02(*baidu), *gcj) < 0.1
    assert metres_between(*to_wgs84(*baidu, System.BD09), lon, lat) < 0.1


def test_a_shift_in_pingdu_is_some_hundred_metres() -> None:
    assert 300 < metres_between(119.96, 36.78, *wgs84_to_gcj02(119.96, 36.78)) < 800


def test_outside_china_gcj02_shifts_nothing() -> None:
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert gcj02_to_wgs84(2.35, 48.85) == (2.35, 48.85)


def test_gps_stays_gps() -> None:
    assert to_wgs84(119.96, 36.78, "wgs84") == (119.96, 36.78)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(math.nan, 36.0), (119.0, math.inf), (181.0, 36.0), (-180.1, 0.0), (119.0, 90.01)],
)
def test_impossible_coordinates_are_refused_by_every_function(lon: float, lat: float) -> None:
    assert not possible(lon, lat)
    assert not in_box(lon, lat, (-180, -90, 180, 90))
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02):
        with pytest.raises(ValueError, match="Earth"):
            convert(lon, lat)
    for system in System:
        with pytest.raises(ValueError, match="Earth"):
            to_wgs84(lon, lat, system)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(ValueError, match="mars"):
        to_wgs84(119.0, 36.0, "mars")


def test_a_box_holds_its_border() -> None:
    assert in_box(1.0, 2.0, (1.0, 2.0, 3.0, 4.0))
    assert not in_box(0.9, 2.0, (1.0, 2.0, 3.0, 4.0))
